import { keepText } from './aggregates';

// Aggregates that keep one row's value: a `pick…` kernel lists the rows (u32, in the order in which they are to be kept)
// whose value becomes their group's; a `scatter…` kernel keeps the values of listed rows. `mask` has a byte a row, 1
// where the row takes part; 0 when all do. The picks give their number.

// @ts-ignore: decorator
@inline
function groupAt(groups: usize, row: usize): usize {
  return <usize>load<u32>(groups + (row << 2));
}

/** The first row that takes part in each group whose byte in `seen` is 0. */
export function pickFirst(groups: usize, mask: usize, count: u32, seen: usize, picks: usize): u32 {
  let picked: usize = 0;
  for (let row: usize = 0; row < count; row++) {
    const state = seen + groupAt(groups, row);
    const takes = mask == 0 || load<u8>(mask + row) != 0;
    const known = load<u8>(state);
    store<u32>(picks + (picked << 2), <u32>row);
    picked += usize(takes && !known);
    store<u8>(state, known | u8(takes));
  }
  return <u32>picked;
}

/** The last row of the batch that takes part in each group. `stamps` (u32 a group) become `stamp`, new for each batch. */
export function pickLast(groups: usize, mask: usize, count: u32, stamps: usize, stamp: u32, picks: usize): u32 {
  let picked: usize = 0;
  for (let row = <usize>count; row-- > 0; ) {
    if (mask && !load<u8>(mask + row)) continue;
    const state = stamps + (groupAt(groups, row) << 2);
    if (load<u32>(state) == stamp) continue;
    store<u32>(state, stamp);
    store<u32>(picks + (picked++ << 2), <u32>row);
  }
  return <u32>picked;
}

// @ts-ignore: decorator
@inline
function isBefore<T>(value: T, held: T, sign: i32): bool {
  if (isFloat<T>()) {
    return sign > 0 ? value < held || (held != held && value == value) : value > held || (value != value && held == held);
  }
  return sign > 0 ? value < held : value > held;
}

// @ts-ignore: decorator
@inline
function pickExtreme<T>(
  groups: usize, keys: usize, mask: usize, count: u32, seen: usize, states: usize, sign: i32, picks: usize,
): u32 {
  let picked: usize = 0;
  for (let row: usize = 0; row < count; row++) {
    if (mask && !load<u8>(mask + row)) continue;
    const group = groupAt(groups, row);
    const state = states + (group << alignof<T>());
    const key = load<T>(keys + (row << alignof<T>()));
    if (load<u8>(seen + group) && !isBefore<T>(key, load<T>(state), sign)) continue;
    store<u8>(seen + group, 1);
    store<T>(state, key);
    store<u32>(picks + (picked++ << 2), <u32>row);
  }
  return <u32>picked;
}

/** Rows whose key is below (sign 1) or above (sign -1) all keys of the group so far; `states` become the keys. */
export function pickExtremeBool(
  groups: usize, keys: usize, mask: usize, count: u32, seen: usize, states: usize, sign: i32, picks: usize,
): u32 {
  return pickExtreme<u8>(groups, keys, mask, count, seen, states, sign, picks);
}

export function pickExtremeInt32(
  groups: usize, keys: usize, mask: usize, count: u32, seen: usize, states: usize, sign: i32, picks: usize,
): u32 {
  return pickExtreme<i32>(groups, keys, mask, count, seen, states, sign, picks);
}

export function pickExtremeInt64(
  groups: usize, keys: usize, mask: usize, count: u32, seen: usize, states: usize, sign: i32, picks: usize,
): u32 {
  return pickExtreme<i64>(groups, keys, mask, count, seen, states, sign, picks);
}

export function pickExtremeFloat64(
  groups: usize, keys: usize, mask: usize, count: u32, seen: usize, states: usize, sign: i32, picks: usize,
): u32 {
  return pickExtreme<f64>(groups, keys, mask, count, seen, states, sign, picks);
}

/** A mask: 1 where the bytes of both a and b are; b may be 0 for "everywhere". */
export function bothBytes(a: usize, b: usize, count: u32, out: usize): void {
  for (let row: usize = 0; row < count; row++) store<u8>(out + row, load<u8>(a + row) & (b ? load<u8>(b + row) : 1));
}

// @ts-ignore: decorator
@inline
function scatter<T>(values: usize, picks: usize, count: u32, groups: usize, states: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const row = <usize>load<u32>(picks + (i << 2));
    store<T>(states + (groupAt(groups, row) << alignof<T>()), load<T>(values + (row << alignof<T>())));
  }
}

export function scatter1(values: usize, picks: usize, count: u32, groups: usize, states: usize): void {
  scatter<u8>(values, picks, count, groups, states);
}

export function scatter4(values: usize, picks: usize, count: u32, groups: usize, states: usize): void {
  scatter<u32>(values, picks, count, groups, states);
}

export function scatter8(values: usize, picks: usize, count: u32, groups: usize, states: usize): void {
  scatter<u64>(values, picks, count, groups, states);
}

/** Values of 16 bytes. */
export function scatter16(values: usize, picks: usize, count: u32, groups: usize, states: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const row = <usize>load<u32>(picks + (i << 2));
    const state = states + (groupAt(groups, row) << 4), value = values + (row << 4);
    store<u64>(state, load<u64>(value));
    store<u64>(state, load<u64>(value, 8), 8);
  }
}

/** Texts, to cells of 16 bytes a group (see `keepText`). Gives the position in `picks` where the area was full, or `count`. */
export function scatterUtf8(
  starts: usize, lengths: usize, picks: usize, from: u32, count: u32, groups: usize, states: usize, arena: usize,
  arenaEnd: usize,
): u32 {
  for (let i: u32 = from; i < count; i++) {
    const row = <usize>load<u32>(picks + (<usize>i << 2));
    const at = <usize>load<u32>(starts + (row << 2)), length = load<u32>(lengths + (row << 2));
    if (!keepText(states + (groupAt(groups, row) << 4), at, length, arena, arenaEnd)) return i;
  }
  return count;
}

/** Addresses and lengths of the texts of `count` cells. */
export function locateCells(cells: usize, count: u32, starts: usize, lengths: usize): void {
  for (let i: usize = 0; i < count; i++, cells += 16) {
    store<u32>(starts + (i << 2), load<u32>(cells));
    store<u32>(lengths + (i << 2), load<u32>(cells, 4));
  }
}
