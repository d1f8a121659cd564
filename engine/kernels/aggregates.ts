import { compareUtf8 } from './strings';

// Group g's state is 16 bytes at states + 16 g; `seen` has a byte a group that becomes 1 with the first value. `groups`
// holds each row's group (u32), or is 0 when all rows belong to group 0. `validity` is 0 when no row is NULL.

// @ts-ignore: decorator
@inline
function groupAt(groups: usize, row: usize): usize {
  return groups ? <usize>load<u32>(groups + (row << 2)) : 0;
}

// @ts-ignore: decorator
@inline
function isNull(validity: usize, row: usize): bool {
  return validity != 0 && load<u8>(validity + row) == 0;
}

export function countRows(groups: usize, validity: usize, count: u32, states: usize): void {
  if (!groups && !validity) {
    store<u64>(states, load<u64>(states) + count);
    return;
  }
  for (let row: usize = 0; row < count; row++) {
    const state = states + (groupAt(groups, row) << 4);
    store<u64>(state, load<u64>(state) + u64(!isNull(validity, row)));
  }
}

// @ts-ignore: decorator
@inline
function addWide(state: usize, value: i64): void {
  const low = load<u64>(state) + <u64>value;
  store<u64>(state, low);
  store<i64>(state, load<i64>(state, 8) + (value >> 63) + i64(low < <u64>value), 8);
}

/** Sums in 128 bits. */
export function sumInt64(groups: usize, values: usize, validity: usize, count: u32, states: usize, seen: usize): void {
  for (let row: usize = 0; row < count; row++) {
    if (isNull(validity, row)) continue;
    const group = groupAt(groups, row);
    addWide(states + (group << 4), load<i64>(values + (row << 3)));
    store<u8>(seen + group, 1);
  }
}

export function sumInt32(groups: usize, values: usize, validity: usize, count: u32, states: usize, seen: usize): void {
  for (let row: usize = 0; row < count; row++) {
    if (isNull(validity, row)) continue;
    const group = groupAt(groups, row);
    addWide(states + (group << 4), load<i32>(values + (row << 2)));
    store<u8>(seen + group, 1);
  }
}

/** Adds in row order. */
export function sumFloat64(groups: usize, values: usize, validity: usize, count: u32, states: usize, seen: usize): void {
  for (let row: usize = 0; row < count; row++) {
    if (isNull(validity, row)) continue;
    const group = groupAt(groups, row);
    const state = states + (group << 4);
    store<f64>(state, load<f64>(state) + load<f64>(values + (row << 3)));
    store<u8>(seen + group, 1);
  }
}

/** The least (sign 1) or greatest (sign -1) value. */
export function extremeInt64(groups: usize, values: usize, validity: usize, count: u32, states: usize, seen: usize, sign: i32): void {
  for (let row: usize = 0; row < count; row++) {
    if (isNull(validity, row)) continue;
    const group = groupAt(groups, row);
    const value = load<i64>(values + (row << 3)), state = states + (group << 4);
    if (!load<u8>(seen + group) || (sign > 0 ? value < load<i64>(state) : value > load<i64>(state))) store<i64>(state, value);
    store<u8>(seen + group, 1);
  }
}

export function extremeInt32(groups: usize, values: usize, validity: usize, count: u32, states: usize, seen: usize, sign: i32): void {
  for (let row: usize = 0; row < count; row++) {
    if (isNull(validity, row)) continue;
    const group = groupAt(groups, row);
    const value = <i64>load<i32>(values + (row << 2)), state = states + (group << 4);
    if (!load<u8>(seen + group) || (sign > 0 ? value < load<i64>(state) : value > load<i64>(state))) store<i64>(state, value);
    store<u8>(seen + group, 1);
  }
}

export function extremeBool(groups: usize, values: usize, validity: usize, count: u32, states: usize, seen: usize, sign: i32): void {
  for (let row: usize = 0; row < count; row++) {
    if (isNull(validity, row)) continue;
    const group = groupAt(groups, row);
    const value = <i64>load<u8>(values + row), state = states + (group << 4);
    if (!load<u8>(seen + group) || (sign > 0 ? value < load<i64>(state) : value > load<i64>(state))) store<i64>(state, value);
    store<u8>(seen + group, 1);
  }
}

/** NaN is greater than every number. */
export function extremeFloat64(groups: usize, values: usize, validity: usize, count: u32, states: usize, seen: usize, sign: i32): void {
  for (let row: usize = 0; row < count; row++) {
    if (isNull(validity, row)) continue;
    const group = groupAt(groups, row);
    const value = load<f64>(values + (row << 3)), state = states + (group << 4), held = load<f64>(state);
    const better = sign > 0 ? value < held || (held != held && value == value) : value > held || (value != value && held == held);
    if (!load<u8>(seen + group) || better) store<f64>(state, value);
    store<u8>(seen + group, 1);
  }
}

/**
 * Text: a state is address and length of a copy in the area at `arena` (u32 cell: next free address). A copy's place is
 * used again where the new text is not longer. Gives the row where the area was full.
 */
export function extremeUtf8(
  groups: usize, starts: usize, lengths: usize, validity: usize, from: u32, count: u32, states: usize, seen: usize, sign: i32,
  arena: usize, arenaEnd: usize,
): u32 {
  for (let row: u32 = from; row < count; row++) {
    if (isNull(validity, row)) continue;
    const group = groupAt(groups, row), state = states + (group << 4);
    const at = <usize>load<u32>(starts + (<usize>row << 2)), length = load<u32>(lengths + (<usize>row << 2));
    const known = load<u8>(seen + group);
    if (known) {
      const order = compareUtf8(at, length, load<u32>(state), load<u32>(state, 4));
      if (sign > 0 ? order >= 0 : order <= 0) continue;
    }
    if (!known || length > load<u32>(state, 8)) {
      const copy = <usize>load<u32>(arena);
      if (length > <u32>(arenaEnd - copy)) return row;
      store<u32>(arena, <u32>(copy + length));
      store<u32>(state, <u32>copy);
      store<u32>(state, length, 8);
    }
    memory.copy(load<u32>(state), at, length);
    store<u32>(state, length, 4);
    store<u8>(seen + group, 1);
  }
  return count;
}
