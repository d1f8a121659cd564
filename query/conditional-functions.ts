import type { LibraryFunction } from './function-entry.ts';

/** Functions that stand for CASE and COALESCE. */
export const CONDITIONAL_FUNCTIONS: readonly LibraryFunction[] = [
  {
    name: 'nullif',
    kind: 'function',
    category: 'conditional',
    aliases: [],
    signature: 'nullif(any, any)',
    doc: 'the first operand, but NULL where both are equal',
    nulls: 'strict',
    overloads: [],
    expand: ([a, b, ...more], build) => {
      if (!a || !b || more.length > 0) return undefined;
      return build.call('case', [build.named('eq', [a, b]), build.literal(a.type, null), a], a.type);
    },
  },
  {
    name: 'ifnull',
    kind: 'function',
    category: 'conditional',
    aliases: [],
    signature: 'ifnull(any, any)',
    doc: 'the second operand where the first is NULL',
    nulls: 'strict',
    overloads: [],
    expand: (args, build) => (args.length === 2 ? build.named('coalesce', args) : undefined),
  },
];
