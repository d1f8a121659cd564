// Lines that end with LF.

/** The place of the first `byte` from `at` on, `end` if there is none. Reads up to 15 bytes behind `end`. */
export function findByte(at: usize, end: usize, byte: u8): usize {
  const wanted = i8x16.splat(byte);
  while (at < end) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), wanted));
    if (found != 0) return min(at + <usize>ctz(found), end);
    at += 16;
  }
  return end;
}

export const LF: u8 = 10;
