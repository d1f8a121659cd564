import { multiplyHigh } from './wide-multiply';

// The double nearest to a number times a power of ten. Source: D. Lemire, "Number Parsing at a Gigabyte per Second"
// (2021), with N. Mushtak and D. Lemire, "Fast Number Parsing Without Fallback" (2023): two words of each power suffice.

export const LEAST_POWER: i32 = -342;
export const GREATEST_POWER: i32 = 308;

/** Of each power of ten the 128 upper bits, high word and low word. Zeros until the host has filled it. */
const POWERS: usize = memory.data((308 + 342 + 1) * 16, 16);

/** Where the powers of ten -342 to 308 go. */
export function powersOfTenTable(): usize {
  return POWERS;
}

/** No magnitude is it: the double is infinite, or the table is not filled. */
export const UNDECIDED: f64 = -1;

/** `value` times 10^power, rounded once. */
export function nearestFloat64(value: u64, power: i32): f64 {
  if (i32(value == 0) | i32(power < LEAST_POWER)) return 0;
  if (power > GREATEST_POWER) return UNDECIDED;
  const entry = POWERS + (<usize>(power - LEAST_POWER) << 4);
  const highWord = load<u64>(entry);
  if (highWord == 0) return UNDECIDED;
  const zeros = clz(value);
  value <<= zeros;
  let high = multiplyHigh(value, highWord), low = value * highWord;
  if ((high & 0x1ff) == 0x1ff) {
    const more = multiplyHigh(value, load<u64>(entry, 8));
    low += more;
    high += u64(more > low);
  }
  const upper = high >> 63, shift = upper + 9;
  let mantissa = high >> shift;
  let exponent = ((217706 * power) >> 16) + 63 + <i32>upper - <i32>zeros + 1023;
  if (exponent <= 0) {
    // Subnormal.
    if (exponent <= -63) return 0;
    mantissa >>= <u64>(1 - exponent);
    return reinterpret<f64>((mantissa + (mantissa & 1)) >> 1);
  }
  // Exactly between two doubles: to the even one.
  if (low <= 1 && power >= -4 && power <= 23 && (mantissa & 3) == 1 && mantissa << shift == high) mantissa--;
  mantissa = (mantissa + (mantissa & 1)) >> 1;
  if (mantissa >> 53) {
    mantissa >>= 1;
    exponent++;
  }
  if (exponent >= 0x7ff) return UNDECIDED;
  return reinterpret<f64>((mantissa & 0xfffffffffffff) | (<u64>exponent << 52));
}
