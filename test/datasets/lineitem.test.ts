import { describe, expect, test } from 'vitest';
import { daysOf } from '../../datasets/calendar.ts';
import type { Batch } from '../../datasets/column.ts';
import { lineitem } from '../../datasets/lineitem.ts';

const SCALE = 0.01;
const batches = [...lineitem.batches({ scale: SCALE, seed: 7 })];

function column(name: string): { batch: Batch; index: number }[] {
  const index = lineitem.columns.findIndex((spec) => spec.name === name);
  return batches.map((batch) => ({ batch, index }));
}

function numbers(name: string): number[] {
  return column(name).flatMap(({ batch, index }) => {
    const vector = batch.vectors[index]!;
    if (vector.kind !== 'fixed') throw new Error(`${name} is text`);
    return Array.from(vector.values, Number);
  });
}

function texts(name: string): string[] {
  const decoder = new TextDecoder();
  return column(name).flatMap(({ batch, index }) => {
    const vector = batch.vectors[index]!;
    if (vector.kind !== 'utf8') throw new Error(`${name} is not text`);
    return Array.from({ length: batch.rows }, (_, row) =>
      decoder.decode(vector.bytes.subarray(vector.offsets[row], vector.offsets[row + 1])),
    );
  });
}

const range = (values: readonly number[]) =>
  values.reduce(([low, high], v) => [Math.min(low!, v), Math.max(high!, v)], [Infinity, -Infinity]);
const distinct = <T>(values: readonly T[]) => [...new Set(values)].sort();

describe('lineitem follows the TPC-H specification', () => {
  test('a scale of 1 has about 6,000,000 rows', () => {
    const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
    expect(rows / SCALE / lineitem.rowsPerScale).toBeCloseTo(1, 1);
  });

  test('numbers stay within their domains', () => {
    expect(range(numbers('l_quantity'))).toEqual([100, 5000]);
    expect(range(numbers('l_discount'))).toEqual([0, 10]);
    expect(range(numbers('l_tax'))).toEqual([0, 8]);
    expect(range(numbers('l_linenumber'))).toEqual([1, 7]);
    expect(range(numbers('l_partkey'))).toEqual([1, 2000]);
    expect(range(numbers('l_suppkey'))).toEqual([1, 100]);
  });

  test('the price is the quantity times the retail price of the part', () => {
    const [quantities, parts] = [numbers('l_quantity'), numbers('l_partkey')];
    const expected = parts.map(
      (part, row) => (quantities[row]! / 100) * (90_000 + (Math.floor(part / 10) % 20_001) + 100 * (part % 1000)),
    );
    expect(numbers('l_extendedprice')).toEqual(expected);
  });

  test('order keys are sparse and ascend, and line numbers count within an order', () => {
    const [orders, lines] = [numbers('l_orderkey'), numbers('l_linenumber')];
    const wrong = orders.filter((order, row) => {
      const before = orders[row - 1] ?? 0;
      const line = order === before ? lines[row - 1]! + 1 : 1;
      return order % 32 >= 8 || order < before || lines[row] !== line;
    });
    expect(wrong).toEqual([]);
  });

  test('flags follow from the dates', () => {
    const today = daysOf(1995, 6, 17);
    const [ship, receipt] = [numbers('l_shipdate'), numbers('l_receiptdate')];
    expect(texts('l_linestatus')).toEqual(ship.map((day) => (day > today ? 'O' : 'F')));
    expect(texts('l_returnflag').map((flag) => flag === 'N')).toEqual(receipt.map((day) => day > today));
    expect(distinct(texts('l_returnflag'))).toEqual(['A', 'N', 'R']);
    expect(range(ship)[0]).toBeGreaterThan(daysOf(1992, 1, 1));
    expect(range(receipt)[1]).toBeLessThanOrEqual(daysOf(1998, 12, 31));
    const transit = range(receipt.map((day, row) => day - ship[row]!));
    expect(transit).toEqual([1, 30]);
  });

  test('instructions and modes take every listed value', () => {
    expect(distinct(texts('l_shipinstruct'))).toEqual(['COLLECT COD', 'DELIVER IN PERSON', 'NONE', 'TAKE BACK RETURN']);
    expect(distinct(texts('l_shipmode'))).toEqual(['AIR', 'FOB', 'MAIL', 'RAIL', 'REG AIR', 'SHIP', 'TRUCK']);
  });

  test('about 15 % of the comments need quotes in CSV', () => {
    const comments = texts('l_comment');
    expect(range(comments.map((comment) => comment.length))).toEqual([10, 43]);
    const share = (pattern: RegExp) => comments.filter((comment) => pattern.test(comment)).length / comments.length;
    expect(share(/[,"\n]/)).toBeCloseTo(0.15, 1);
    expect(share(/"/)).toBeGreaterThan(0.04);
    expect(share(/\n/)).toBeGreaterThan(0.005);
  });
});
