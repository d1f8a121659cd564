/** Compares two texts by their bytes: negative, 0 or positive. */
export function compareUtf8(a: usize, aLength: u32, b: usize, bLength: u32): i32 {
  const shared = <usize>min(aLength, bLength);
  let i: usize = 0;
  for (; i + 8 <= shared; i += 8) {
    const x = load<u64>(a + i), y = load<u64>(b + i);
    if (x != y) return bswap(x) < bswap(y) ? -1 : 1;
  }
  for (; i < shared; i++) {
    const difference = <i32>load<u8>(a + i) - <i32>load<u8>(b + i);
    if (difference != 0) return difference;
  }
  return i32(aLength > bLength) - i32(aLength < bLength);
}

export function equalUtf8(a: usize, aLength: u32, b: usize, bLength: u32): i32 {
  return aLength == bLength && compareUtf8(a, aLength, b, bLength) == 0 ? 1 : 0;
}
