import { describe, expect, test } from 'vitest';
import type { Batch, Column } from '../../../engine/column.ts';
import { BatchCompiler } from '../../../engine/lanes/wasm/batch-compiler.ts';
import { GroupSink } from '../../../engine/lanes/wasm/group-sink.ts';
import { HeldLoader, holdColumn } from '../../../engine/lanes/wasm/held-columns.ts';
import { instantiateKernels } from '../../../engine/lanes/wasm/kernels.ts';
import { EngineMemory } from '../../../engine/lanes/wasm/memory.ts';
import { TextRoom } from '../../../engine/lanes/wasm/text-room.ts';
import { allocateVector } from '../../../engine/lanes/wasm/vector.ts';
import { columnFromScalars, scalarAt } from '../../../engine/scalars.ts';
import { VECTOR_SIZE } from '../../../engine/task.ts';
import { evaluate } from '../../../query/evaluate.ts';
import type { AggregateFunction, BoundAggregate, BoundExpression } from '../../../query/expression.ts';
import { sumType } from '../../../query/partial-states.ts';
import { type DataType, decimal, FLOAT64, INT32, INT64, type Scalar, UTF8 } from '../../../query/types.ts';

const PRICE = decimal(15, 2);
const PRODUCT = decimal(18, 4);
const SCHEMA: readonly DataType[] = [UTF8, UTF8, PRICE, PRICE, INT64, FLOAT64, INT32];
const [FLAG, STATUS, PRICES, DISCOUNTS, WORDS, FLOATS, NUMBERS] = SCHEMA.map(
  (type, index): BoundExpression => ({ kind: 'column', index, name: `c${index}`, type }),
) as [
  BoundExpression,
  BoundExpression,
  BoundExpression,
  BoundExpression,
  BoundExpression,
  BoundExpression,
  BoundExpression,
];

const call = (
  operator: 'multiply' | 'subtract',
  type: DataType,
  ...args: readonly BoundExpression[]
): BoundExpression => ({ kind: 'call', operator, args, type });
const ONE: BoundExpression = { kind: 'literal', type: decimal(16, 2), value: 100n };
const REDUCED = call('multiply', PRODUCT, PRICES, call('subtract', decimal(16, 2), ONE, DISCOUNTS));

function aggregate(name: AggregateFunction, operand?: BoundExpression): BoundAggregate {
  const type = name === 'sum' && operand ? sumType(operand.type) : (operand?.type ?? INT64);
  return { name, function: name, args: operand ? [operand] : [], parameters: [], distinct: false, type };
}

const AGGREGATES = [
  aggregate('sum', PRICES),
  aggregate('sum', REDUCED),
  aggregate('sum', WORDS),
  aggregate('sum', FLOATS),
  aggregate('sum', NUMBERS),
  aggregate('count', DISCOUNTS),
  aggregate('count', REDUCED),
  aggregate('count_star'),
  aggregate('max', NUMBERS),
];

/** Without floats, whose sums do not wait for the next batch. */
const WHOLE = AGGREGATES.filter(({ args: [operand] }) => operand !== FLOATS);

type Row = readonly Scalar[];

/** The groups of rows as SQL has them, in order of first appearance. */
function expected(keys: readonly BoundExpression[], rows: readonly Row[], aggregates = AGGREGATES): Scalar[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify(keys.map((expression) => evaluate(expression, [...row])));
    const members = groups.get(key);
    if (members) members.push(row);
    else groups.set(key, [row]);
  }
  return [...groups].map(([key, members]) => [
    ...(JSON.parse(key) as Scalar[]),
    ...aggregates.map(({ function: name, args: [operand] }): Scalar => {
      if (!operand) return BigInt(members.length);
      const values = members.map((row) => evaluate(operand, [...row])).filter((value) => value !== null);
      if (name === 'count') return BigInt(values.length);
      if (values.length === 0) return null;
      if (name === 'max') return Math.max(...(values as number[]));
      if (operand.type.kind === 'float64') return (values as number[]).reduce((a, b) => a + b, 0);
      return values.reduce((sum: bigint, value) => sum + BigInt(value as bigint), 0n);
    }),
  ]);
}

/** The same by a sink; `isTold`: how large the values of each batch are, as CSV's loader tells. */
function grouped(
  keys: readonly BoundExpression[],
  rows: readonly Row[],
  aggregates = AGGREGATES,
  isTold = false,
): Scalar[][] {
  const memory = new EngineMemory();
  const texts = new TextRoom(memory);
  const kernels = instantiateKernels(memory, texts);
  const columns = SCHEMA.map(
    (type, i): Column =>
      columnFromScalars(
        type,
        rows.map((row) => row[i] as Scalar),
      ),
  );
  const vectors = new Map(SCHEMA.map((type, i) => [i, allocateVector(memory, type)]));
  const loader = new HeldLoader(
    memory,
    kernels,
    columns.map((column) => holdColumn(memory, column)),
  );
  const output = {
    kind: 'groups',
    keys: keys.map((expression, i) => ({ name: `k${i}`, expression })),
    aggregates,
  } as const;
  const sink = new GroupSink(memory, kernels, new BatchCompiler(memory, kernels, texts), output, vectors);
  for (let first = 0; first < rows.length; first += VECTOR_SIZE) {
    const count = Math.min(VECTOR_SIZE, rows.length - first);
    loader.begin(first, count);
    for (const [index, vector] of vectors) {
      loader.load(index, vector, 0, count);
      const { type, values } = vector;
      if (isTold && (type.kind === 'int64' || type.kind === 'decimal'))
        vector.magnitudeBits = kernels.magnitudeBits(values, count);
    }
    sink.take(count);
  }
  const [batch] = sink.finish() as [Batch];
  return Array.from({ length: batch.length }, (_, row) => batch.columns.map((column) => scalarAt(column, row)));
}

/** Rows of batches that are made one after the other; `row` counts from 0 in each. */
function batches(...makers: readonly ((row: number) => Row)[]): Row[] {
  return makers.flatMap((make) => Array.from({ length: VECTOR_SIZE }, (_, row) => make(row)));
}

const small = (row: number): Row => [
  'ANR'[row % 3] as string,
  row % 7 < 3 ? 'O' : 'F',
  BigInt((row * 7919) % 10_000_000) - 5_000_000n,
  BigInt(row % 11),
  BigInt(row - 1000),
  row - 0.5,
  row % 2 ? row : 1 - row,
];
const replaced = (index: number, value: (row: number) => Scalar) => (row: number) => small(row).with(index, value(row));

/** Factors beyond 31 bits, whose product fits 18 digits. */
const longPrices = replaced(2, (row) => (row % 2 ? 9_999_999_999_999n : -9_999_999_999_999n));
/** Sums of a batch that leave 64 bits. */
const hugeWords = replaced(4, (row) => (row % 5 ? 2n ** 63n - 1n : -(2n ** 63n)));
const lowestWords = replaced(4, () => -(2n ** 63n));
const edgeWords = replaced(4, (row) => (row % 2 ? 2n ** 52n - 1n : -(2n ** 52n)));
const beyondEdge = replaced(4, () => 2n ** 52n);
const someNulls = (row: number): Row =>
  small(row)
    .with(2, row % 3 ? null : 5n)
    .with(3, row % 4 ? 1n : null);
const onlyNulls = replaced(2, () => null);

function expectGroups(keys: readonly BoundExpression[], rows: readonly Row[]): void {
  expect(grouped(keys, rows)).toEqual(expected(keys, rows));
}

describe('sums of groups are exact', () => {
  const keys = [FLAG, STATUS];

  test('for every number of rows from 1 to 40', () => {
    for (let count = 1; count <= 40; count++)
      expectGroups(
        keys,
        Array.from({ length: count }, (_, row) => small(row)),
      );
  });

  test('where factors and sums need 64 bits in some batches and fewer in others', () => {
    expectGroups(keys, batches(small, longPrices, small, hugeWords, longPrices, small, lowestWords, small));
  });

  test('where nearly all batches need more than 64 bits', () => {
    expectGroups(keys, batches(...Array.from({ length: 12 }, () => lowestWords), small));
  });

  test('where several batches are added up before the states hear of them', () => {
    const manyFlags = replaced(0, (row) => String.fromCharCode(33 + (row % 90)));
    const large = replaced(4, (row) => (row % 9 ? 2n ** 48n - 1n : -(2n ** 48n)));
    for (const makers of [
      [small, small, someNulls, small, longPrices, small, edgeWords, edgeWords, small, hugeWords, small],
      [small, small, manyFlags, small],
      Array.from({ length: 40 }, () => large),
    ]) {
      const rows = batches(...makers);
      expect(grouped(keys, rows, WHOLE, true)).toEqual(expected(keys, rows, WHOLE));
    }
  });

  test('at the limits of what a batch adds up in 64 bits', () => {
    expectGroups(keys, batches(edgeWords, beyondEdge, edgeWords));
    const [flag] = grouped(
      [STATUS],
      batches(replaced(4, () => -(2n ** 52n))).map((row) => row.with(1, 'O')),
    ) as [Scalar[]];
    expect(flag[3]).toBe(-(2n ** 63n));
  });

  test('where NULLs come in some batches, or are all there is', () => {
    expectGroups(keys, batches(small, someNulls, small, onlyNulls));
    expectGroups(keys, batches(onlyNulls, onlyNulls));
  });

  test('where keys are NULL, empty, of several bytes, or more than a loop of few groups takes', () => {
    expectGroups(
      keys,
      batches(
        replaced(0, (row) => (row % 5 ? 'A' : null)),
        small,
      ),
    );
    expectGroups(
      keys,
      batches(
        small,
        replaced(0, (row) => ['', 'A', 'AB', 'a longer text', 'Ä'][row % 5] as string),
      ),
    );
    expectGroups(
      keys,
      batches(
        small,
        replaced(1, (row) => String.fromCharCode(65 + (row % 60))),
        small,
      ),
    );
  });

  test('where keys of one byte are followed by others, or are more than 255 pairs', () => {
    const pairs = (row: number) =>
      small(row)
        .with(0, String.fromCharCode(33 + (row % 23)))
        .with(1, String.fromCharCode(33 + (row % 19)));
    expectGroups(keys, batches(small, pairs, small));
    const others: readonly Scalar[] = [null, '', 'AB', 'Ä', 'a longer text'];
    for (const other of others)
      for (const keys of [[FLAG], [STATUS, FLAG]])
        expectGroups(
          keys,
          batches(
            small,
            replaced(0, (row) => (row % 3 ? 'A' : other)),
            small,
          ),
        );
  });

  test('where all keys are long texts in some batches', () => {
    const long = replaced(0, (row) => `a longer text ${row % 5}`);
    for (const makers of [[long], [long, small, long], [small, long]]) expectGroups([FLAG], batches(...makers));
  });

  test('an overflow of an operand is an error, in whatever batch', () => {
    const overflowing = (row: number) => longPrices(row).with(3, -999_999_999n);
    expect(() => grouped(keys, batches(small, overflowing))).toThrow(/overflow/);
  });
});
