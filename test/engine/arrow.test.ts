import { type RecordBatch, tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrowStream, fromArrow, readArrowStream, toArrow } from '../../engine/arrow.ts';
import type { Batch } from '../../engine/column.ts';
import { columnFromScalars, scalarAt } from '../../engine/scalars.ts';
import {
  BOOL,
  DATE,
  type DataType,
  decimal,
  FLOAT64,
  INT32,
  INT64,
  type Scalar,
  TIMESTAMP,
  UTF8,
} from '../../query/types.ts';

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const ARBITRARIES: readonly (readonly [DataType, fc.Arbitrary<Scalar>])[] = [
  [BOOL, fc.boolean()],
  [INT32, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })],
  [INT64, int64],
  [FLOAT64, fc.double()],
  [decimal(18, 2), fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n })],
  [decimal(38, 4), fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })],
  [DATE, fc.integer({ min: -100000, max: 100000 })],
  [TIMESTAMP, int64],
  [UTF8, fc.string({ unit: 'grapheme' })],
];
const types = ARBITRARIES.map(([type]) => type);
const row = fc.tuple(...ARBITRARIES.map(([, values]) => fc.option(values, { freq: 4 })));
const rows = fc.array(row, { maxLength: 30 });

function batchOf(values: readonly (readonly Scalar[])[]): Batch {
  return {
    schema: types.map((type, index) => ({ name: `c${index}`, type })),
    length: values.length,
    columns: types.map((type, index) =>
      columnFromScalars(
        type,
        values.map((row) => row[index] ?? null),
      ),
    ),
  };
}

function rowsOf(batch: Batch): Scalar[][] {
  return Array.from({ length: batch.length }, (_, row) => batch.columns.map((column) => scalarAt(column, row)));
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  return Array.fromAsync(items);
}

describe('Arrow streams', () => {
  test('batches of every type come back as they were, whatever the pieces of the stream are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rows, { maxLength: 3 }), fc.integer({ min: 1, max: 500 }), async (groups, size) => {
        const batches = groups.map(batchOf);
        const stream = Buffer.concat(await collect(arrowStream(batchOf([]).schema, each(batches))));
        const pieces = Array.from({ length: Math.ceil(stream.length / size) }, (_, piece) =>
          Uint8Array.from(stream.subarray(piece * size, (piece + 1) * size)),
        );
        const read = await collect(readArrowStream(each(pieces)));
        // A stream without batches gives an empty one, so that its schema arrives.
        expect(read.map(rowsOf)).toEqual(batches.length > 0 ? batches.map(rowsOf) : [[]]);
        for (const batch of read) expect(batch.schema).toEqual(batchOf([]).schema);
      }),
      { numRuns: 100 },
    );
  });

  test('a slice of a record batch holds the rows of the slice', () => {
    fc.assert(
      fc.property(rows, fc.nat(30), fc.nat(30), (values, from, count) => {
        const sliced = toArrow(batchOf(values)).slice(from, from + count) as RecordBatch;
        expect(rowsOf(fromArrow(sliced))).toEqual(values.slice(from, from + count));
      }),
    );
  });

  test('other readers see the same values', async () => {
    const values = [
      [true, 1, -2n, 0.5, 1234n, -(10n ** 30n), 1, 1_000_000n, 'ä,"'],
      [null, null, null, null, null, null, null, null, null],
    ];
    const stream = Buffer.concat(await collect(arrowStream(batchOf([]).schema, each([batchOf(values)]))));
    const table = tableFromIPC(stream);
    expect(table.schema.fields.map(({ type }) => String(type))).toEqual([
      'Bool', 'Int32', 'Int64', 'Float64', 'Decimal[18e+2]', 'Decimal[38e+4]', 'Date32<DAY>', 'Timestamp<MICROSECOND>', 'Utf8',
    ]); // biome-ignore format: one line
    expect(table.get(0)?.toArray().slice(0, 4)).toEqual([true, 1, -2n, 0.5]);
    expect(table.get(0)?.toArray()[8]).toBe('ä,"');
    expect(table.get(1)?.toArray()).toEqual(Array(9).fill(null));
  });

  test('a stream that stops early is damaged', async () => {
    const stream = Buffer.concat(await collect(arrowStream(batchOf([]).schema, each([batchOf([]), batchOf([])]))));
    for (const length of [0, 4, 100, stream.length - 8, stream.length - 1])
      await expect(collect(readArrowStream(each([stream.subarray(0, length)])))).rejects.toMatchObject({
        code: 'bad-data',
      });
  });

  test('an error of the transport stays what it was', async () => {
    const stream = await collect(arrowStream(batchOf([]).schema, each([batchOf([])])));
    async function* broken() {
      yield stream[0]!;
      throw new RangeError('the line is dead');
    }
    await expect(collect(readArrowStream(broken()))).rejects.toThrow('the line is dead');
  });
});

test('text whose offsets lie beyond its bytes or go backwards is refused', () => {
  const schema = [{ name: 's', type: UTF8 }];
  for (const offsets of [Int32Array.of(0, 9, 12), Int32Array.of(0, 3, 2), Int32Array.of(0, 2 ** 30, 3)]) {
    const columns = [{ kind: 'utf8' as const, type: UTF8, length: 2, offsets, bytes: new Uint8Array(8) }];
    expect(() => fromArrow(toArrow({ schema, length: 2, columns }))).toThrow('beyond its bytes');
  }
});
