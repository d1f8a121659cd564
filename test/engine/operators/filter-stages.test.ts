import { describe, expect, test } from 'vitest';
import { planFilterStages } from '../../../engine/operators/filter-stages.ts';
import type { BoundExpression } from '../../../query/expression.ts';
import { BOOL, type DataType, FLOAT64, INT32, UTF8 } from '../../../query/types.ts';

const column = (index: number, type: DataType): BoundExpression => ({ kind: 'column', index, name: `c${index}`, type });
const greater = (arg: BoundExpression, value: number): BoundExpression => ({
  kind: 'call',
  operator: 'gt',
  args: [arg, { kind: 'literal', type: arg.type, value }],
  type: BOOL,
});
const sum = (a: BoundExpression, b: BoundExpression): BoundExpression => ({
  kind: 'call',
  operator: 'add',
  args: [a, b],
  type: INT32,
});
const [a, b, x] = [column(0, INT32), column(1, INT32), column(2, FLOAT64)];
const cut: BoundExpression = { kind: 'cast', arg: column(3, UTF8), type: INT32 };

describe('stages of a filter', () => {
  test('load cheap columns first, and test conjuncts over the same columns together', () => {
    const conjuncts = [greater(x, 1), greater(a, 1), greater(x, 2)];
    expect(planFilterStages(conjuncts)).toEqual([
      { columns: [2], conjuncts: [conjuncts[0], conjuncts[2]] },
      { columns: [0], conjuncts: [conjuncts[1]] },
    ]);
  });

  test('keep what may fail behind all that stands before it in the text', () => {
    const conjuncts = [greater(x, 1), greater(sum(a, a), 1), greater(cut, 1), greater(b, 1)];
    const order = planFilterStages(conjuncts).flatMap((stage) => stage.conjuncts);
    expect(new Set(order)).toEqual(new Set(conjuncts));
    expect(order.indexOf(conjuncts[1] as BoundExpression)).toBeGreaterThan(
      order.indexOf(conjuncts[0] as BoundExpression),
    );
    expect(order.at(-1)).toBe(conjuncts[2]);
  });

  test('take conjuncts that may fail together while they need no other columns', () => {
    const conjuncts = [1, 2, 3].map((i) => greater(sum(a, a), i));
    expect(planFilterStages(conjuncts)).toEqual([{ columns: [0], conjuncts }]);
  });

  test('hold a bounded number of operations', () => {
    const conjuncts = Array.from({ length: 1000 }, (_, i) => greater(a, i));
    const stages = planFilterStages(conjuncts);
    expect(stages.flatMap((stage) => stage.conjuncts)).toEqual(conjuncts);
    expect(Math.max(...stages.map((stage) => stage.conjuncts.length))).toBeLessThan(200);
    expect(stages.map(({ columns }) => columns.length).reduce((total, n) => total + n)).toBe(1);
  });
});
