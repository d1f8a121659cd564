import { compareUtf8 } from './strings';

// States of groups, one array a state. Row r belongs to group groups[r] (u32). `validity` is 0 when no row is NULL;
// NULL rows leave states as they are.

// @ts-ignore: decorator
@inline
function groupAt(groups: usize, row: usize): usize {
  return <usize>load<u32>(groups + (row << 2));
}

// @ts-ignore: decorator
@inline
function isNull(validity: usize, row: usize): bool {
  return validity != 0 && load<u8>(validity + row) == 0;
}

/** Counts rows: u64 a group. */
export function countRows(groups: usize, count: u32, states: usize): void {
  for (let row: usize = 0; row < count; row++) {
    const state = states + (groupAt(groups, row) << 3);
    store<u64>(state, load<u64>(state) + 1);
  }
}

/** Counts the rows that are NULL: u64 a group. */
export function countNulls(groups: usize, validity: usize, count: u32, states: usize): void {
  for (let row: usize = 0; row < count; row++) {
    const state = states + (groupAt(groups, row) << 3);
    store<u64>(state, load<u64>(state) + u64(load<u8>(validity + row) == 0));
  }
}

/** Adds counts: u64 a group. Gives 1 when one of them is 2^52 or more: so many rows nobody has counted. */
export function addCounts(groups: usize, counts: usize, count: u32, states: usize): u32 {
  let bits: u64 = 0;
  for (let row: usize = 0; row < count; row++) {
    const state = states + (groupAt(groups, row) << 3);
    const added = load<u64>(counts + (row << 3));
    bits |= added;
    store<u64>(state, load<u64>(state) + added);
  }
  return u32(bits >> 52 != 0);
}

/** a - b of `count` words of 64 bits. */
export function subtractWords(a: usize, b: usize, count: u32, differences: usize): void {
  for (let i: usize = 0; i < <usize>count << 3; i += 8) store<u64>(differences + i, load<u64>(a + i) - load<u64>(b + i));
}

/** Notes the groups that have a row that is not NULL: u8 a group. */
export function markSeen(groups: usize, validity: usize, count: u32, seen: usize): void {
  for (let row: usize = 0; row < count; row++) {
    const state = seen + groupAt(groups, row);
    store<u8>(state, load<u8>(state) | (validity ? load<u8>(validity + row) : 1));
  }
}

// ---- Sums

/** f64 a group, added in row order. */
export function sumFloat64(groups: usize, values: usize, validity: usize, count: u32, states: usize): void {
  if (!validity) {
    for (let row: usize = 0; row < count; row++) {
      const state = states + (groupAt(groups, row) << 3);
      store<f64>(state, load<f64>(state) + load<f64>(values + (row << 3)));
    }
    return;
  }
  for (let row: usize = 0; row < count; row++) {
    const state = states + (groupAt(groups, row) << 3);
    const value = load<f64>(values + (row << 3));
    store<f64>(state, load<f64>(state) + (load<u8>(validity + row) ? value : 0));
  }
}

// @ts-ignore: decorator
@inline
function sumSmall<T>(groups: usize, values: usize, validity: usize, count: u32, states: usize): void {
  for (let row: usize = 0; row < count; row++) {
    const state = states + (groupAt(groups, row) << 3);
    const value = <i64>load<T>(values + (row << alignof<T>()));
    store<i64>(state, load<i64>(state) + (isNull(validity, row) ? 0 : value));
  }
}

/** i64 a group: exact for fewer than 2^32 rows. */
export function sumBool(groups: usize, values: usize, validity: usize, count: u32, states: usize): void {
  sumSmall<u8>(groups, values, validity, count, states);
}

/** i64 a group: exact for fewer than 2^32 rows. */
export function sumInt32(groups: usize, values: usize, validity: usize, count: u32, states: usize): void {
  sumSmall<i32>(groups, values, validity, count, states);
}

/** i64 a group, of words that are sums already. */
export function sumWords(groups: usize, values: usize, count: u32, states: usize): void {
  sumSmall<i64>(groups, values, 0, count, states);
}

/** The least number of bits for which -2^bits <= value < 2^bits for all of `count` i64 values. */
export function magnitudeBits(values: usize, count: u32): u32 {
  const zero = i64x2.splat(0);
  let even = zero, odd = zero;
  const end = values + (<usize>count << 3), fours = values + (<usize>(count & ~3) << 3);
  for (; values < fours; values += 32) {
    const a = v128.load(values), b = v128.load(values, 16);
    even = v128.or(even, v128.xor(a, i64x2.lt_s(a, zero)));
    odd = v128.or(odd, v128.xor(b, i64x2.lt_s(b, zero)));
  }
  const all = v128.or(even, odd);
  let magnitudes = i64x2.extract_lane(all, 0) | i64x2.extract_lane(all, 1);
  for (; values < end; values += 8) magnitudes |= load<i64>(values) ^ (load<i64>(values) >> 63);
  return 64 - <u32>clz(magnitudes);
}

// ---- Sums of a batch to the states of their groups: `copies` sums of 64 bits a group, `stride` bytes apart.

/** i64 a group. */
export function addSumsInt64(sums: usize, stride: u32, copies: u32, groups: u32, states: usize): void {
  for (const end = states + (<usize>groups << 3); states < end; states += 8) {
    let sum = load<i64>(states);
    for (let copy: u32 = 0; copy < copies; copy++, sums += stride) sum += load<i64>(sums);
    store<i64>(states, sum);
  }
}

/** 128 bits a group; the copies' sum fits 64. */
export function addSumsWide(sums: usize, stride: u32, copies: u32, groups: u32, states: usize): void {
  for (const end = states + (<usize>groups << 4); states < end; states += 16) {
    let sum: i64 = 0;
    for (let copy: u32 = 0; copy < copies; copy++, sums += stride) sum += load<i64>(sums);
    const low = load<u64>(states) + <u64>sum;
    store<u64>(states, low);
    store<i64>(states, load<i64>(states, 8) + (sum >> 63) + i64(low < <u64>sum), 8);
  }
}

/** f64 a group. */
export function addSumsFloat64(sums: usize, stride: u32, copies: u32, groups: u32, states: usize): void {
  for (const end = states + (<usize>groups << 3); states < end; states += 8) {
    let sum = load<f64>(sums);
    sums += stride;
    for (let copy: u32 = 1; copy < copies; copy++, sums += stride) sum += load<f64>(sums);
    store<f64>(states, load<f64>(states) + sum);
  }
}

/** 128 bits a group. */
export function sumInt64(groups: usize, values: usize, validity: usize, count: u32, states: usize): void {
  for (let row: usize = 0; row < count; row++) {
    const state = states + (groupAt(groups, row) << 4);
    const word = load<i64>(values + (row << 3));
    const value = isNull(validity, row) ? 0 : word;
    const low = load<u64>(state) + <u64>value;
    store<u64>(state, low);
    store<i64>(state, load<i64>(state, 8) + (value >> 63) + i64(low < <u64>value), 8);
  }
}

/** 128 bits a group, of values of 128 bits. Gives 1 when a sum left 128 bits. */
export function sumWide(groups: usize, values: usize, validity: usize, count: u32, states: usize): u32 {
  let overflow: i64 = 0;
  for (let row: usize = 0; row < count; row++, values += 16) {
    if (isNull(validity, row)) continue;
    const state = states + (groupAt(groups, row) << 4);
    const a = load<i64>(state, 8), b = load<i64>(values, 8);
    const sumLow = load<u64>(state) + load<u64>(values);
    const sumHigh = a + b + i64(sumLow < load<u64>(values));
    overflow |= (a ^ sumHigh) & (b ^ sumHigh);
    store<u64>(state, sumLow);
    store<i64>(state, sumHigh, 8);
  }
  return u32(overflow < 0);
}

/** 1 when one of `count` 128-bit values does not have at most 38 digits. */
export function exceedsDecimal38(values: usize, count: u32): u32 {
  // 10^38
  const limitHigh: u64 = 0x4b3b4ca85a86c47a, limitLow: u64 = 0x098a224000000000;
  for (const end = values + (<usize>count << 4); values < end; values += 16) {
    let low = load<u64>(values), high = load<i64>(values, 8);
    if (high < 0) {
      low = ~low + 1;
      high = ~high + i64(low == 0);
    }
    if (<u64>high > limitHigh || (<u64>high == limitHigh && low >= limitLow)) return 1;
  }
  return 0;
}

/** i64 values to 128 bits. */
export function widen(values: usize, count: u32, wide: usize): void {
  for (let i: usize = 0; i < count; i++, wide += 16) {
    const value = load<i64>(values + (i << 3));
    store<i64>(wide, value);
    store<i64>(wide, value >> 63, 8);
  }
}

// ---- Extremes. States start with the identity: the type's greatest value for the least, its least for the greatest.

// @ts-ignore: decorator
@inline
function least<T>(groups: usize, values: usize, validity: usize, count: u32, states: usize): void {
  for (let row: usize = 0; row < count; row++) {
    if (isNull(validity, row)) continue;
    const state = states + (groupAt(groups, row) << alignof<T>());
    const value = load<T>(values + (row << alignof<T>())), held = load<T>(state);
    store<T>(state, value < held ? value : held);
  }
}

// @ts-ignore: decorator
@inline
function greatest<T>(groups: usize, values: usize, validity: usize, count: u32, states: usize): void {
  for (let row: usize = 0; row < count; row++) {
    if (isNull(validity, row)) continue;
    const state = states + (groupAt(groups, row) << alignof<T>());
    const value = load<T>(values + (row << alignof<T>())), held = load<T>(state);
    store<T>(state, value > held ? value : held);
  }
}

export function leastBool(groups: usize, values: usize, validity: usize, count: u32, states: usize): void {
  least<u8>(groups, values, validity, count, states);
}

export function greatestBool(groups: usize, values: usize, validity: usize, count: u32, states: usize): void {
  greatest<u8>(groups, values, validity, count, states);
}

export function leastInt32(groups: usize, values: usize, validity: usize, count: u32, states: usize): void {
  least<i32>(groups, values, validity, count, states);
}

export function greatestInt32(groups: usize, values: usize, validity: usize, count: u32, states: usize): void {
  greatest<i32>(groups, values, validity, count, states);
}

export function leastInt64(groups: usize, values: usize, validity: usize, count: u32, states: usize): void {
  least<i64>(groups, values, validity, count, states);
}

export function greatestInt64(groups: usize, values: usize, validity: usize, count: u32, states: usize): void {
  greatest<i64>(groups, values, validity, count, states);
}

/** NaN is above every number, and the identity. */
export function leastFloat64(groups: usize, values: usize, validity: usize, count: u32, states: usize): void {
  for (let row: usize = 0; row < count; row++) {
    if (isNull(validity, row)) continue;
    const state = states + (groupAt(groups, row) << 3);
    const value = load<f64>(values + (row << 3)), held = load<f64>(state);
    store<f64>(state, value >= held ? held : held != held || value == value ? value : held);
  }
}

/** NaN is above every number; -infinity is the identity. */
export function greatestFloat64(groups: usize, values: usize, validity: usize, count: u32, states: usize): void {
  for (let row: usize = 0; row < count; row++) {
    if (isNull(validity, row)) continue;
    const state = states + (groupAt(groups, row) << 3);
    const value = load<f64>(values + (row << 3)), held = load<f64>(state);
    store<f64>(state, value > held || value != value ? value : held);
  }
}

// @ts-ignore: decorator
@inline
function extremeWide(groups: usize, values: usize, validity: usize, count: u32, states: usize, isLeast: bool): void {
  for (let row: usize = 0; row < count; row++, values += 16) {
    if (isNull(validity, row)) continue;
    const state = states + (groupAt(groups, row) << 4);
    const low = load<u64>(values), high = load<i64>(values, 8), heldLow = load<u64>(state), heldHigh = load<i64>(state, 8);
    const isLess = high < heldHigh || (high == heldHigh && low < heldLow);
    const isGreater = high > heldHigh || (high == heldHigh && low > heldLow);
    if (isLeast ? !isLess : !isGreater) continue;
    store<u64>(state, low);
    store<i64>(state, high, 8);
  }
}

export function leastWide(groups: usize, values: usize, validity: usize, count: u32, states: usize): void {
  extremeWide(groups, values, validity, count, states, true);
}

export function greatestWide(groups: usize, values: usize, validity: usize, count: u32, states: usize): void {
  extremeWide(groups, values, validity, count, states, false);
}

/**
 * The least (sign 1) or greatest (sign -1) text. A state is a cell as `scatterUtf8` has it; one whose capacity and
 * address are 0 holds nothing yet; its last 4 bytes are the text's `prefixOf`. Gives the row where the area was full, or
 * `count`.
 */
export function extremeUtf8(
  groups: usize, starts: usize, lengths: usize, validity: usize, from: u32, count: u32, states: usize, sign: i32,
  arena: usize, arenaEnd: usize,
): u32 {
  for (let row: u32 = from; row < count; row++) {
    if (isNull(validity, row)) continue;
    const state = states + (groupAt(groups, row) << 4);
    const at = <usize>load<u32>(starts + (<usize>row << 2)), length = load<u32>(lengths + (<usize>row << 2));
    const prefix = prefixOf(at, length);
    if (load<u32>(state)) {
      const held = load<u32>(state, 12);
      if (prefix != held) {
        if (sign > 0 ? prefix > held : prefix < held) continue;
      } else {
        const order = compareUtf8(at, length, load<u32>(state), load<u32>(state, 4));
        if (sign > 0 ? order >= 0 : order <= 0) continue;
      }
    }
    if (!keepText(state, at, length, arena, arenaEnd)) return row;
    store<u32>(state, prefix, 12);
  }
  return count;
}

/** The first 4 bytes, of which missing ones are 0: where those of two texts differ, they order the texts. */
// @ts-ignore: decorator
@inline
function prefixOf(at: usize, length: u32): u32 {
  const bytes = bswap(load<u32>(at));
  return length >= 4 ? bytes : length == 0 ? 0 : bytes & (0xffff_ffff << ((4 - length) << 3));
}

/**
 * Copies a text into a cell: address, length, capacity (u32 each), 4 bytes of the caller's. The cell's place in the area
 * is used again where the new text is not longer. Gives false when the area is full.
 */
// @ts-ignore: decorator
@inline
export function keepText(cell: usize, at: usize, length: u32, arena: usize, arenaEnd: usize): bool {
  if (!load<u32>(cell) || length > load<u32>(cell, 8)) {
    const copy = <usize>load<u32>(arena);
    if (length > <u32>(arenaEnd - copy)) return false;
    store<u32>(arena, <u32>(copy + length));
    store<u32>(cell, <u32>copy);
    store<u32>(cell, length, 8);
  }
  memory.copy(load<u32>(cell), at, length);
  store<u32>(cell, length, 4);
  return true;
}

// ---- Variance

/** Welford: count, mean and sum of squared differences (f64 each) a group. */
export function variance(groups: usize, values: usize, validity: usize, count: u32, states: usize): void {
  for (let row: usize = 0; row < count; row++) {
    if (isNull(validity, row)) continue;
    const state = states + groupAt(groups, row) * 24;
    const value = load<f64>(values + (row << 3));
    const rows = load<f64>(state) + 1, mean = load<f64>(state, 8), difference = value - mean;
    const newMean = mean + difference / rows;
    store<f64>(state, rows);
    store<f64>(state, newMean, 8);
    store<f64>(state, load<f64>(state, 16) + difference * (value - newMean), 16);
  }
}
