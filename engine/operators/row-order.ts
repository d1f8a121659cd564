import type { Column } from '../column.ts';
import { compareBytes } from '../compare-bytes.ts';
import { fixed, text, valueWords, wordsOf } from './words.ts';

/** How a sort key orders rows. Values compare as `compareScalars` says. */
export interface KeyOrder {
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** Below, at or above 0 as row a of the left columns comes before, beside or after row b of the right ones. */
export type RowComparison = (a: number, b: number) => number;

/** Compares rows by their keys, the first one first; the columns of both sides have the same types. */
export function rowComparison(
  left: readonly Column[],
  right: readonly Column[],
  orders: readonly KeyOrder[],
): RowComparison {
  const keys = orders.map((order, index) => keyComparison(left[index]!, right[index]!, order));
  const [only] = keys;
  if (only && keys.length === 1) return only;
  return (a, b) => {
    for (const compare of keys) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** The rows 0 .. length - 1 in order; those that compare equal keep theirs. */
export function sortedRows(keys: readonly Column[], orders: readonly KeyOrder[], length: number): Int32Array {
  const compare = rowComparison(keys, keys, orders);
  return Int32Array.from({ length }, (_, row) => row).sort((a, b) => compare(a, b) || a - b);
}

function keyComparison(left: Column, right: Column, { descending, nullsFirst }: KeyOrder): RowComparison {
  const compare = valueComparison(left, right);
  const sign = descending ? -1 : 1;
  const [x, y] = [left.validity, right.validity];
  if (!x && !y) return descending ? (a, b) => -compare(a, b) : compare;
  const nullFirst = nullsFirst ? -1 : 1;
  return (a, b) => {
    const [aNull, bNull] = [x?.[a] === 0, y?.[b] === 0];
    if (aNull || bNull) return aNull === bNull ? 0 : aNull ? nullFirst : -nullFirst;
    return sign * compare(a, b);
  };
}

function valueComparison(left: Column, right: Column): RowComparison {
  if (left.kind === 'utf8') {
    const { bytes, offsets } = left;
    const other = text(right);
    return (a, b) =>
      compareBytes(bytes, offsets[a]!, offsets[a + 1]!, other.bytes, other.offsets[b]!, other.offsets[b + 1]!);
  }
  const width = wordsOf(left.type);
  if (width === 1 || left.type.kind === 'float64') {
    const x = left.values as Float64Array;
    const y = fixed(right).values as Float64Array;
    return (a, b) => compareNumbers(x[a]!, y[b]!);
  }
  const x = valueWords(left);
  const y = valueWords(fixed(right));
  return (a, b) => compareWords(x, width * a, y, width * b, width);
}

/** NaN is above all numbers, -0 equals 0. */
export function compareNumbers(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return a === b ? 0 : Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** Two's complement integers of `width` words, low word first. */
export function compareWords(
  a: ArrayLike<number>,
  aStart: number,
  b: ArrayLike<number>,
  bStart: number,
  width: number,
): number {
  const top = width - 1;
  if (a[aStart + top]! !== b[bStart + top]!) return a[aStart + top]! < b[bStart + top]! ? -1 : 1;
  for (let word = top - 1; word >= 0; word--) {
    const x = a[aStart + word]! >>> 0;
    const y = b[bStart + word]! >>> 0;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}
