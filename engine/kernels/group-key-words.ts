import { equalUtf8 } from './strings';

// Keys as 64-bit words, equal exactly where the keys are. Word r of a column goes to words + r x stride; NULL rows get 0
// and are told apart by a mask. `validity` is 0 when no row is NULL.

// @ts-ignore: decorator
@inline
function keyWords<T>(values: usize, validity: usize, count: u32, words: usize, stride: u32): void {
  for (let row: usize = 0; row < count; row++, words += stride) {
    const word = <i64>load<T>(values + (row << alignof<T>()));
    store<i64>(words, validity != 0 && !load<u8>(validity + row) ? 0 : word);
  }
}

export function keyWords1(values: usize, validity: usize, count: u32, words: usize, stride: u32): void {
  keyWords<u8>(values, validity, count, words, stride);
}

export function keyWords4(values: usize, validity: usize, count: u32, words: usize, stride: u32): void {
  keyWords<i32>(values, validity, count, words, stride);
}

export function keyWords8(values: usize, validity: usize, count: u32, words: usize, stride: u32): void {
  keyWords<i64>(values, validity, count, words, stride);
}

/** -0 groups with 0, and all NaN with each other. */
export function keyWordsFloat64(values: usize, validity: usize, count: u32, words: usize, stride: u32): void {
  for (let row: usize = 0; row < count; row++, words += stride) {
    const value = load<f64>(values + (row << 3));
    const word = value != value ? 0x7ff8000000000000 : reinterpret<u64>(value + 0);
    store<u64>(words, validity != 0 && !load<u8>(validity + row) ? 0 : word);
  }
}

/** Two words for each value of 16 bytes. */
export function keyWords16(values: usize, validity: usize, count: u32, words: usize, stride: u32): void {
  for (let row: usize = 0; row < count; row++, words += stride, values += 16) {
    const known = validity == 0 || load<u8>(validity + row) != 0;
    store<u64>(words, known ? load<u64>(values) : 0);
    store<u64>(words, known ? load<u64>(values, 8) : 0, 8);
  }
}

/** Clears the mask words of `count` rows. */
export function clearMasks(masks: usize, count: u32, stride: u32): void {
  for (let row: u32 = 0; row < count; row++, masks += stride) store<u64>(masks, 0);
}

/** Sets bit `bit` in the masks of NULL rows. */
export function markNulls(validity: usize, count: u32, masks: usize, stride: u32, bit: u64): void {
  for (let row: usize = 0; row < count; row++, masks += stride) {
    store<u64>(masks, load<u64>(masks) | (u64(load<u8>(validity + row) == 0) << bit));
  }
}

const LONG_TEXT: u64 = 0x8000000000000000;

// @ts-ignore: decorator
@inline
function mix(hash: u64, word: u64): u64 {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 32);
}

// @ts-ignore: decorator
@inline
function firstBytes(at: usize, length: u32): u64 {
  return load<u64>(at) & (((<u64>1) << (<u64>length << 3)) - 1);
}

/** The word of a text of up to 7 bytes: its bytes, with a 1 behind them. Most keys that are as short have one byte. */
// @ts-ignore: decorator
@inline
export function shortTextWord(at: usize, length: u32): u64 {
  return length == 1 ? 256 | <u64>load<u8>(at) : firstBytes(at, length) | ((<u64>1) << (<u64>length << 3));
}

function hashText(at: usize, length: u32): u32 {
  let hash: u64 = length;
  let left = length;
  for (; left >= 8; left -= 8, at += 8) hash = mix(hash, load<u64>(at));
  if (left) hash = mix(hash, firstBytes(at, left));
  return <u32>hash ^ <u32>(hash >> 29);
}

/**
 * A text of up to 7 bytes becomes its `shortTextWord`. A longer one gets a number in a dictionary, and the top
 * bit. Entry e of the dictionary: hash, address and length (u32 each) at entries + 12 e; `slots` holds entry + 1 (u32),
 * mask + 1 of them; the texts are copied to the area at `arena` (u32 cell: next free address; `arenaEnd` its end). The
 * caller makes sure that there is room for `count` new entries. Gives the row where the area was full, or `count`.
 */
export function textWords(
  starts: usize, lengths: usize, validity: usize, from: u32, count: u32, words: usize, slots: usize, mask: u32,
  entries: usize, entryCount: usize, arena: usize, arenaEnd: usize,
): u32 {
  let used = load<u32>(entryCount);
  let row = from;
  for (; row < count; row++) {
    if (validity && !load<u8>(validity + row)) {
      store<u64>(words + (<usize>row << 3), 0);
      continue;
    }
    const at = <usize>load<u32>(starts + (<usize>row << 2));
    const length = load<u32>(lengths + (<usize>row << 2));
    if (length < 8) {
      store<u64>(words + (<usize>row << 3), shortTextWord(at, length));
      continue;
    }
    const hash = hashText(at, length);
    let slot = hash & mask;
    let found: u32;
    while ((found = load<u32>(slots + (<usize>slot << 2))) != 0) {
      const entry = entries + <usize>(found - 1) * 12;
      if (load<u32>(entry) == hash && equalUtf8(load<u32>(entry, 4), load<u32>(entry, 8), at, length)) break;
      slot = (slot + 1) & mask;
    }
    if (!found) {
      const copy = <usize>load<u32>(arena);
      if (length > <u32>(arenaEnd - copy)) break;
      memory.copy(copy, at, length);
      store<u32>(arena, <u32>(copy + length));
      const entry = entries + <usize>used * 12;
      store<u32>(entry, hash);
      store<u32>(entry, <u32>copy, 4);
      store<u32>(entry, length, 8);
      found = ++used;
      store<u32>(slots + (<usize>slot << 2), found);
    }
    store<u64>(words + (<usize>row << 3), LONG_TEXT | (found - 1));
  }
  store<u32>(entryCount, used);
  return row;
}

/** Fills the empty `slots` of a dictionary from its entries. */
export function fillTextSlots(slots: usize, mask: u32, entries: usize, count: u32): void {
  for (let entry: u32 = 0; entry < count; entry++) {
    let slot = load<u32>(entries + <usize>entry * 12) & mask;
    while (load<u32>(slots + (<usize>slot << 2)) != 0) slot = (slot + 1) & mask;
    store<u32>(slots + (<usize>slot << 2), entry + 1);
  }
}

/** Where the texts of words are: addresses (of the word itself for short ones) and lengths; length 0 for the word 0. */
export function locateTextWords(words: usize, count: u32, entries: usize, starts: usize, lengths: usize): void {
  for (let row: usize = 0; row < count; row++, words += 8) {
    const word = load<u64>(words);
    let start = <u32>words, length: u32 = 0;
    if (word & LONG_TEXT) {
      const entry = entries + <usize>(word & 0xffffffff) * 12;
      start = load<u32>(entry, 4);
      length = load<u32>(entry, 8);
    } else if (word) length = <u32>((63 - clz(word)) >> 3);
    store<u32>(starts + (row << 2), start);
    store<u32>(lengths + (row << 2), length);
  }
}
