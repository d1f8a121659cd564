import { shortTextWord } from './group-key-words';

// Group numbers of a batch of rows. Groups are numbered from 0 as they appear. A table maps a key to its group's number
// plus 1, so that zeroed memory is an empty table. Callers make sure beforehand that a table has room for as many new
// groups as there are rows. Every `find…` kernel writes each row's group (u32) to `groups` and the rows that began a new
// group to `newRows` (u32), takes the number of groups so far as `used` and gives the number after.

/** Slot of a 64-bit key: the top bits of a multiplicative hash. */
// @ts-ignore: decorator
@inline
function slotOf(word: u64, shift: u64): usize {
  return <usize>(((word ^ (word >> 32)) * 0x9e3779b97f4a7c15) >> shift);
}

// @ts-ignore: decorator
@inline
function mix(hash: u64, word: u64): u64 {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 32);
}

// ---- Direct indexing: the key is a code below the number of cells.

// @ts-ignore: decorator
@inline
function addCodes<T>(
  values: usize, validity: usize, from: usize, count: u32, base: i64, size: u32, stride: u32, codes: usize,
): u32 {
  let outside: u32 = 0;
  if (!validity) {
    for (let row = from; row < count; row++) {
      const code = <u64>(<i64>load<T>(values + (row << alignof<T>())) - base);
      outside |= u32(code >= size);
      store<u32>(codes + (row << 2), load<u32>(codes + (row << 2)) + (<u32>code + 1) * stride);
    }
    return outside;
  }
  for (let row = from; row < count; row++) {
    const code = <u64>(<i64>load<T>(values + (row << alignof<T>())) - base);
    const known = <u32>load<u8>(validity + row);
    outside |= known & u32(code >= size);
    store<u32>(codes + (row << 2), load<u32>(codes + (row << 2)) + (<u32>code + 1) * stride * known);
  }
  return outside;
}

/**
 * Adds `stride` x (value - base + 1), or 0 for NULL, to each row's code (u32). Gives 1 when a value is outside of
 * [base, base + size): the codes are of no use then.
 */
export function addCodes1(values: usize, validity: usize, count: u32, base: i64, size: u32, stride: u32, codes: usize): u32 {
  return addCodes<u8>(values, validity, 0, count, base, size, stride, codes);
}

export function addCodes4(values: usize, validity: usize, count: u32, base: i64, size: u32, stride: u32, codes: usize): u32 {
  if (validity) return addCodes<i32>(values, validity, 0, count, base, size, stride, codes);
  // Four at once, modulo 2^32: different values keep different codes.
  const bases = i32x4.splat(<i32>base - 1), strides = i32x4.splat(stride);
  const sizes = i32x4.splat(size);
  let outside = i32x4.splat(0);
  const whole = <usize>(count & ~3);
  for (let row: usize = 0; row < whole; row += 4) {
    const code = i32x4.sub(v128.load(values + (row << 2)), bases);
    outside = v128.or(outside, i32x4.gt_u(i32x4.sub(code, i32x4.splat(1)), i32x4.sub(sizes, i32x4.splat(1))));
    const at = codes + (row << 2);
    v128.store(at, i32x4.add(v128.load(at), i32x4.mul(code, strides)));
  }
  return u32(v128.any_true(outside)) | addCodes<i32>(values, 0, whole, count, base, size, stride, codes);
}

export function addCodes8(values: usize, validity: usize, count: u32, base: i64, size: u32, stride: u32, codes: usize): u32 {
  return addCodes<i64>(values, validity, 0, count, base, size, stride, codes);
}

/** As `addCodes8` of the words of texts (see `textWords`); a text of more than 7 bytes is outside of every range. */
export function addCodesUtf8(
  starts: usize, lengths: usize, validity: usize, count: u32, base: i64, size: u32, stride: u32, codes: usize,
): u32 {
  let outside: u32 = 0;
  for (let row: usize = 0; row < <usize>count << 2; row += 4) {
    if (validity && !load<u8>(validity + (row >> 2))) continue;
    const distance = shortTextWord(load<u32>(starts + row), load<u32>(lengths + row)) - <u64>base;
    store<u32>(codes + row, load<u32>(codes + row) + (<u32>distance + 1) * stride);
    outside |= u32(load<u32>(lengths + row) > 7) | u32(distance >= size);
  }
  return outside;
}

// @ts-ignore: decorator
@inline
function extendRange<T>(values: usize, validity: usize, count: u32, range: usize): void {
  let least = load<i64>(range), greatest = load<i64>(range, 8);
  for (let row: usize = 0; row < count; row++) {
    if (validity && !load<u8>(validity + row)) continue;
    const value = <i64>load<T>(values + (row << alignof<T>()));
    least = min(least, value);
    greatest = max(greatest, value);
  }
  store<i64>(range, least);
  store<i64>(range, greatest, 8);
}

/** Widens the range (least, greatest: i64 each) by the values that are not NULL. */
export function extendRange1(values: usize, validity: usize, count: u32, range: usize): void {
  extendRange<u8>(values, validity, count, range);
}

export function extendRange4(values: usize, validity: usize, count: u32, range: usize): void {
  extendRange<i32>(values, validity, count, range);
}

export function extendRange8(values: usize, validity: usize, count: u32, range: usize): void {
  extendRange<i64>(values, validity, count, range);
}

/** Groups by code: `cells` holds one u32 a code. */
export function findByCode(codes: usize, count: u32, cells: usize, groups: usize, newRows: usize, used: u32): u32 {
  for (let row: usize = 0; row < count; row++) {
    const cell = cells + (<usize>load<u32>(codes + (row << 2)) << 2);
    let found = load<u32>(cell);
    if (!found) {
      found = ++used;
      store<u32>(cell, found);
      store<u32>(newRows, <u32>row);
      newRows += 4;
    }
    store<u32>(groups + (row << 2), found - 1);
  }
  return used;
}

/** Whether all of `count` lengths (u32) are 1. */
// @ts-ignore: decorator
@inline
function areOnes(lengths: usize, count: u32): bool {
  const ones = i32x4.splat(1);
  let others = i32x4.splat(0), rest: u32 = 0, at = lengths;
  for (const end = lengths + (<usize>(count & ~3) << 2); at < end; at += 16) others = v128.or(others, v128.xor(v128.load(at), ones));
  for (const end = lengths + (<usize>count << 2); at < end; at += 4) rest |= load<u32>(at) ^ 1;
  return !v128.any_true(others) && rest == 0;
}

/**
 * Groups by pairs of texts of one byte each; a single column stands in both places. `cells` holds one byte for each pair of
 * bytes. Gives -1 when a text has another length, or there are more than 255 groups: the cells are of no use then.
 */
export function findByBytes(
  starts: usize, lengths: usize, seconds: usize, secondLengths: usize, count: u32, cells: usize, groups: usize,
  newRows: usize, used: u32,
): i32 {
  if (!areOnes(lengths, count) || !areOnes(secondLengths, count)) return -1;
  for (let row: usize = 0; row < <usize>count << 2; row += 4) {
    const first = <usize>load<u8>(load<u32>(starts + row)), second = <usize>load<u8>(load<u32>(seconds + row));
    const cell = cells + ((second << 8) | first);
    let found = <u32>load<u8>(cell);
    if (!found) {
      if (used == 255) return -1;
      found = ++used;
      store<u8>(cell, <u8>found);
      store<u32>(newRows, <u32>(row >> 2));
      newRows += 4;
    }
    store<u32>(groups + row, found - 1);
  }
  return used;
}

// ---- One 64-bit word a key. A slot is 16 bytes: the word, its group + 1 (u32). There are 2^(64 - shift) slots.

/**
 * Groups by words; rows that are NULL belong to the group + 1 at `nullCell` (u32). The first pass looks at home slots
 * only and does not branch, so that cache misses of many rows overlap; the second probes for the rest.
 */
export function findByWord(
  words: usize, validity: usize, count: u32, slots: usize, shift: u64, groups: usize, newRows: usize, used: u32,
  nullCell: usize,
): u32 {
  const mask = (<usize>1 << <usize>(64 - shift)) - 1;
  for (let row: usize = 0; row < count; row++) {
    const word = load<u64>(words + (row << 3));
    const slot = slots + (slotOf(word, shift) << 4);
    store<u32>(groups + (row << 2), load<u64>(slot) == word ? load<u32>(slot, 8) : 0);
  }
  for (let row: usize = 0; row < count; row++) {
    let found = load<u32>(groups + (row << 2));
    if (validity && !load<u8>(validity + row)) {
      found = load<u32>(nullCell);
      if (!found) {
        found = ++used;
        store<u32>(nullCell, found);
        store<u32>(newRows, <u32>row);
        newRows += 4;
      }
    } else if (!found) {
      const word = load<u64>(words + (row << 3));
      let at = slotOf(word, shift);
      let slot = slots + (at << 4);
      while ((found = load<u32>(slot, 8)) != 0 && load<u64>(slot) != word) {
        at = (at + 1) & mask;
        slot = slots + (at << 4);
      }
      if (!found) {
        found = ++used;
        store<u64>(slot, word);
        store<u32>(slot, found, 8);
        store<u32>(newRows, <u32>row);
        newRows += 4;
      }
    }
    store<u32>(groups + (row << 2), found - 1);
  }
  return used;
}

/** Moves the `oldCount` slots of a table into empty `slots`. */
export function moveWordSlots(old: usize, oldCount: u32, slots: usize, shift: u64): void {
  const mask = (<usize>1 << <usize>(64 - shift)) - 1;
  for (const end = old + (<usize>oldCount << 4); old < end; old += 16) {
    const group = load<u32>(old, 8);
    if (!group) continue;
    const word = load<u64>(old);
    let at = slotOf(word, shift);
    while (load<u32>(slots + (at << 4), 8) != 0) at = (at + 1) & mask;
    store<u64>(slots + (at << 4), word);
    store<u32>(slots + (at << 4), group, 8);
  }
}

// ---- Several words a key. A slot is 8 bytes: hash (u32), group + 1 (u32); group g's words stand at keys + g x keyBytes.

/**
 * Groups by rows of `keyBytes` (a multiple of 8) each. `hashes` has room for a u32 a row. Two passes, as `findByWord`.
 */
export function findByRow(
  rows: usize, keyBytes: u32, count: u32, hashes: usize, slots: usize, mask: u32, keys: usize, groups: usize,
  newRows: usize, used: u32,
): u32 {
  for (let row: usize = 0, at = rows; row < count; row++) {
    let wide: u64 = 0;
    for (const end = at + keyBytes; at < end; at += 8) wide = mix(wide, load<u64>(at));
    const hash = <u32>wide ^ <u32>(wide >> 29);
    store<u32>(hashes + (row << 2), hash);
    const slot = slots + (<usize>(hash & mask) << 3);
    store<u32>(groups + (row << 2), load<u32>(slot) == hash ? load<u32>(slot, 4) : 0);
  }
  for (let row: usize = 0, at = rows; row < count; row++, at += keyBytes) {
    let found = load<u32>(groups + (row << 2));
    if (!found || !sameWords(keys + <usize>(found - 1) * keyBytes, at, keyBytes)) {
      const hash = load<u32>(hashes + (row << 2));
      let index = hash & mask;
      let slot = slots + (<usize>index << 3);
      while ((found = load<u32>(slot, 4)) != 0) {
        if (load<u32>(slot) == hash && sameWords(keys + <usize>(found - 1) * keyBytes, at, keyBytes)) break;
        index = (index + 1) & mask;
        slot = slots + (<usize>index << 3);
      }
      if (!found) {
        memory.copy(keys + <usize>used * keyBytes, at, keyBytes);
        found = ++used;
        store<u32>(slot, hash);
        store<u32>(slot, found, 4);
        store<u32>(newRows, <u32>row);
        newRows += 4;
      }
    }
    store<u32>(groups + (row << 2), found - 1);
  }
  return used;
}

// @ts-ignore: decorator
@inline
function sameWords(a: usize, b: usize, bytes: u32): bool {
  let i: usize = 0;
  while (i < bytes && load<u64>(a + i) == load<u64>(b + i)) i += 8;
  return i == bytes;
}

/** Moves the `oldCount` slots of a table into empty `slots`. */
export function moveRowSlots(old: usize, oldCount: u32, slots: usize, mask: u32): void {
  for (const end = old + (<usize>oldCount << 3); old < end; old += 8) {
    const group = load<u32>(old, 4);
    if (!group) continue;
    const hash = load<u32>(old);
    let at = hash & mask;
    while (load<u32>(slots + (<usize>at << 3), 4) != 0) at = (at + 1) & mask;
    store<u32>(slots + (<usize>at << 3), hash);
    store<u32>(slots + (<usize>at << 3), group, 4);
  }
}

// ---- Copies of states: neighbouring rows of one group go to different copies, so that no addition waits for the last.

/**
 * Group numbers among `copies` (a power of two) copies of `groupCount` groups: those of row r in copy r mod copies.
 * Works on four rows at once, so both lists need room for up to 3 more.
 */
export function spreadGroups(groups: usize, count: u32, groupCount: u32, copies: u32, spread: usize): void {
  const numbers = i32x4.splat(groupCount), masks = i32x4.splat(copies - 1);
  let rows = i32x4(0, 1, 2, 3);
  for (let at: usize = 0; at < <usize>count << 2; at += 16) {
    v128.store(spread + at, i32x4.add(v128.load(groups + at), i32x4.mul(numbers, v128.and(rows, masks))));
    rows = i32x4.add(rows, i32x4.splat(4));
  }
}
