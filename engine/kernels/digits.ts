// Decimal digits, 16 bytes at a time. A run of digits stands at the end of its 16 bytes, zeros before it.
// Constants are loaded, not splatted: in a loop that is cheaper than to make them again each time.

/** 16 zeros, then 16 times 255: from byte n on, a mask of the last n of 16 bytes. */
const LAST_BYTES: usize = memory.data<u64>([0, 0, ~0, ~0], 16);
const ZEROS: usize = memory.data<u64>([0x3030303030303030, 0x3030303030303030], 16);
const NINES: usize = memory.data<u64>([0x0909090909090909, 0x0909090909090909], 16);
const PAIR_WEIGHTS: usize = memory.data<u64>([0x000a000a000a000a, 0x000a000a000a000a], 16);
const LOW_BYTES: usize = memory.data<u64>([0x00ff00ff00ff00ff, 0x00ff00ff00ff00ff], 16);
/** 100, 1 … */
const FOUR_WEIGHTS: usize = memory.data<u64>([0x0001006400010064, 0x0001006400010064], 16);
/** 10000, 1 … */
const EIGHT_WEIGHTS: usize = memory.data<u64>([0x0001271000012710, 0x0001271000012710], 16);
/** -1, 0 … 14. */
const ONE_DOWN: usize = memory.data<u64>([0x06050403020100ff, 0x0e0d0c0b0a090807], 16);

const POWERS_OF_TEN: usize = memory.data<u64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
  10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
  10000000000000000000,
]);

/** 10^exponent, at most 10^19. */
// @ts-ignore: decorator
@inline
export function powerOfTen(exponent: u32): u64 {
  return load<u64>(POWERS_OF_TEN + (<usize>exponent << 3));
}

/** The `length` bytes that end at `stop`, at most 16, each less '0'; zeros before them. */
// @ts-ignore: decorator
@inline
export function lastDigits(stop: usize, length: usize): v128 {
  return v128.and(digitsAt(stop - 16), v128.load(LAST_BYTES + length));
}

/** Whether all bytes are 0 to 9. */
// @ts-ignore: decorator
@inline
export function areDigits(digits: v128): bool {
  return !v128.any_true(i8x16.sub_sat_u(digits, v128.load(NINES)));
}

/** Bit i: byte i is not 0 to 9. */
// @ts-ignore: decorator
@inline
export function otherBytes(digits: v128): u32 {
  return <u32>i8x16.bitmask(i8x16.gt_u(digits, v128.load(NINES)));
}

/** The 16 bytes at an address, each less '0'. */
// @ts-ignore: decorator
@inline
export function digitsAt(start: usize): v128 {
  return v128.xor(v128.load(start), v128.load(ZEROS));
}

/** Takes out the byte that `behind` bytes follow, by moving up all before it. */
// @ts-ignore: decorator
@inline
export function dropByte(bytes: v128, behind: usize): v128 {
  return i8x16.swizzle(bytes, i8x16.sub(v128.load(ONE_DOWN), v128.load(LAST_BYTES + behind)));
}

/** The numbers that pairs of digits write, as u16. */
// @ts-ignore: decorator
@inline
export function pairsOf(digits: v128): v128 {
  return v128.and(i16x8.add(i16x8.mul(digits, v128.load(PAIR_WEIGHTS)), i16x8.shr_u(digits, 8)), v128.load(LOW_BYTES));
}

/** The number that 16 digits write. */
// @ts-ignore: decorator
@inline
export function valueOf(digits: v128): u64 {
  const fours = i32x4.dot_i16x8_s(pairsOf(digits), v128.load(FOUR_WEIGHTS));
  const eights = i64x2.extract_lane(i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(fours, fours), v128.load(EIGHT_WEIGHTS)), 0);
  return (eights & 0xffffffff) * 100000000 + (<u64>eights >> 32);
}

export const NO_NUMBER: u64 = ~(<u64>0);

/** The number that the digits between two addresses write: 1 to 19 of them; NO_NUMBER for anything else. */
// @ts-ignore: decorator
@inline
export function digitsBetween(start: usize, stop: usize): u64 {
  const length = stop - start;
  if (length - 1 > 15) return longDigitsBetween(start, stop);
  const digits = lastDigits(stop, length);
  return areDigits(digits) ? valueOf(digits) : NO_NUMBER;
}

function longDigitsBetween(start: usize, stop: usize): u64 {
  const more = stop - start - 16;
  if (more - 1 > 2) return NO_NUMBER;
  const head = lastDigits(stop - 16, more), tail = lastDigits(stop, 16);
  if (!areDigits(head) || !areDigits(tail)) return NO_NUMBER;
  return valueOf(head) * 10000000000000000 + valueOf(tail);
}

/** A blank to the casts of SQL: space, tab, line ends. */
// @ts-ignore: decorator
@inline
export function isBlank(byte: u32): bool {
  return byte == 32 || byte - 9 < 5;
}

/** Where the text between two addresses begins behind blanks and a plus sign. */
export function startOfNumber(start: usize, stop: usize): usize {
  while (start < stop && isBlank(load<u8>(start))) start++;
  // A sign does not follow on a sign.
  return start + usize(stop - start > 1 && load<u8>(start) == 43 && load<u8>(start, 1) != 45);
}

/** Where it ends before blanks. */
export function stopOfNumber(start: usize, stop: usize): usize {
  while (start < stop && isBlank(load<u8>(stop - 1))) stop--;
  return stop;
}
