import type { DataType } from '../../query/types.ts';
import { type Column, isWide } from '../column.ts';

export type FixedColumn = Extract<Column, { kind: 'fixed' }>;
export type TextColumn = Extract<Column, { kind: 'utf8' }>;

/** 32-bit words that a fixed-width value takes; a bool takes a byte and counts as one. */
export function wordsOf(type: DataType): 1 | 2 | 4 {
  if (type.kind === 'bool' || type.kind === 'int32' || type.kind === 'date') return 1;
  return isWide(type) ? 4 : 2;
}

/**
 * The values of a column as 32-bit words, low word first: 64-bit integers are read and written in halves, because a
 * BigInt for each value costs far more than the arithmetic.
 */
export function valueWords({ values }: FixedColumn): Int32Array | Uint8Array {
  if (values instanceof Uint8Array) return values;
  return new Int32Array(values.buffer, values.byteOffset, values.byteLength >> 2);
}

/** The integer of 2 or 4 words in a row; infinite where it is beyond 2^53, so that a double could not hold it. */
export function wholeAt(words: Int32Array | Uint8Array, row: number, width: 2 | 4): number {
  const at = width * row;
  const high = words[at + 1]!;
  const value = high * 2 ** 32 + (words[at]! >>> 0);
  const sign = high >> 31;
  const isLong = width === 4 && (words[at + 2] !== sign || words[at + 3] !== sign);
  return isLong || !Number.isSafeInteger(value) ? Number.POSITIVE_INFINITY : value;
}

/** The column, which must hold values of fixed width. */
export function fixed(column: Column | undefined): FixedColumn {
  if (column?.kind !== 'fixed') throw new TypeError('expected values of fixed width');
  return column;
}

/** The column, which must hold text or bytes. */
export function text(column: Column | undefined): TextColumn {
  if (column?.kind !== 'utf8') throw new TypeError('expected text or bytes');
  return column;
}
