import type { Column } from '../column.ts';
import { text, valueWords, wordsOf } from './words.ts';

/**
 * 64-bit hashes of the values of a column, as two 32-bit words a row: MurmurHash3 (x86, 32 bits) with two seeds. Values
 * that are equal in SQL have equal hashes: one zero, one NaN.
 */
export function hashValues(column: Column, length: number): Uint32Array {
  const hashes = new Uint32Array(2 * length);
  if (column.kind === 'utf8') {
    const { bytes, offsets } = text(column);
    for (let row = 0; row < length; row++) {
      hashes[2 * row] = hashBytes(bytes, offsets[row]!, offsets[row + 1]!, SEED_HIGH);
      hashes[2 * row + 1] = hashBytes(bytes, offsets[row]!, offsets[row + 1]!, SEED_LOW);
    }
    return hashes;
  }
  const plain =
    column.type.kind === 'float64' ? { ...column, values: (column.values as Float64Array).map(canonical) } : column;
  const words = valueWords(plain);
  const width = wordsOf(column.type);
  for (let row = 0; row < length; row++) {
    let high = SEED_HIGH;
    let low = SEED_LOW;
    for (let at = width * row; at < width * (row + 1); at++) {
      high = mix(high, words[at]!);
      low = mix(low, words[at]!);
    }
    hashes[2 * row] = finish(high, 4 * width);
    hashes[2 * row + 1] = finish(low, 4 * width);
  }
  return hashes;
}

const SEED_HIGH = 0x3c6ef372;
const SEED_LOW = 0x1b873593;

function canonical(value: number): number {
  return value === 0 ? 0 : Number.isNaN(value) ? Number.NaN : value;
}

function hashBytes(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed;
  let at = start;
  for (; at + 4 <= end; at += 4)
    hash = mix(hash, bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
  let rest = 0;
  for (let shift = 0; at < end; at++, shift += 8) rest |= bytes[at]! << shift;
  return finish(mix(hash, rest), end - start);
}

function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  let h = hash ^ Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

function finish(hash: number, length: number): number {
  let h = hash ^ length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
