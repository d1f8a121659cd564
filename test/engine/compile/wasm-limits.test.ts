import { describe, expect, test } from 'vitest';
import { compileBatch } from '../../../engine/compile/to-wasm/batch-module.ts';
import { ConstantTable } from '../../../engine/compile/to-wasm/constants.ts';
import type { BoundExpression, Operator } from '../../../query/expression.ts';
import { MAX_DEPTH, MAX_NODES } from '../../../query/expression-limits.ts';
import { BOOL, type DataType, decimal, FLOAT64, INT32, INT64, type Scalar, UTF8 } from '../../../query/types.ts';
import { runRows } from './run-rows.ts';

const SCHEMA = [
  { name: 'i', type: INT32 },
  { name: 'l', type: INT64 },
  { name: 'x', type: FLOAT64 },
  { name: 's', type: UTF8 },
  { name: 'w', type: decimal(38, 4) },
];
const [i, l, x, s, w] = SCHEMA.map(
  ({ name, type }, index): BoundExpression => ({ kind: 'column', name, type, index }),
) as [BoundExpression, BoundExpression, BoundExpression, BoundExpression, BoundExpression];
const ROWS: Scalar[][] = [
  [1, 10n, 0.5, 'text 1', 10001n],
  [2, null, 1.5, null, null],
  [77, 5000n, Number.NaN, 'text 4999', -(10n ** 38n) + 1n],
];
const literal = (type: DataType, value: Scalar): BoundExpression => ({ kind: 'literal', type, value });
const call = (operator: Operator, args: readonly BoundExpression[], type: DataType): BoundExpression => ({
  kind: 'call',
  operator,
  args,
  type,
});
const count = (length: number): number[] => Array.from({ length }, (_, n) => n);

async function values(expression: BoundExpression): Promise<Scalar[]> {
  return (await runRows('wasm', SCHEMA, ROWS, [], [expression])).map(([value]) => value as Scalar);
}

describe('large expressions', () => {
  test('a thousand conjuncts compile', async () => {
    const conjuncts = count(1000).map((n) => call('ne', [i, literal(INT32, n + 3)], BOOL));
    expect(await runRows('wasm', SCHEMA, ROWS, conjuncts, [i])).toEqual([[1], [2]]);
  });

  test('a thousand conjuncts that may fail compile', async () => {
    const conjuncts = count(1000).map((n) =>
      call('ne', [call('add', [i, literal(INT32, n)], INT32), literal(INT32, 77 + n)], BOOL),
    );
    expect(await runRows('wasm', SCHEMA, ROWS, conjuncts, [i])).toEqual([[1], [2]]);
  });

  test.each([
    ['int32', i, (n: number): Scalar => n, [true, true, true]],
    ['int64', l, (n: number): Scalar => BigInt(n), [true, null, true]],
    ['double', x, (n: number): Scalar => (n === 3 ? Number.NaN : n + 0.25), [false, false, true]],
    ['varchar', s, (n: number): Scalar => `text ${n}`, [true, null, true]],
    ['decimal(38,4)', w, (n: number): Scalar => (n === 3 ? -(10n ** 38n) + 1n : BigInt(n)), [false, null, true]],
  ] as const)('a list of 10,000 values of %s is searched', async (_, operand, member, expected) => {
    const members = count(10_000).map((n) => literal(operand.type, member(n)));
    expect(await values(call('in', [operand, ...members], BOOL))).toEqual(expected);
  });

  test('a NULL in a long list makes what is not found NULL', async () => {
    const members = count(20).map((n) => literal(INT32, n));
    expect(await values(call('in', [i, ...members, literal(INT32, null)], BOOL))).toEqual([true, true, null]);
  });

  test('nesting as deep as the binder lets it compiles', async () => {
    const deep = count(MAX_DEPTH).reduce<BoundExpression>((inner) => call('negate', [inner], INT32), i);
    expect(await values(deep)).toEqual([1, 2, 77]);
    const cases = count(MAX_DEPTH).reduce<BoundExpression>(
      (inner, n) => call('case', [call('eq', [i, literal(INT32, n)], BOOL), literal(INT32, n + 1), inner], INT32),
      i,
    );
    expect(await values(cases)).toEqual([2, 3, 78]);
  });

  test('as many operations as a query may hold compile', async () => {
    const sum = count(MAX_NODES / 200).reduce<BoundExpression[]>((terms, n) => {
      const products = count(66).reduce<BoundExpression>(
        (inner, m) => call('add', [inner, literal(INT64, BigInt(n * 66 + m))], INT64),
        l,
      );
      terms.push(call('gt', [products, literal(INT64, 0n)], BOOL));
      return terms;
    }, []);
    expect(await values(call('and', sum, BOOL))).toEqual([true, null, true]);
  });

  test('many expressions go to several functions', async () => {
    const sums = count(1000).map((n) =>
      call('add', [call('add', [i, literal(INT32, n)], INT32), literal(INT32, 1)], INT32),
    );
    expect(await runRows('wasm', SCHEMA, ROWS.slice(0, 1), [], sums)).toEqual([count(1000).map((n) => n + 2)]);
  });

  test('what is larger than a function may be is refused', () => {
    const terms = count(9000).map((n) =>
      call('gt', [call('negate', [call('add', [i, literal(INT32, n)], INT32)], INT32), i], BOOL),
    );
    const expression = call('or', terms, BOOL);
    const place = (type: DataType, values: number) => ({ type, values, validity: values + 4096 });
    expect(() =>
      compileBatch(
        { kind: 'project', outputs: [{ expression, place: place(BOOL, 65536) }] },
        new Map([[0, place(INT32, 0)]]),
        new ConstantTable(1 << 20, [expression]),
        { overflows: 0, call: 4, callState: 8 },
        true,
      ),
    ).toThrow('too large');
  });
});
