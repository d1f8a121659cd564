import { describe, expect, test } from 'vitest';
import type { BoundExpression, Operator } from '../../../query/expression.ts';
import { FUNCTIONS, overloadOf } from '../../../query/functions.ts';
import { BOOL, type DataType, decimal, FLOAT64, INT32, type Scalar, UTF8 } from '../../../query/types.ts';
import { RandomBound, randomSource } from './random-bound.ts';
import { runRows } from './run-rows.ts';

const SCHEMA = [
  { name: 'x', type: FLOAT64 },
  { name: 's', type: UTF8 },
  { name: 'n', type: INT32 },
];
const [x, s, n] = SCHEMA.map(({ name, type }, index): BoundExpression => ({ kind: 'column', name, type, index })) as [
  BoundExpression,
  BoundExpression,
  BoundExpression,
];
const literal = (type: DataType, value: Scalar): BoundExpression => ({ kind: 'literal', type, value });
const call = (operator: Operator, args: readonly BoundExpression[], type: DataType): BoundExpression => ({
  kind: 'call',
  operator,
  args,
  type,
});
const invoke = (overload: string, args: readonly BoundExpression[], type: DataType): BoundExpression => ({
  kind: 'function',
  overload,
  args,
  type,
});
const root = invoke('sqrt(double)', [x], FLOAT64);
const notNegative = call('ge', [x, literal(FLOAT64, 0)], BOOL);

const run = (rows: Scalar[][], expressions: BoundExpression[], conjuncts: BoundExpression[] = []) =>
  runRows('wasm', SCHEMA, rows, conjuncts, expressions);

describe('calls of library functions', () => {
  test('fail with the name of the function', async () => {
    await expect(run([[4], [-1]], [root])).rejects.toThrow('sqrt: cannot take the square root of a negative number');
  });

  test('do not run where the branch of a CASE is not reached', async () => {
    const guarded = call('case', [notNegative, root, literal(FLOAT64, -1)], FLOAT64);
    expect(await run([[4], [-1], [null]], [guarded])).toEqual([[2], [-1], [-1]]);
  });

  test('that one branch guards are not taken over by another', async () => {
    const inBranch = call('case', [notNegative, root, literal(FLOAT64, null)], FLOAT64);
    const inOther = call('case', [notNegative, literal(FLOAT64, 0), root], FLOAT64);
    expect(await run([[4]], [inBranch, inOther])).toEqual([[2, 0]]);
    await expect(run([[4], [-1]], [inBranch, inOther])).rejects.toThrow('square root');
  });

  test('do not run behind operands of COALESCE and AND that decide', async () => {
    const isLarge = call('gt', [root, literal(FLOAT64, 1)], BOOL);
    expect(
      await run(
        [[4], [-1]],
        [call('coalesce', [call('case', [notNegative, literal(FLOAT64, null), x], FLOAT64), root], FLOAT64)],
      ),
    ).toEqual([[2], [-1]]);
    expect(await run([[4], [-1]], [call('and', [notNegative, isLarge], BOOL)])).toEqual([[true], [false]]);
  });

  test('do not run for rows that an earlier conjunct drops, nor for NULL', async () => {
    const isLarge = call('gt', [root, literal(FLOAT64, 1)], BOOL);
    expect(await run([[4], [-1], [null], [0.5]], [x], [notNegative, isLarge])).toEqual([[4]]);
    await expect(run([[4], [-1]], [x], [isLarge, notNegative])).rejects.toThrow('square root');
  });

  test('give text that outgrows a block of memory', async () => {
    const repeated = invoke('repeat(varchar, bigint)', [s, { kind: 'cast', arg: n, type: { kind: 'int64' } }], UTF8);
    const rows = Array.from({ length: 300 }, (_, i): Scalar[] => [null, `text ${i},`, i % 7 === 0 ? null : 10 * i]);
    expect(await run(rows, [repeated])).toEqual(
      rows.map(([, text, times]) => [times === null ? null : String(text).repeat(Number(times))]),
    );
  });
});

describe('every form of every library function', () => {
  const overloads = FUNCTIONS.flatMap((entry) => (entry.kind === 'function' ? entry.overloads : []));

  test.each(overloads.map(({ id }) => id))('%s compiles, with a kernel of its signature or the host', async (id) => {
    const { parameters, result } = overloadOf(id);
    const precision = id.includes('wide') ? 30 : 12;
    const schema = parameters.map((kind, i) => ({
      name: `c${i}`,
      type: kind === 'decimal' ? decimal(precision, 3) : ({ kind } as DataType),
    }));
    const columns = schema.map(({ name, type }, index): BoundExpression => ({ kind: 'column', name, type, index }));
    const type = typeof result === 'function' ? result(columns) : result;
    const random = new RandomBound(randomSource(1));
    const row = schema.map((field) => random.scalar(field.type));
    const nothing = schema.map(() => null);
    expect(await runRows('wasm', schema, [nothing], [], [invoke(id, columns, type)])).toHaveLength(1);
    // A bad value is an answer, too.
    await runRows('wasm', schema, [row], [], [invoke(id, columns, type)]).catch((error) =>
      expect(error).toMatchObject({ code: 'bad-value' }),
    );
  });
});
