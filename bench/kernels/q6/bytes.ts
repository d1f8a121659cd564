// Bytes of text, 64 and 8 at a time. Built without the SIMD feature, 64 bytes are eight words.

const HIGH_BITS: u64 = 0x8080808080808080;
const LOW_SEVEN: u64 = 0x7f7f7f7f7f7f7f7f;

/** 16 times a byte, to compare with. Loaded where it is used: in a loop that is cheaper than a splat each time. */
export const COMMAS: usize = memory.data<u64>([0x2c2c2c2c2c2c2c2c, 0x2c2c2c2c2c2c2c2c], 16);
export const QUOTES: usize = memory.data<u64>([0x2222222222222222, 0x2222222222222222], 16);
export const LINE_ENDS: usize = memory.data<u64>([0x0a0a0a0a0a0a0a0a, 0x0a0a0a0a0a0a0a0a], 16);

/** A bit for each of the 64 bytes at `at` that equals those at `key`. */
// @ts-ignore: decorator
@inline
export function equalMask(at: usize, key: usize): u64 {
  if (ASC_FEATURE_SIMD) {
    const k = v128.load(key);
    const low = i8x16.bitmask(i8x16.eq(v128.load(at), k)) | (i8x16.bitmask(i8x16.eq(v128.load(at, 16), k)) << 16);
    const high = i8x16.bitmask(i8x16.eq(v128.load(at, 32), k)) | (i8x16.bitmask(i8x16.eq(v128.load(at, 48), k)) << 16);
    return <u64>(<u32>low) | (<u64>(<u32>high) << 32);
  }
  const k = load<u64>(key);
  return (
    equalBytes(load<u64>(at), k) |
    (equalBytes(load<u64>(at, 8), k) << 8) |
    (equalBytes(load<u64>(at, 16), k) << 16) |
    (equalBytes(load<u64>(at, 24), k) << 24) |
    (equalBytes(load<u64>(at, 32), k) << 32) |
    (equalBytes(load<u64>(at, 40), k) << 40) |
    (equalBytes(load<u64>(at, 48), k) << 48) |
    (equalBytes(load<u64>(at, 56), k) << 56)
  );
}

/** A bit for each of the 8 bytes that are equal. The product moves the lowest bit of byte i to bit 56 + i. */
// @ts-ignore: decorator
@inline
function equalBytes(word: u64, key: u64): u64 {
  const x = word ^ key;
  const equal = ~(((x & LOW_SEVEN) + LOW_SEVEN) | x) & HIGH_BITS;
  return ((equal >> 7) * 0x0102040810204080) >> 56;
}

/** Whether any of the 64 bytes at `at` equals those at `key`. */
// @ts-ignore: decorator
@inline
export function anyEqual(at: usize, key: usize): bool {
  if (ASC_FEATURE_SIMD) {
    const k = v128.load(key);
    const low = v128.or(i8x16.eq(v128.load(at), k), i8x16.eq(v128.load(at, 16), k));
    const high = v128.or(i8x16.eq(v128.load(at, 32), k), i8x16.eq(v128.load(at, 48), k));
    return v128.any_true(v128.or(low, high));
  }
  const k = load<u64>(key);
  const low = zeroBytes(load<u64>(at) ^ k) | zeroBytes(load<u64>(at, 8) ^ k);
  const lower = zeroBytes(load<u64>(at, 16) ^ k) | zeroBytes(load<u64>(at, 24) ^ k);
  const higher = zeroBytes(load<u64>(at, 32) ^ k) | zeroBytes(load<u64>(at, 40) ^ k);
  const high = zeroBytes(load<u64>(at, 48) ^ k) | zeroBytes(load<u64>(at, 56) ^ k);
  return (low | lower | higher | high) != 0;
}

/** Not 0 if any byte is 0; which one, its bits do not tell. */
// @ts-ignore: decorator
@inline
function zeroBytes(x: u64): u64 {
  return (x - 0x0101010101010101) & ~x & HIGH_BITS;
}

/** Each bit the parity of those up to it: between an odd one and the next even one all bits are set. */
// @ts-ignore: decorator
@inline
export function prefixXor(bits: u64): u64 {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  return bits ^ (bits << 32);
}

/** Without the lowest bit that is set. */
// @ts-ignore: decorator
@inline
export function withoutLowest(bits: u64): u64 {
  return bits & (bits - 1);
}

/** Not 0 if any of 8 bytes, each less '0', is no digit. */
// @ts-ignore: decorator
@inline
export function notDigits(digits: u64): u64 {
  return ((digits + 0x7676767676767676) | digits) & HIGH_BITS;
}

/** The number of eight digits, the first one in the lowest byte. */
// @ts-ignore: decorator
@inline
export function eightDigits(digits: u64): u64 {
  const pairs = digits * 10 + (digits >> 8);
  const upper = (pairs & 0x000000ff000000ff) * (100 + (<u64>1000000 << 32));
  const lower = ((pairs >> 16) & 0x000000ff000000ff) * (1 + (<u64>10000 << 32));
  return (upper + lower) >> 32;
}
