// How often a pattern of m >= 1 bytes occurs in n bytes, overlapping occurrences included. First the pattern's first and
// last byte are compared, with SIMD at 32 places at a time; only where both are right, what lies between them.
// See Wojciech Muła, "SIMD-friendly algorithms for substring searching": the "generic SIMD" algorithm.

function equal(text: usize, pattern: usize, m: i32): bool {
  for (let i: usize = 0; i < <usize>m; i++) {
    if (load<u8>(text + i) != load<u8>(pattern + i)) return false;
  }
  return true;
}

/** How many of the places that the bits of `candidates` stand for, from `at` on, hold the pattern. */
function verify(at: usize, candidates: i32, pattern: usize, m: i32): u32 {
  let found: u32 = 0;
  while (candidates != 0) {
    found += u32(equal(at + <usize>ctz(candidates), pattern, m));
    candidates &= candidates - 1;
  }
  return found;
}

export function string_search(text: usize, n: i32, pattern: usize, m: i32, out: usize): void {
  let found: u32 = 0;
  if (m <= n) {
    let at = text;
    const end = text + <usize>(n - m + 1);
    const last = <usize>(m - 1);
    const firstByte = load<u8>(pattern);
    const lastByte = load<u8>(pattern + last);
    if (ASC_FEATURE_SIMD) {
      const firsts = i8x16.splat(firstByte);
      const lasts = i8x16.splat(lastByte);
      while (at + 32 <= end) {
        const low = v128.and(i8x16.eq(v128.load(at), firsts), i8x16.eq(v128.load(at + last), lasts));
        const high = v128.and(i8x16.eq(v128.load(at, 16), firsts), i8x16.eq(v128.load(at + last, 16), lasts));
        if (v128.any_true(v128.or(low, high))) {
          found += verify(at, i8x16.bitmask(low) | (i8x16.bitmask(high) << 16), pattern, m);
        }
        at += 32;
      }
    }
    while (at < end) {
      if (load<u8>(at) == firstByte && load<u8>(at + last) == lastByte) found += u32(equal(at, pattern, m));
      at++;
    }
  }
  store<u32>(out, found);
}
