import { expect, test } from 'vitest';
import { Random } from '../../datasets/random.ts';
import { SluiceError } from '../../query/error.ts';
import type { Overload } from '../../query/function-entry.ts';
import { FUNCTIONS } from '../../query/functions.ts';
import type { DataType, Scalar } from '../../query/types.ts';
import { operandTypes } from '../query/function-cases/cases.ts';
import { LIBRARY_CASES } from '../query/function-cases/library-cases.ts';
import { KernelCaller } from './kernel-caller.ts';

type Outcome = Scalar | { readonly failure: string };

const caller = new KernelCaller();
const withKernel = FUNCTIONS.flatMap((entry) => (entry.kind === 'function' ? entry.overloads : [])).filter(
  ({ kernel }) => kernel !== undefined,
);

test.each(withKernel.map((overload) => [overload.id, overload] as const))(
  'The kernel of %s gives what its JavaScript form gives.',
  (id, overload) => {
    const cases = LIBRARY_CASES[id];
    expect(caller.has(overload.kernel!)).toBe(true);
    const rows = cases?.rows.filter((row) => !row.includes(null)) ?? [];
    const unlike = rows.flatMap((row) => {
      const given = caller.call(overload, row, operandTypes(overload, cases!, row.length));
      const wanted = outcomeOfTwin(overload, row);
      return agree(given, wanted) ? [] : [{ row, given, wanted }];
    });
    expect(unlike.slice(0, 5)).toEqual([]);
  },
);

test('Kernels of dates, timestamps, integers and decimals agree with their twins over random first operands.', () => {
  const random = new Random(7);
  for (const overload of withKernel) {
    const cases = LIBRARY_CASES[overload.id];
    const rows = cases?.rows.filter((row) => !row.includes(null)) ?? [];
    for (let i = 0; i < 50 && rows.length > 0; i++) {
      const [, ...others] = rows[i % rows.length]!;
      const types = operandTypes(overload, cases!, others.length + 1);
      const first = randomValue(types[0]!, random);
      if (first === undefined) break;
      const row = [first, ...others];
      const outcomes = { given: caller.call(overload, row, types), wanted: outcomeOfTwin(overload, row) };
      expect(agree(outcomes.given, outcomes.wanted) ? [] : [overload.id, row, outcomes]).toEqual([]);
    }
  }
});

function randomValue(type: DataType, random: Random): Scalar | undefined {
  const bits = [1, 2, 3, 4].reduce((so) => (so << 32n) | BigInt(random.uint32()), 0n) * (random.below(2) ? 1n : -1n);
  switch (type.kind) {
    case 'date':
      return Number(BigInt.asIntN(32, bits) >> BigInt(random.below(20)));
    case 'timestamp':
    case 'int64':
      return BigInt.asIntN(64, bits) >> BigInt(random.below(50));
    case 'decimal':
      return (bits % 10n ** BigInt(type.precision)) / 10n ** BigInt(random.below(type.precision));
    default:
      return undefined;
  }
}

function outcomeOfTwin(overload: Overload, row: readonly Scalar[]): Outcome {
  try {
    return overload.js(...(row as never[]));
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'bad-value') return { failure: error.message };
    throw error;
  }
}

/** Doubles may differ in their last bits: kernels bring their own libm. */
function agree(a: Outcome, b: Outcome): boolean {
  if (typeof a === 'object' && typeof b === 'object') return a?.failure === b?.failure;
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Object.is(a, b) || Math.abs(a - b) <= 1e-15 * Math.abs(b);
}
