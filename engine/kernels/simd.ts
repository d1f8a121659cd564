// Masks of 64 bytes. Vectors to compare with are splatted once by the caller, outside of its loop:
// repeated splats cost 10-25 % (measured before the first line).

// @ts-ignore: decorator
@inline
export function equalMask64(a: v128, b: v128, c: v128, d: v128, key: v128): u64 {
  return mask64(i8x16.eq(a, key), i8x16.eq(b, key), i8x16.eq(c, key), i8x16.eq(d, key));
}

/** The highest bits of 64 bytes. */
// @ts-ignore: decorator
@inline
export function mask64(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = <u32>(i8x16.bitmask(a) | (i8x16.bitmask(b) << 16));
  const high = <u32>(i8x16.bitmask(c) | (i8x16.bitmask(d) << 16));
  return <u64>low | (<u64>high << 32);
}

// @ts-ignore: decorator
@inline
export function anyEqual64(a: v128, b: v128, c: v128, d: v128, key: v128): bool {
  return v128.any_true(
    v128.or(v128.or(i8x16.eq(a, key), i8x16.eq(b, key)), v128.or(i8x16.eq(c, key), i8x16.eq(d, key))),
  );
}

/** Bit i becomes the xor of bits 0..i: from quote marks to "inside quotes". */
// @ts-ignore: decorator
@inline
export function prefixXor(bits: u64): u64 {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  bits ^= bits << 32;
  return bits;
}

// @ts-ignore: decorator
@inline
export function clearLowest(bits: u64): u64 {
  return bits & (bits - 1);
}
