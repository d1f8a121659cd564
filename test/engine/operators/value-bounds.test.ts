import { expect, test } from 'vitest';
import { boundsOf } from '../../../engine/operators/value-bounds.ts';
import type { BoundExpression, Operator } from '../../../query/expression.ts';
import { BOOL, DATE, type DataType, INT64, type Scalar, UTF8 } from '../../../query/types.ts';

const column = (index: number, type: DataType): BoundExpression => ({ kind: 'column', index, name: `c${index}`, type });
const literal = (value: Scalar, type: DataType): BoundExpression => ({ kind: 'literal', value, type });
const call = (operator: Operator, ...args: BoundExpression[]): BoundExpression => ({
  kind: 'call',
  operator,
  args,
  type: BOOL,
});
const WHOLE = { least: -(2n ** 63n), greatest: 2n ** 63n - 1n };

test('comparisons with constants bound their columns, from both sides, together', () => {
  const [date, number] = [column(0, DATE), column(3, INT64)];
  const { columns, isAll } = boundsOf([
    call('ge', date, literal(10, DATE)),
    call('lt', date, literal(20, DATE)),
    call('lt', literal(5n, INT64), number),
  ]);
  expect(isAll).toBe(true);
  expect(Object.fromEntries(columns)).toEqual({
    0: { least: 10n, greatest: 19n },
    3: { least: 6n, greatest: WHOLE.greatest },
  });
  expect(boundsOf([call('eq', number, literal(7n, INT64))]).columns.get(3)).toEqual({ least: 7n, greatest: 7n });
});

test('what is no comparison, meets a NULL or a text, or lets nothing pass, is left to the filter', () => {
  const number = column(0, INT64);
  for (const conjunct of [
    call('ne', number, literal(1n, INT64)),
    call('is_not_null', number),
    call('lt', number, literal(null, INT64)),
    call('lt', number, column(1, INT64)),
    call('eq', column(2, UTF8), literal('a', UTF8)),
    call('gt', number, literal(WHOLE.greatest, INT64)),
    call('lt', number, literal(WHOLE.least, INT64)),
  ]) {
    const { columns, isAll } = boundsOf([conjunct]);
    expect(isAll).toBe(false);
    expect(columns.size).toBe(0);
  }
  expect(boundsOf([])).toEqual({ columns: new Map(), isAll: true });
});
