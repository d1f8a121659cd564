// Values by code: of dictionaries, and, where the numbers of rows or values serve as codes, of pages.

// @ts-ignore: decorator
@inline
function copy<V>(from: usize, to: usize): void {
  if (sizeof<V>() == 16) v128.store(to, v128.load(from));
  else store<V>(to, load<V>(from));
}

// @ts-ignore: decorator
@inline
function gather<C, V>(values: usize, codes: usize, selection: usize, count: u32, out: usize): void {
  const end = out + <usize>count * sizeof<V>();
  if (selection == 0) {
    for (; out < end; out += sizeof<V>(), codes += sizeof<C>()) {
      copy<V>(values + <usize>load<C>(codes) * sizeof<V>(), out);
    }
    return;
  }
  for (; out < end; out += sizeof<V>(), selection += 4) {
    const code = <usize>load<C>(codes + <usize>load<u32>(selection) * sizeof<C>());
    copy<V>(values + code * sizeof<V>(), out);
  }
}

/**
 * gather{bytes of a code}{bytes of a value}: the values of `count` rows, of those in `selection` (ascending u32 numbers; 0:
 * rows 0, 1, 2 …), by the codes of all rows.
 */
export function gather1To1(values: usize, codes: usize, selection: usize, count: u32, out: usize): void {
  gather<u8, u8>(values, codes, selection, count, out);
}

export function gather1To4(values: usize, codes: usize, selection: usize, count: u32, out: usize): void {
  gather<u8, u32>(values, codes, selection, count, out);
}

export function gather1To8(values: usize, codes: usize, selection: usize, count: u32, out: usize): void {
  gather<u8, u64>(values, codes, selection, count, out);
}

export function gather1To16(values: usize, codes: usize, selection: usize, count: u32, out: usize): void {
  gather<u8, v128>(values, codes, selection, count, out);
}

export function gather2To1(values: usize, codes: usize, selection: usize, count: u32, out: usize): void {
  gather<u16, u8>(values, codes, selection, count, out);
}

export function gather2To4(values: usize, codes: usize, selection: usize, count: u32, out: usize): void {
  gather<u16, u32>(values, codes, selection, count, out);
}

export function gather2To8(values: usize, codes: usize, selection: usize, count: u32, out: usize): void {
  gather<u16, u64>(values, codes, selection, count, out);
}

export function gather2To16(values: usize, codes: usize, selection: usize, count: u32, out: usize): void {
  gather<u16, v128>(values, codes, selection, count, out);
}

export function gather4To1(values: usize, codes: usize, selection: usize, count: u32, out: usize): void {
  gather<u32, u8>(values, codes, selection, count, out);
}

export function gather4To4(values: usize, codes: usize, selection: usize, count: u32, out: usize): void {
  gather<u32, u32>(values, codes, selection, count, out);
}

export function gather4To8(values: usize, codes: usize, selection: usize, count: u32, out: usize): void {
  gather<u32, u64>(values, codes, selection, count, out);
}

export function gather4To16(values: usize, codes: usize, selection: usize, count: u32, out: usize): void {
  gather<u32, v128>(values, codes, selection, count, out);
}

/** For each 4 bits, which of them are set, as numbers (u32); elements behind them are of no use. */
const PLACES: usize = memory.data<u32>(
  [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0,
    2, 0, 0, 0, 0, 2, 0, 0, 1, 2, 0, 0, 0, 1, 2, 0,
    3, 0, 0, 0, 0, 3, 0, 0, 1, 3, 0, 0, 0, 1, 3, 0,
    2, 3, 0, 0, 0, 2, 3, 0, 1, 2, 3, 0, 0, 1, 2, 3,
  ],
  16,
);

/** Lists the numbers of the set bits of 16, counted from `row` on; gives where the list ends. */
// @ts-ignore: decorator
@inline
function listBits(mask: u32, row: u32, picks: usize): usize {
  for (let i = 0; i < 4; i++, mask >>>= 4, row += 4) {
    const nibble = mask & 15;
    v128.store(picks, i32x4.add(i32x4.splat(row), v128.load(PLACES + (<usize>nibble << 4))));
    picks += <usize>popcnt(nibble) << 2;
  }
  return picks;
}

/**
 * Tests 16 rows a step by codes of a byte each: bit i of a mask (u16) stays or becomes 1 where the code has a 1 in `table`
 * (64 bytes, 0 or 1, for codes below `size`, at most 64). `isFirst`: nothing has been tested before. The last mask may have bits
 * of rows behind `count`.
 */
export function maskCodes1(codes: usize, count: u32, table: usize, size: u32, masks: usize, isFirst: bool): void {
  if (size <= 16) mask<u8>(codes, count, table, masks, isFirst);
  else mask<u64>(codes, count, table, masks, isFirst);
}

/** `T`: u8 for tables of 16 bytes, u64 for such of 64. */
// @ts-ignore: decorator
@inline
function mask<T>(codes: usize, count: u32, table: usize, masks: usize, isFirst: bool): void {
  const sixteen = i8x16.splat(16);
  // A swizzle gives 0 beyond its 16 bytes, and numbers below 0 wrap to such.
  const a = v128.load(table), b = v128.load(table, 16), c = v128.load(table, 32), d = v128.load(table, 48);
  const all: u32 = isFirst ? 0xffff : 0;
  for (const end = codes + count; codes < end; codes += 16, masks += 2) {
    let code = v128.load(codes);
    let passes = i8x16.swizzle(a, code);
    if (sizeof<T>() == 8) {
      code = i8x16.sub(code, sixteen);
      passes = v128.or(passes, i8x16.swizzle(b, code));
      code = i8x16.sub(code, sixteen);
      passes = v128.or(passes, i8x16.swizzle(c, code));
      code = i8x16.sub(code, sixteen);
      passes = v128.or(passes, i8x16.swizzle(d, code));
    }
    store<u16>(masks, <u16>(i8x16.bitmask(i8x16.shl(passes, 7)) & (load<u16>(masks) | all)));
  }
}

/** Lists the rows of `count` whose bits are set; gives how many. Up to 3 numbers behind the list are written too. */
export function listMasks(masks: usize, count: u32, picks: usize): u32 {
  const start = picks;
  for (let row: u32 = 0; row < count; row += 16, masks += 2) {
    let bits = <u32>load<u16>(masks);
    if (row + 16 > count) bits &= (1 << (count - row)) - 1;
    if (bits != 0) picks = listBits(bits, row, picks);
  }
  return <u32>(picks - start) >> 2;
}

// @ts-ignore: decorator
@inline
function pick<C>(codes: usize, count: u32, table: usize, picks: usize): u32 {
  const start = picks;
  for (let row: u32 = 0; row < count; row++, codes += sizeof<C>()) {
    store<u32>(picks, row);
    picks += <usize>load<u8>(table + <usize>load<C>(codes)) << 2;
  }
  return <u32>(picks - start) >> 2;
}

/** pickCodes{bytes of a code}: lists the rows of `count` whose codes have a 1 in `table` (bytes 0 or 1); gives how many. */
export function pickCodes1(codes: usize, count: u32, table: usize, picks: usize): u32 {
  return pick<u8>(codes, count, table, picks);
}

export function pickCodes2(codes: usize, count: u32, table: usize, picks: usize): u32 {
  return pick<u16>(codes, count, table, picks);
}

export function pickCodes4(codes: usize, count: u32, table: usize, picks: usize): u32 {
  return pick<u32>(codes, count, table, picks);
}

// @ts-ignore: decorator
@inline
function narrow<C>(codes: usize, picks: usize, count: u32, table: usize): u32 {
  const start = picks;
  let kept = picks;
  for (const end = picks + (<usize>count << 2); picks < end; picks += 4) {
    const row = load<u32>(picks);
    store<u32>(kept, row);
    kept += <usize>load<u8>(table + <usize>load<C>(codes + <usize>row * sizeof<C>())) << 2;
  }
  return <u32>(kept - start) >> 2;
}

/** narrowCodes{bytes of a code}: of the rows in `picks` those stay whose codes have a 1 in `table`; gives how many. */
export function narrowCodes1(codes: usize, picks: usize, count: u32, table: usize): u32 {
  return narrow<u8>(codes, picks, count, table);
}

export function narrowCodes2(codes: usize, picks: usize, count: u32, table: usize): u32 {
  return narrow<u16>(codes, picks, count, table);
}

export function narrowCodes4(codes: usize, picks: usize, count: u32, table: usize): u32 {
  return narrow<u32>(codes, picks, count, table);
}
