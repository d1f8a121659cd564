import { describe, expect, test } from 'vitest';
import { SluiceError } from '../../../query/error.ts';
import { evaluate } from '../../../query/evaluate.ts';
import { type BoundExpression, operandsOf } from '../../../query/expression.ts';
import { BOOL, type Scalar, type Schema } from '../../../query/types.ts';
import { RandomBound, randomSource, SCHEMA } from './random-bound.ts';
import { attempt, isClean, shown } from './reference.ts';
import { runRows } from './run-rows.ts';

/** What the lane gives for an expression over rows; with `filter`, over those that pass. */
async function computed(
  expression: BoundExpression,
  rows: readonly (readonly Scalar[])[],
  conjuncts: readonly BoundExpression[] = [],
  schema: Schema = SCHEMA,
): Promise<Scalar[]> {
  const results = await runRows('js', schema, rows, conjuncts, [expression]);
  return results.map(([value]) => value as Scalar);
}

/**
 * Whether a condition of CASE joins others: of those the lane computes no more than decides, as DuckDB does, where the
 * reference still looks behind a NULL.
 */
function hasJoinedCondition(expression: BoundExpression): boolean {
  const operands = operandsOf(expression);
  const isCase = expression.kind === 'call' && expression.operator === 'case';
  if (isCase && operands.some((operand, i) => i % 2 === 0 && i < operands.length - 1 && isJoined(operand))) return true;
  return operands.some(hasJoinedCondition);
}

function isJoined(expression: BoundExpression): boolean {
  const joined = expression.kind === 'call' && (expression.operator === 'and' || expression.operator === 'or');
  return joined || operandsOf(expression).some(isJoined);
}

describe('random expressions mean what the reference says', () => {
  const SEEDS_A_TEST = 40;
  for (let first = 1; first <= 120; first += SEEDS_A_TEST) {
    test(`seeds from ${first}`, async () => {
      for (let seed = first; seed < first + SEEDS_A_TEST; seed++) {
        const random = new RandomBound(randomSource(seed), { functions: true });
        const rows = Array.from({ length: 60 }, () => random.row());
        const expression = random.expression(random.pick(SCHEMA).type, 4);
        const clean = rows.filter((row) => isClean(expression, row));
        const about = `seed ${seed}: ${shown(expression)}`;
        expect(await computed(expression, clean), about).toEqual(clean.map((row) => evaluate(expression, row)));
        const failing = rows.find((row) => attempt(expression, row) instanceof SluiceError);
        if (failing && !hasJoinedCondition(expression))
          await expect(computed(expression, [failing]), about).rejects.toMatchObject({ code: 'bad-value' });
        const condition = random.expression(BOOL, 3);
        const decided = clean.filter((row) => isClean(condition, row));
        const passing = decided.filter((row) => evaluate(condition, row) === true);
        expect(await computed(expression, decided, [condition]), `${about} where ${shown(condition)}`).toEqual(
          passing.map((row) => evaluate(expression, row)),
        );
      }
    });
  }
});
