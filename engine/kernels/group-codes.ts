import { isDense, isRun } from './dense-rows';

// Groups of rows whose keys come by codes of dictionaries. The codes of several keys make one: each is multiplied by how many
// combinations the keys before it have.

/** Adds `stride` x code to the bytes at `out`, for `count` codes of a byte each; up to 15 bytes behind them change too. */
export function combineCodes(codes: usize, count: u32, stride: u32, out: usize): void {
  const factor = i16x8.splat(<i16>stride);
  for (const end = out + count; out < end; out += 16, codes += 16) {
    const code = v128.load(codes);
    const low = i16x8.mul(i16x8.extend_low_i8x16_u(code), factor);
    const high = i16x8.mul(i16x8.extend_high_i8x16_u(code), factor);
    v128.store(out, i8x16.add(v128.load(out), i8x16.narrow_i16x8_u(low, high)));
  }
}

// @ts-ignore: decorator
@inline
function combineWide<C>(codes: usize, count: u32, stride: u32, out: usize): void {
  for (const end = out + (<usize>count << 2); out < end; out += 4, codes += sizeof<C>()) {
    store<u32>(out, load<u32>(out) + <u32>load<C>(codes) * stride);
  }
}

/** combineWideCodes{bytes of a code}: adds `stride` x code to the words (u32) at `out`. */
export function combineWideCodes1(codes: usize, count: u32, stride: u32, out: usize): void {
  combineWide<u8>(codes, count, stride, out);
}

export function combineWideCodes2(codes: usize, count: u32, stride: u32, out: usize): void {
  combineWide<u16>(codes, count, stride, out);
}

export function combineWideCodes4(codes: usize, count: u32, stride: u32, out: usize): void {
  combineWide<u32>(codes, count, stride, out);
}

/** The code of the `index`-th of the selected rows. */
// @ts-ignore: decorator
@inline
function codeAt<C>(codes: usize, selection: usize, index: usize): usize {
  const row = selection ? <usize>load<u32>(selection + (index << 2)) : index;
  return <usize>load<C>(codes + row * sizeof<C>());
}

// @ts-ignore: decorator
@inline
function find<C>(codes: usize, selection: usize, count: u32, cells: usize, groups: usize): bool {
  let any: u32 = 0;
  for (let i: usize = 0; i < count; i++) {
    const group = load<u32>(cells + (codeAt<C>(codes, selection, i) << 2)) - 1;
    store<u32>(groups + (i << 2), group);
    any |= group;
  }
  // Unknown ones have become the largest number; no other has its highest bit.
  return <i32>any >= 0;
}

/**
 * findByCode{bytes of a code}: writes the groups (u32) of `count` rows, those in `selection` (u32 numbers; 0: rows 0, 1, 2 …),
 * by the codes of all rows, below `size`. `cells` (u32) hold each code's group + 1, or 0 where it is not known. 1 when all
 * are known.
 */
export function findByCode1(
  codes: usize, selection: usize, count: u32, cells: usize, size: u32, groups: usize,
): bool {
  if (selection != 0 && size <= 16 && isDense(selection, count)) {
    let found = i32x4.splat(0), most: u32 = 0;
    for (let code: u32 = 0; code < size; code++) {
      const cell = load<u32>(cells + (<usize>code << 2));
      most = max(most, cell);
      const isLane = i8x16.eq(i8x16.splat(<i8>code), v128(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
      found = v128.or(found, v128.and(isLane, i8x16.splat(<i8>cell)));
    }
    if (most < 256) return findAmongFew(codes, selection, count, found, groups);
  }
  return selection ? find<u8>(codes, selection, count, cells, groups) : find<u8>(codes, 0, count, cells, groups);
}

export function findByCode2(
  codes: usize, selection: usize, count: u32, cells: usize, _size: u32, groups: usize,
): bool {
  return selection ? find<u16>(codes, selection, count, cells, groups) : find<u16>(codes, 0, count, cells, groups);
}

export function findByCode4(
  codes: usize, selection: usize, count: u32, cells: usize, _size: u32, groups: usize,
): bool {
  return selection ? find<u32>(codes, selection, count, cells, groups) : find<u32>(codes, 0, count, cells, groups);
}

/** Groups + 1 of eight rows, a byte each, as `groups`; gives what `unknown` becomes with them. */
// @ts-ignore: decorator
@inline
function storeGroups(found: v128, groups: usize, unknown: v128): v128 {
  const halves = i16x8.extend_low_i8x16_u(found);
  const low = i32x4.sub(i32x4.extend_low_i16x8_u(halves), i32x4.splat(1));
  const high = i32x4.sub(i32x4.extend_high_i16x8_u(halves), i32x4.splat(1));
  v128.store(groups, low);
  v128.store(groups, high, 16);
  return v128.or(unknown, v128.or(low, high));
}

/** `findByCode1` by a table of 16 bytes, eight rows that follow upon one another at once. */
function findAmongFew(codes: usize, selection: usize, count: u32, found: v128, groups: usize): bool {
  let unknown = i32x4.splat(0);
  const end = selection + (<usize>count << 2);
  for (const last = end - 32; selection <= last; selection += 32, groups += 32) {
    let code: v128;
    if (isRun(selection)) code = v128.load64_zero(codes + <usize>load<u32>(selection));
    else {
      let bytes: u64 = 0;
      for (let i: usize = 0; i < 8; i++) {
        bytes |= <u64>load<u8>(codes + <usize>load<u32>(selection + (i << 2))) << (i << 3);
      }
      code = i64x2.splat(bytes);
    }
    unknown = storeGroups(i8x16.swizzle(found, code), groups, unknown);
  }
  for (; selection < end; selection += 4, groups += 4) {
    const code = i8x16.splat(load<u8>(codes + <usize>load<u32>(selection)));
    const group = <u32>i8x16.extract_lane_u(i8x16.swizzle(found, code), 0) - 1;
    store<u32>(groups, group);
    unknown = v128.or(unknown, i32x4.splat(group));
  }
  return i32x4.bitmask(unknown) == 0;
}

// @ts-ignore: decorator
@inline
function list<C>(codes: usize, selection: usize, count: u32, cells: usize, picks: usize): u32 {
  const start = picks;
  for (let i: usize = 0; i < count; i++) {
    const cell = cells + (codeAt<C>(codes, selection, i) << 2);
    if (load<u32>(cell) != 0) continue;
    store<u32>(cell, u32.MAX_VALUE);
    store<u32>(picks, <u32>i);
    picks += 4;
  }
  return <u32>(picks - start) >> 2;
}

/**
 * listUnknown{bytes of a code}: lists the first row of each code that is not known, by its number among the `count` rows, and
 * gives how many. The cells of these codes are of no use until groups are entered.
 */
export function listUnknown1(codes: usize, selection: usize, count: u32, cells: usize, picks: usize): u32 {
  return list<u8>(codes, selection, count, cells, picks);
}

export function listUnknown2(codes: usize, selection: usize, count: u32, cells: usize, picks: usize): u32 {
  return list<u16>(codes, selection, count, cells, picks);
}

export function listUnknown4(codes: usize, selection: usize, count: u32, cells: usize, picks: usize): u32 {
  return list<u32>(codes, selection, count, cells, picks);
}

// @ts-ignore: decorator
@inline
function enter<C>(codes: usize, selection: usize, picks: usize, count: u32, groups: usize, cells: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const code = codeAt<C>(codes, selection, <usize>load<u32>(picks + (i << 2)));
    store<u32>(cells + (code << 2), load<u32>(groups + (i << 2)) + 1);
  }
}

/** enterCodes{bytes of a code}: enters the groups of the rows that `listUnknown` has listed. */
export function enterCodes1(codes: usize, selection: usize, picks: usize, count: u32, groups: usize, cells: usize): void {
  enter<u8>(codes, selection, picks, count, groups, cells);
}

export function enterCodes2(codes: usize, selection: usize, picks: usize, count: u32, groups: usize, cells: usize): void {
  enter<u16>(codes, selection, picks, count, groups, cells);
}

export function enterCodes4(codes: usize, selection: usize, picks: usize, count: u32, groups: usize, cells: usize): void {
  enter<u32>(codes, selection, picks, count, groups, cells);
}
