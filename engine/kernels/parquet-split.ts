// BYTE_STREAM_SPLIT (Parquet Encodings.md): the first bytes of all values, then all second bytes, and so on.

/** Values of 4 bytes. */
export function parquetJoin4(source: usize, target: usize, count: u32): void {
  let index: usize = 0;
  for (; index + 16 <= <usize>count; index += 16) {
    const a = v128.load(source + index), b = v128.load(source + count + index);
    const c = v128.load(source + 2 * <usize>count + index), d = v128.load(source + 3 * <usize>count + index);
    const abLow = zipLow8(a, b), abHigh = zipHigh8(a, b), cdLow = zipLow8(c, d), cdHigh = zipHigh8(c, d);
    const at = target + (index << 2);
    v128.store(at, zipLow16(abLow, cdLow));
    v128.store(at, zipHigh16(abLow, cdLow), 16);
    v128.store(at, zipLow16(abHigh, cdHigh), 32);
    v128.store(at, zipHigh16(abHigh, cdHigh), 48);
  }
  joinFrom(index, source, 4, target, count);
}

/** Values of 8 bytes. */
export function parquetJoin8(source: usize, target: usize, count: u32): void {
  const stream = <usize>count;
  let index: usize = 0;
  for (; index + 16 <= stream; index += 16) {
    const at = source + index, upper = at + 4 * stream;
    const a = v128.load(at), b = v128.load(at + stream), c = v128.load(at + 2 * stream), d = v128.load(at + 3 * stream);
    const e = v128.load(upper), f = v128.load(upper + stream);
    const g = v128.load(upper + 2 * stream), h = v128.load(upper + 3 * stream);
    joinHalf(zipLow8(a, b), zipLow8(c, d), zipLow8(e, f), zipLow8(g, h), target + (index << 3));
    joinHalf(zipHigh8(a, b), zipHigh8(c, d), zipHigh8(e, f), zipHigh8(g, h), target + (index << 3) + 64);
  }
  joinFrom(index, source, 8, target, count);
}

/** Eight values, of which there are the first two bytes, the second two, and so on. */
// @ts-ignore: decorator
@inline
function joinHalf(ab: v128, cd: v128, ef: v128, gh: v128, target: usize): void {
  const first = zipLow16(ab, cd), second = zipHigh16(ab, cd), third = zipLow16(ef, gh), fourth = zipHigh16(ef, gh);
  v128.store(target, zipLow32(first, third));
  v128.store(target, zipHigh32(first, third), 16);
  v128.store(target, zipLow32(second, fourth), 32);
  v128.store(target, zipHigh32(second, fourth), 48);
}

/** Values of any width. */
export function parquetJoinBytes(source: usize, width: u32, target: usize, count: u32): void {
  joinFrom(0, source, width, target, count);
}

function joinFrom(first: usize, source: usize, width: u32, target: usize, count: u32): void {
  for (let byte: usize = 0; byte < <usize>width; byte++) {
    const stream = source + byte * count;
    for (let index = first; index < <usize>count; index++) {
      store<u8>(target + index * width + byte, load<u8>(stream + index));
    }
  }
}

// @ts-ignore: decorator
@inline
function zipLow8(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// @ts-ignore: decorator
@inline
function zipHigh8(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

// @ts-ignore: decorator
@inline
function zipLow16(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

// @ts-ignore: decorator
@inline
function zipHigh16(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

// @ts-ignore: decorator
@inline
function zipLow32(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 0, 4, 1, 5);
}

// @ts-ignore: decorator
@inline
function zipHigh32(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 2, 6, 3, 7);
}
