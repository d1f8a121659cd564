import { describe, expect, test } from 'vitest';
import type { Column } from '../../../engine/column.ts';
import { RFC_4180 } from '../../../engine/csv-format.ts';
import { JsLane } from '../../../engine/lanes/js/lane.ts';
import { scalarAt } from '../../../engine/scalars.ts';
import type { ScanPlan } from '../../../engine/task.ts';
import type { BoundExpression, Operator } from '../../../query/expression.ts';
import type { BoundOutput } from '../../../query/fragment.ts';
import {
  BOOL,
  type DataType,
  decimal,
  FLOAT64,
  INT32,
  INT64,
  type Scalar,
  type Schema,
  UTF8,
} from '../../../query/types.ts';
import { memorySource } from '../memory-source.ts';

const SCHEMA: Schema = [
  { name: 'i', type: INT32 },
  { name: 'w', type: decimal(38, 2) },
  { name: 's', type: UTF8 },
];

const column = (index: number): BoundExpression => ({
  kind: 'column',
  index,
  ...(SCHEMA[index] as { name: string; type: DataType }),
});
const literal = (type: DataType, value: Scalar): BoundExpression => ({ kind: 'literal', type, value });
const call = (operator: Operator, type: DataType, ...args: BoundExpression[]): BoundExpression => ({
  kind: 'call',
  operator,
  args,
  type,
});

/** The rows that the lane gives over a CSV text. */
async function scan(csv: string, conjuncts: readonly BoundExpression[], output: BoundOutput): Promise<Scalar[][]> {
  const bytes = Buffer.from(csv);
  const source = memorySource(bytes, 'data.csv');
  const plan: ScanPlan = {
    object: {
      location: { kind: 'file', name: 'data.csv', path: '', size: bytes.length, version: '1' },
      format: { kind: 'csv', ...RFC_4180, dataStart: 0, header: false },
      schema: SCHEMA,
    },
    fragment: { conjuncts, output },
    lane: 'js',
  };
  const part = { kind: 'csv-chunk', start: 0, end: bytes.length } as const;
  const { batches } = await new JsLane().run(plan, part, source, () => false);
  return batches.flatMap(({ length, columns }) =>
    Array.from({ length }, (_, row) => columns.map((values: Column) => scalarAt(values, row))),
  );
}

const rows = (...expressions: BoundExpression[]): BoundOutput & { kind: 'rows' } => ({
  kind: 'rows',
  columns: expressions.map((expression, i) => ({ name: `c${i}`, expression })),
});

describe('plans of unusual size', () => {
  const csv = Array.from({ length: 2000 }, (_, i) => `${i},${i}.5,row ${i}`).join('\n');

  test('a thousand conjuncts', async () => {
    const conjuncts = Array.from({ length: 1000 }, (_, k) => call('ne', BOOL, column(0), literal(INT32, k)));
    expect(await scan(csv, conjuncts, rows(call('add', INT32, column(0), literal(INT32, 1))))).toHaveLength(1000);
  });

  test('a list of ten thousand members', async () => {
    const members = Array.from({ length: 10_000 }, (_, k) => literal(INT32, 3 * k));
    expect(await scan(csv, [call('in', BOOL, column(0), ...members)], rows(column(0)))).toHaveLength(667);
  });

  test('operators two hundred deep, also inside one another’s branches', async () => {
    let sum = column(0);
    let branches = column(0);
    for (let depth = 0; depth < 200; depth++) {
      sum = call('add', INT32, sum, literal(INT32, 1));
      const condition = call('gt', BOOL, column(0), literal(INT32, depth));
      branches = call('case', INT32, condition, branches, call('add', INT32, column(0), literal(INT32, depth)));
    }
    const [first] = await scan(csv, [], rows(sum, branches));
    expect(first).toEqual([200, 199]);
  });
});

describe('what a row does not reach does not fail', () => {
  const csv = '4,1.00,a\n0,2.00,b\n-3,3.00,12';
  const i = column(0);
  const toNumber: BoundExpression = { kind: 'cast', arg: column(2), type: INT32 };
  const root = (arg: BoundExpression): BoundExpression => ({
    kind: 'function',
    overload: 'sqrt(double)',
    args: [arg],
    type: FLOAT64,
  });
  const double: BoundExpression = { kind: 'cast', arg: i, type: FLOAT64 };
  const positive = call('ge', BOOL, i, literal(INT32, 0));

  test('behind a condition of CASE', async () => {
    const guarded = call('case', FLOAT64, positive, root(double), literal(FLOAT64, null));
    expect(await scan(csv, [], rows(guarded))).toEqual([[2], [0], [null]]);
    await expect(scan(csv, [], rows(root(double)))).rejects.toMatchObject({ code: 'bad-value' });
  });

  test('behind the operands of COALESCE that are not NULL', async () => {
    expect(await scan(csv, [], rows(call('coalesce', INT32, i, toNumber)))).toEqual([[4], [0], [-3]]);
  });

  test('behind earlier conjuncts of a filter, whatever the order of columns', async () => {
    const late = call('lt', BOOL, column(1), literal(decimal(38, 2), 0n));
    const fallible = call('gt', BOOL, root(double), literal(FLOAT64, 1));
    expect(await scan(csv, [late, fallible], rows(i))).toEqual([]);
  });
});

describe('decimals of more than 18 digits', () => {
  const limit = 10n ** 38n;
  const large = '999999999999999999999999999999999999.99';
  const w = column(1);
  const cent = literal(decimal(38, 2), 1n);

  test('come from CSV, and go into keys, sums and comparisons, exactly', async () => {
    const csv = `1,${large},a\n2,-${large},b\n3,0.01,c\n4,${large},d\n5,,e\n`;
    const type = decimal(38, 2);
    expect(await scan(csv, [call('gt', BOOL, w, cent)], rows(w))).toEqual([[limit - 1n], [limit - 1n]]);
    const output: BoundOutput = {
      kind: 'groups',
      keys: [{ name: 'w', expression: w }],
      aggregates: [
        {
          name: 'sum',
          function: 'sum',
          args: [{ kind: 'column', index: 0, name: 'i', type: INT32 }],
          parameters: [],
          distinct: false,
          type: decimal(38, 0),
        },
      ],
    };
    expect(await scan(csv, [], output)).toEqual([
      [limit - 1n, 5n],
      [1n - limit, 2n],
      [1n, 3n],
      [null, 5n],
    ]);
    const sum = { name: 'sum', function: 'sum', args: [w], parameters: [], distinct: false, type } as const;
    await expect(scan(csv, [], { kind: 'groups', keys: [], aggregates: [sum] })).rejects.toMatchObject({
      code: 'bad-value',
    });
  });

  test('overflow is an error where 38 digits do not suffice', async () => {
    const sum = call('add', decimal(38, 2), w, cent);
    expect(await scan('1,999999999999999999999999999999999999.98,a', [], rows(sum))).toEqual([[limit - 1n]]);
    await expect(scan(`1,${large},a`, [], rows(sum))).rejects.toMatchObject({ code: 'bad-value' });
  });
});

test('the first rows in an order are kept, ties in the order of the object', async () => {
  const csv = Array.from({ length: 40_000 }, (_, i) => `${(i * 7919) % 1000},1.00,row ${i}`).join('\n');
  const output = {
    ...rows(column(0), column(2)),
    limit: 3,
    orderBy: [{ column: 0, descending: true, nullsFirst: true }],
  };
  const expected = Array.from({ length: 40_000 }, (_, i) => i)
    .filter((i) => (i * 7919) % 1000 === 999)
    .slice(0, 3);
  expect(await scan(csv, [], output)).toEqual(expected.map((i) => [999, `row ${i}`]));
});

test('numbers beside literals beyond 2^53 are compared exactly', async () => {
  const wide = (value: bigint) => literal(INT64, value);
  const l: BoundExpression = { kind: 'cast', arg: column(0), type: INT64 };
  const conjuncts = [call('lt', BOOL, l, wide(2n ** 63n - 1n)), call('ne', BOOL, l, wide(2n ** 53n + 1n))];
  expect(await scan('1,,a\n2147483647,,b', conjuncts, rows(call('add', INT64, l, wide(2n ** 53n))))).toEqual([
    [2n ** 53n + 1n],
    [2n ** 53n + 2147483647n],
  ]);
});
