// What lies behind the border.

const CACHE_LINE: usize = 64;

/** The sum of the first byte of each cache line, so that all of them must have come. */
export function touch(at: usize, length: i32): i32 {
  let sum: i32 = 0;
  const end = at + <usize>length;
  while (at < end) {
    sum += load<u8>(at);
    at += CACHE_LINE;
  }
  return sum;
}
