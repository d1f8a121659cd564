// Codes of dictionaries and levels: the RLE / bit-packed hybrid of Parquet (Encodings.md), read piece by piece. What a
// reader is at stands in 32 bytes of memory, u32 each:

/** Where the next run begins, and where the last one ends at the latest. */
const NEXT: usize = 0;
const END: usize = 4;
/** Bits of a code, and shuffles for that many bits: see `unpackTable` in lanes/wasm. */
const WIDTH: usize = 8;
const TABLE: usize = 12;
/** Codes of the current run that are still to come. */
const LEFT: usize = 16;
/** Address of the current run's packed codes; 0 for a run of one code. */
const PACKED: usize = 20;
/** How many of the packed codes have been taken; of a run of one code, that code. */
const TAKEN: usize = 24;

/** Turns to the next run; false where the bytes make none. A run never claims more codes than there are bytes for. */
function openRun(state: usize): bool {
  let at = <usize>load<u32>(state, NEXT);
  const end = <usize>load<u32>(state, END);
  const width = load<u32>(state, WIDTH);
  let header: u32 = 0;
  for (let shift: u32 = 0, byte: u32 = 128; byte & 128; shift += 7) {
    if (at >= end || shift > 28) return false;
    byte = load<u8>(at++);
    header |= (byte & 127) << shift;
  }
  const length = header >>> 1;
  const bytes = <u64>(end - at);
  if (header & 1) {
    let codes = <u64>length << 3;
    // Divided only where the last run is cut short: a division takes long.
    if (codes * width > bytes << 3) codes = (bytes << 3) / width;
    if (codes == 0) return false;
    store<u32>(state, <u32>at, PACKED);
    store<u32>(state, 0, TAKEN);
    store<u32>(state, <u32>min<u64>(codes, u32.MAX_VALUE), LEFT);
    store<u32>(state, <u32>(at + <usize>min<u64>(<u64>length * width, bytes)), NEXT);
    return true;
  }
  const codeBytes = (width + 7) >> 3;
  if (length == 0 || codeBytes > bytes) return false;
  let code: u32 = 0;
  for (let i: u32 = 0; i < codeBytes; i++) code |= <u32>load<u8>(at++) << (i << 3);
  if (width < 32 && code >>> width != 0) return false;
  store<u32>(state, 0, PACKED);
  store<u32>(state, code, TAKEN);
  store<u32>(state, length, LEFT);
  store<u32>(state, <u32>at, NEXT);
  return true;
}

/** The largest number of an unsigned type. */
// @ts-ignore: decorator
@inline
function largest<T>(): u32 {
  return u32.MAX_VALUE >>> (32 - (sizeof<T>() << 3));
}

// @ts-ignore: decorator
@inline
function packedCode(packed: usize, index: u32, width: u32): u32 {
  const bit = <u64>index * width;
  return <u32>((load<u64>(packed + <usize>(bit >> 3)) >> (bit & 7)) & ((<u64>1 << width) - 1));
}

/** Fills `count` elements; bytes behind them too, up to 32. */
// @ts-ignore: decorator
@inline
function fill<T>(out: usize, code: u32, count: u32): void {
  const codes = sizeof<T>() == 1 ? i8x16.splat(<i8>code) : sizeof<T>() == 2 ? i16x8.splat(<i16>code) : i32x4.splat(code);
  const end = out + <usize>count * sizeof<T>();
  for (; out < end; out += 16) v128.store(out, codes);
}

/** Unpacks `count` codes from the `index`-th on; writes up to 32 bytes behind them. False: one does not fit. */
// @ts-ignore: decorator
@inline
function unpack<T>(packed: usize, index: u32, width: u32, table: usize, out: usize, count: u32): bool {
  if (width > 24 || width > sizeof<T>() * 8) {
    for (let i: u32 = 0; i < count; i++, out += sizeof<T>()) {
      const code = packedCode(packed, index + i, width);
      if (code > largest<T>()) return false;
      store<T>(out, <T>code);
    }
    return true;
  }
  for (; count > 0 && (index & 7) != 0; count--, index++, out += sizeof<T>()) {
    store<T>(out, <T>packedCode(packed, index, width));
  }
  const end = out + <usize>count * sizeof<T>();
  let source = packed + <usize>(((<u64>index) >> 3) * width);
  if (sizeof<T>() == 1 || (sizeof<T>() == 2 && load<u8>(table, 96) != 0)) {
    const shuffle = v128.load(table), scale = v128.load(table, 16), shift = 16 - width;
    for (; out < end; out += 16) {
      const low = i16x8.shr_u(i16x8.mul(i8x16.swizzle(v128.load(source), shuffle), scale), shift);
      source += width;
      if (sizeof<T>() == 2) v128.store(out, low);
      else {
        const high = i16x8.shr_u(i16x8.mul(i8x16.swizzle(v128.load(source), shuffle), scale), shift);
        source += width;
        v128.store(out, i8x16.narrow_i16x8_u(low, high));
      }
    }
    return true;
  }
  const lowShuffle = v128.load(table, 32), lowScale = v128.load(table, 48);
  const highShuffle = v128.load(table, 64), highScale = v128.load(table, 80);
  const shift = 32 - width, half = (width << 2) >> 3;
  for (; out < end; out += sizeof<T>() << 3) {
    const low = i32x4.shr_u(i32x4.mul(i8x16.swizzle(v128.load(source), lowShuffle), lowScale), shift);
    const high = i32x4.shr_u(i32x4.mul(i8x16.swizzle(v128.load(source + half), highShuffle), highScale), shift);
    source += width;
    if (sizeof<T>() == 2) v128.store(out, i16x8.narrow_i32x4_u(low, high));
    else {
      v128.store(out, low);
      v128.store(out, high, 16);
    }
  }
  return true;
}

// @ts-ignore: decorator
@inline
function readCodes<T>(state: usize, count: u32, out: usize): bool {
  const width = load<u32>(state, WIDTH);
  if (width == 0) {
    fill<T>(out, 0, count);
    return true;
  }
  while (count > 0) {
    if (load<u32>(state, LEFT) == 0 && !openRun(state)) return false;
    const left = load<u32>(state, LEFT);
    const taken = min(left, count);
    const packed = <usize>load<u32>(state, PACKED);
    const first = load<u32>(state, TAKEN);
    if (packed == 0) {
      if (first > largest<T>()) return false;
      fill<T>(out, first, taken);
    } else {
      if (!unpack<T>(packed, first, width, load<u32>(state, TABLE), out, taken)) return false;
      store<u32>(state, first + taken, TAKEN);
    }
    store<u32>(state, left - taken, LEFT);
    out += <usize>taken * sizeof<T>();
    count -= taken;
  }
  return true;
}

/**
 * Reads `count` codes as elements of 1, 2 or 4 bytes; up to 32 bytes behind them are written too. False where the bytes
 * hold fewer, or a code that does not fit the element.
 */
export function readCodes1(state: usize, count: u32, out: usize): bool {
  return readCodes<u8>(state, count, out);
}

export function readCodes2(state: usize, count: u32, out: usize): bool {
  return readCodes<u16>(state, count, out);
}

export function readCodes4(state: usize, count: u32, out: usize): bool {
  return readCodes<u32>(state, count, out);
}

/** Passes over `count` codes; false where there are fewer. */
export function skipCodes(state: usize, count: u32): bool {
  if (load<u32>(state, WIDTH) == 0) return true;
  while (count > 0) {
    if (load<u32>(state, LEFT) == 0 && !openRun(state)) return false;
    const left = load<u32>(state, LEFT);
    const taken = min(left, count);
    if (load<u32>(state, PACKED) != 0) store<u32>(state, load<u32>(state, TAKEN) + taken, TAKEN);
    store<u32>(state, left - taken, LEFT);
    count -= taken;
  }
  return true;
}

/** The code that each of the next `count` has because they lie in one run of it; -1 where there is no such run. */
export function sameCode(state: usize, count: u32): i32 {
  if (load<u32>(state, WIDTH) == 0) return 0;
  if (load<u32>(state, LEFT) == 0 && !openRun(state)) return -1;
  return load<u32>(state, PACKED) == 0 && load<u32>(state, LEFT) >= count ? load<i32>(state, TAKEN) : -1;
}

/** The highest of `count` codes of 1, 2 or 4 bytes. */
// @ts-ignore: decorator
@inline
function highest<T>(codes: usize, count: u32): u32 {
  let most = i32x4.splat(0);
  const end = codes + <usize>count * sizeof<T>();
  for (; codes + 16 <= end; codes += 16) {
    const next = v128.load(codes);
    most = sizeof<T>() == 1 ? i8x16.max_u(most, next) : sizeof<T>() == 2 ? i16x8.max_u(most, next) : i32x4.max_u(most, next);
  }
  let result: u32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const word = i32x4.extract_lane(most, 0);
    most = i8x16.shuffle(most, most, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
    if (sizeof<T>() == 4) result = max(result, <u32>word);
    else if (sizeof<T>() == 2) result = max(result, max(<u32>word & 0xffff, <u32>word >>> 16));
    else {
      result = max(result, max(<u32>word & 0xff, (<u32>word >>> 8) & 0xff));
      result = max(result, max((<u32>word >>> 16) & 0xff, <u32>word >>> 24));
    }
  }
  for (; codes < end; codes += sizeof<T>()) result = max(result, <u32>load<T>(codes));
  return result;
}

export function highestCode1(codes: usize, count: u32): u32 {
  return highest<u8>(codes, count);
}

export function highestCode2(codes: usize, count: u32): u32 {
  return highest<u16>(codes, count);
}

export function highestCode4(codes: usize, count: u32): u32 {
  return highest<u32>(codes, count);
}

/**
 * Reads the codes of the next `rows` rows, of which only the `count` in `picks` (ascending u32 numbers) matter: those whose
 * codes have a 1 in `table` (bytes 0 or 1, for codes up to `size`) stay there. Gives how many; -1 where the bytes hold
 * fewer codes, or one of those is `size` or more.
 */
export function narrowPacked(state: usize, rows: u32, picks: usize, count: u32, table: usize, size: u32): i32 {
  const width = load<u32>(state, WIDTH);
  const end = picks + (<usize>count << 2);
  let kept = picks, next = picks;
  let highest: u32 = 0;
  for (let first: u32 = 0; first < rows; ) {
    if (width != 0 && load<u32>(state, LEFT) == 0 && !openRun(state)) return -1;
    const left = width != 0 ? load<u32>(state, LEFT) : rows;
    const packed = width != 0 ? <usize>load<u32>(state, PACKED) : 0;
    const taken = width != 0 ? load<u32>(state, TAKEN) : 0;
    const behind = first + min(left, rows - first);
    for (; next < end; next += 4) {
      const row = load<u32>(next);
      if (row >= behind) break;
      const code = packed ? packedCode(packed, taken + row - first, width) : taken;
      highest = max(highest, code);
      store<u32>(kept, row);
      kept += <usize>load<u8>(table + <usize>min(code, size)) << 2;
    }
    if (width != 0) {
      if (packed) store<u32>(state, taken + behind - first, TAKEN);
      store<u32>(state, left - (behind - first), LEFT);
    }
    first = behind;
  }
  return highest >= size && count > 0 ? -1 : <i32>((kept - picks) >> 2);
}
