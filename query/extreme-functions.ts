import { SluiceError } from './error.ts';
import type { BoundExpression } from './expression.ts';
import type { ExpressionBuilder, LibraryFunction } from './function-entry.ts';
import { BOOL } from './types.ts';

/** greatest and least: over any types that compare, so they stand for CASE rather than for kernels. */
export const EXTREME_FUNCTIONS: readonly LibraryFunction[] = [
  extreme('greatest', 'ge', 'the greatest operand; NULLs do not take part'),
  extreme('least', 'le', 'the least operand; NULLs do not take part'),
];

/** Each operand is compared with all others. */
const MAX_OPERANDS = 50;

function extreme(name: string, precedes: 'ge' | 'le', doc: string): LibraryFunction {
  return {
    name,
    kind: 'function',
    category: 'math',
    aliases: [],
    signature: `${name}(any, …)`,
    doc,
    nulls: 'ignored',
    overloads: [],
    expand: (args, build) => {
      if (args.length === 0) throw new SluiceError('type', `${name} needs at least one operand`);
      if (args.length > MAX_OPERANDS)
        throw new SluiceError('unsupported', `${name} takes at most ${MAX_OPERANDS} operands`);
      return extremeOf(args, precedes, build);
    },
  };
}

/** The first operand that none of the others goes before; when all are NULL the last one, which is NULL. */
function extremeOf(args: readonly BoundExpression[], precedes: 'ge' | 'le', build: ExpressionBuilder): BoundExpression {
  const { type } = build.named('coalesce', args);
  const operands = args.map((arg) => build.cast(arg, type));
  const branches = operands.slice(0, -1).flatMap((operand) => {
    const wins = operands
      .filter((other) => other !== operand)
      .map((other) =>
        build.call('coalesce', [build.call(precedes, [operand, other], BOOL), build.literal(BOOL, true)], BOOL),
      );
    return [build.call('and', [build.call('is_not_null', [operand], BOOL), ...wins], BOOL), operand];
  });
  const last = operands.at(-1)!;
  return branches.length === 0 ? last : build.call('case', [...branches, last], type);
}
