import type { Column } from '../column.ts';
import { finish, hashBytes, mix } from './murmur.ts';
import { valueWords, wordsOf } from './words.ts';

const NULL_HASH = 0x5bd1e995;

/**
 * A 32-bit hash of each value of a column; those of NULLs are equal. Values that are equal in SQL have equal hashes:
 * one zero, one NaN.
 */
export function hashValues(column: Column, length: number, seed: number): Int32Array {
  const hashes = new Int32Array(length);
  if (column.kind === 'utf8') {
    const { bytes, offsets } = column;
    for (let row = 0; row < length; row++) hashes[row] = hashBytes(bytes, offsets[row]!, offsets[row + 1]!, seed);
  } else {
    const words = valueWords(withCanonicalFloats(column));
    const width = wordsOf(column.type);
    for (let row = 0, at = 0; row < length; row++) {
      let hash = seed;
      for (const end = at + width; at < end; at++) hash = mix(hash, words[at]!);
      hashes[row] = finish(hash, 4 * width);
    }
  }
  const { validity } = column;
  if (validity) for (let row = 0; row < length; row++) if (validity[row] === 0) hashes[row] = NULL_HASH;
  return hashes;
}

/** A hash of each row of key columns; with one column, that of its values. */
export function hashRows(columns: readonly Column[], length: number, seed: number): Int32Array {
  const [first, ...others] = columns.map((column) => hashValues(column, length, seed));
  if (!first) return new Int32Array(length);
  for (const hashes of others)
    for (let row = 0; row < length; row++) first[row] = finish(mix(first[row]!, hashes[row]!), 4 * columns.length);
  return first;
}

/** The column with one zero and one NaN, so that equal values have equal bits. */
export function withCanonicalFloats<T extends Extract<Column, { kind: 'fixed' }>>(column: T): T {
  return column.type.kind === 'float64'
    ? { ...column, values: (column.values as Float64Array).map(canonical) }
    : column;
}

function canonical(value: number): number {
  return value === 0 ? 0 : Number.isNaN(value) ? Number.NaN : value;
}
