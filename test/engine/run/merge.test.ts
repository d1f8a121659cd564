import { describe, expect, test } from 'vitest';
import type { Batch } from '../../../engine/column.ts';
import { finalizeGroups, GroupMerger, mergePartials } from '../../../engine/run/merge.ts';
import { columnFromScalars, scalarAt } from '../../../engine/scalars.ts';
import type { AggregateFunction, BoundAggregate } from '../../../query/expression.ts';
import type { BoundOutput } from '../../../query/fragment.ts';
import { partialSchema, sumType } from '../../../query/partial-states.ts';
import { type DataType, decimal, FLOAT64, INT32, INT64, type Scalar, UTF8 } from '../../../query/types.ts';

const column = (name: string, type: DataType) => ({ kind: 'column' as const, index: 0, name, type });

function aggregate(name: AggregateFunction, type?: DataType): BoundAggregate {
  const finals: Partial<Record<AggregateFunction, DataType | undefined>> = {
    count_star: INT64,
    count: INT64,
    sum: type && sumType(type),
    avg: FLOAT64,
    min: type,
    max: type,
  };
  const args = type ? [column('x', type)] : [];
  return { name, function: name, args, parameters: [], distinct: false, type: finals[name] ?? INT64 };
}

function groups(keys: readonly DataType[], aggregates: readonly BoundAggregate[]): BoundOutput {
  return {
    kind: 'groups',
    keys: keys.map((type, index) => ({ name: `k${index}`, expression: column(`k${index}`, type) })),
    aggregates,
  };
}

function partial(output: BoundOutput, rows: readonly (readonly Scalar[])[]): Batch {
  const schema = partialSchema(output);
  const columns = schema.map(({ type }, index) =>
    columnFromScalars(
      type,
      rows.map((row) => row[index] ?? null),
    ),
  );
  return { schema, length: rows.length, columns };
}

function rowsOf(batch: Batch): Scalar[][] {
  return Array.from({ length: batch.length }, (_, row) => batch.columns.map((column) => scalarAt(column, row)));
}

describe('partial groups', () => {
  test('merge by key, in the order of first appearance; NULL is a key, and the identity of a state', () => {
    const output = groups([UTF8, INT32], [aggregate('count_star'), aggregate('sum', INT64), aggregate('min', UTF8)]);
    const merged = mergePartials(output, [
      partial(output, [
        ['b', 1, 2n, null, 'x'],
        ['', 1, 1n, 5n, null],
        [null, 1, 1n, 1n, 'ä'],
      ]),
      partial(output, [
        ['b', null, 1n, 1n, 'z'],
        [null, 1, 2n, -9n, 'b'],
        ['b', 1, 3n, 7n, 'w'],
      ]),
    ]);
    expect(rowsOf(merged)).toEqual([
      ['b', 1, 5n, 7n, 'w'],
      ['', 1, 1n, 5n, null],
      [null, 1, 3n, -8n, 'b'],
      ['b', null, 1n, 1n, 'z'],
    ]);
  });

  test('take NaN and both zeros as one key each, and NaN as the largest number', () => {
    const output = groups([FLOAT64], [aggregate('max', FLOAT64), aggregate('min', FLOAT64)]);
    const rows = [
      [-0, 1, 1],
      [Number.NaN, Number.NaN, Number.NaN],
      [0, Number.NaN, 2],
      [Number.NaN, 3, 3],
    ];
    const batches = rows.map((row) => partial(output, [row]));
    expect(rowsOf(mergePartials(output, batches))).toEqual([
      [-0, Number.NaN, 1],
      [Number.NaN, Number.NaN, 3],
    ]);
  });

  test('sum in 128 bits, and say so when that is not enough', () => {
    const output = groups([], [aggregate('sum', decimal(18, 2))]);
    const large = 10n ** 38n - 1n;
    const batches = (...sums: bigint[]) => sums.map((sum) => partial(output, [[sum]]));
    expect(rowsOf(mergePartials(output, batches(large, -large, -1n, -(2n ** 70n))))).toEqual([[-1n - 2n ** 70n]]);
    expect(() => mergePartials(output, batches(large, 1n))).toThrow('decimal(38,2)');
  });

  test('without keys are one group even when there is no partial', () => {
    const output = groups([], [aggregate('count', INT64), aggregate('sum', INT64), aggregate('avg', FLOAT64)]);
    expect(rowsOf(finalizeGroups(output, mergePartials(output, [])))).toEqual([[0n, null, null]]);
  });

  test('finish as averages of exact sums', () => {
    const output = groups([], [aggregate('avg', decimal(10, 2)), aggregate('avg', FLOAT64)]);
    const merged = mergePartials(output, [
      partial(output, [[100n, 2n, 0.5, 1n]]),
      partial(output, [[1n, 1n, 0.25, 2n]]),
    ]);
    expect(rowsOf(finalizeGroups(output, merged))).toEqual([[1.01 / 3, 0.25]]);
  });

  test('by the hundred thousand keep every key apart', () => {
    const output = groups([INT64, UTF8], [aggregate('count_star')]);
    const rows = Array.from({ length: 200_000 }, (_, row) => [BigInt(row >> 1) << 20n, `key ${row & 1}`, 1n]);
    const batch = partial(output, rows);
    const merged = rowsOf(mergePartials(output, [batch, batch]));
    expect(merged).toEqual(rows.map(([number, text]) => [number, text, 2n]));
  });

  test('that are alone are passed on as they are', () => {
    const output = groups([INT64], [aggregate('count_star')]);
    const batch = partial(output, [[1n, 2n]]);
    expect(mergePartials(output, [partial(output, []), batch])).toBe(batch);
  });

  test('are divided among several tables where one would become too large', () => {
    const output = groups([INT32, UTF8], [aggregate('count_star'), aggregate('sum', FLOAT64), aggregate('max', UTF8)]);
    const batch = (first: number) =>
      partial(
        output,
        Array.from({ length: 3000 }, (_, i) => [(first + i) % 7 ? first + i : null, `${first + i}`, 1n, 1 / i, `${i}`]),
      );
    const batches = [batch(0), batch(1500), batch(0), batch(9000)];
    const merger = new GroupMerger(output, 1);
    for (const one of batches) merger.add(one);
    expect(merger.count).toBe(7500);
    const parts = [...merger.finish()];
    expect(parts.length).toBe(16);
    const byKey = (rows: Scalar[][]) => rows.toSorted((a, b) => Number(a[1]) - Number(b[1]));
    expect(byKey(parts.flatMap(rowsOf))).toEqual(byKey(rowsOf(mergePartials(output, batches))));
  });

  test('can be given out in between, after which the merger starts anew', () => {
    const output = groups([INT32], [aggregate('sum', INT64), aggregate('min', FLOAT64)]);
    const batches = [1n, 2n, 3n].map((sum) => partial(output, [[1, sum, Number(sum)]]));
    const merger = new GroupMerger(output);
    for (const batch of batches.slice(0, 2)) merger.add(batch);
    expect([...merger.flush()].map(rowsOf)).toEqual([[[1, 3n, 1]]]);
    expect([merger.count, merger.bytes]).toEqual([0, 0]);
    for (const batch of batches.slice(1)) merger.add(batch);
    expect([...merger.finish()].map(rowsOf)).toEqual([[[1, 5n, 2]]]);
  });

  test('whose counts nobody can have counted are refused', () => {
    const output = groups([], [aggregate('count_star')]);
    const batches = [1n, -1n].map((count) => partial(output, [[count]]));
    expect(() => mergePartials(output, batches)).toThrow('no count of rows');
  });
});
