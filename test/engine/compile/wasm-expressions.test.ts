import { describe, expect, test } from 'vitest';
import { SluiceError } from '../../../query/error.ts';
import { evaluate } from '../../../query/evaluate.ts';
import type { BoundExpression } from '../../../query/expression.ts';
import { BOOL, type Scalar } from '../../../query/types.ts';
import { RandomBound, randomSource, SCHEMA } from './random-bound.ts';
import { attempt, isClean, shown } from './reference.ts';
import { runRows } from './run-rows.ts';

/** What the lane gives for an expression over rows; with `conjuncts`, over those that pass. */
async function computed(
  expression: BoundExpression,
  rows: readonly (readonly Scalar[])[],
  conjuncts: readonly BoundExpression[] = [],
): Promise<Scalar[]> {
  const results = await runRows('wasm', SCHEMA, rows, conjuncts, [expression]);
  return results.map(([value]) => value as Scalar);
}

/** What `computed` gives, or the code of the error that it throws. */
async function outcome(...args: Parameters<typeof computed>): Promise<Scalar[] | string> {
  try {
    return await computed(...args);
  } catch (error) {
    if (error instanceof SluiceError) return error.code;
    throw error;
  }
}

describe('random expressions mean what the reference says', () => {
  const SEEDS_A_TEST = 50;
  for (let first = 1; first <= 400; first += SEEDS_A_TEST) {
    test(`seeds from ${first}`, async () => {
      for (let seed = first; seed < first + SEEDS_A_TEST; seed++) {
        const random = new RandomBound(randomSource(seed));
        // Batches without a NULL run other code.
        const nulls = seed % 3 > 0;
        const rows = Array.from({ length: 60 }, () => random.row(nulls ? 0.15 : 0));
        const expression = random.expression(random.pick(SCHEMA).type, 4);
        const clean = rows.filter((row) => isClean(expression, row));
        const about = `seed ${seed}: ${shown(expression)}`;
        expect(await outcome(expression, clean), about).toEqual(clean.map((row) => evaluate(expression, row)));
        const failing = rows.find((row) => attempt(expression, row) instanceof SluiceError);
        if (failing) expect(await outcome(expression, [failing]), `${about} over ${failing}`).toEqual('bad-value');
        const condition = random.expression(BOOL, 3);
        const decided = clean.filter((row) => isClean(condition, row));
        const passing = decided.filter((row) => evaluate(condition, row) === true);
        expect(await outcome(expression, decided, [condition]), `${about} where ${shown(condition)}`).toEqual(
          passing.map((row) => evaluate(expression, row)),
        );
      }
    });
  }
});
