// Absolute values, signs and roundings (query/rounding-functions.ts).
import { roundDivide } from './arithmetic';
import { fail, RESULT_OUT_OF_RANGE } from './call-state';

/** The powers of ten that a double holds exactly. */
const EXACT_POWERS: StaticArray<f64> = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
];

const INTEGER_POWERS: StaticArray<i64> = [
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
  10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
];

/** The magnitude of a number of digits from which on every bigint rounds to 0. */
const ALL_DIGITS: i32 = 19;

export function absInt32(x: i32, state: usize): i32 {
  if (x == i32.MIN_VALUE) fail(state, RESULT_OUT_OF_RANGE);
  return x < 0 ? -x : x;
}

export function absInt64(x: i64, state: usize): i64 {
  if (x == i64.MIN_VALUE) fail(state, RESULT_OUT_OF_RANGE);
  return x < 0 ? -x : x;
}

export function absFloat64(x: f64, state: usize): f64 {
  return abs(x);
}

export function absDecimal(x: i64, state: usize): i64 {
  return x < 0 ? -x : x;
}

export function signInt32(x: i32, state: usize): i32 {
  return i32(x > 0) - i32(x < 0);
}

export function signInt64(x: i64, state: usize): i32 {
  return i32(x > 0) - i32(x < 0);
}

export function signFloat64(x: f64, state: usize): i32 {
  return i32(x > 0) - i32(x < 0);
}

export function ceilFloat64(x: f64, state: usize): f64 {
  return ceil(x);
}

export function floorFloat64(x: f64, state: usize): f64 {
  return floor(x);
}

export function truncFloat64(x: f64, state: usize): f64 {
  return trunc(x);
}

/** Operands of the decimal kernels: the unscaled value, the unit to cut off, for two the factor to multiply by. */
export function ceilDecimal(x: i64, unit: i64, state: usize): i64 {
  const quotient = x / unit;
  return quotient + i64(quotient * unit < x);
}

export function floorDecimal(x: i64, unit: i64, state: usize): i64 {
  const quotient = x / unit;
  return quotient - i64(quotient * unit > x);
}

export function roundDecimal(x: i64, unit: i64, factor: i64, state: usize): i64 {
  return roundDivide(x, unit) * factor;
}

export function truncDecimal(x: i64, unit: i64, factor: i64, state: usize): i64 {
  return (x / unit) * factor;
}

/** Half away from zero; keeps -0, nan and infinities. */
// @ts-ignore: decorator
@inline
function roundHalfAway(x: f64): f64 {
  const whole = trunc(x);
  return abs(x - whole) >= 0.5 ? whole + copysign<f64>(1, x) : whole;
}

export function roundFloat64(x: f64, state: usize): f64 {
  return roundHalfAway(x);
}

// @ts-ignore: decorator
@inline
function powerOfTen(exponent: i32): f64 {
  if (<u32>exponent < 23) return unchecked(EXACT_POWERS[exponent]);
  return Math.pow(10, exponent);
}

export function roundFloat64Digits(x: f64, digits: i32, state: usize): f64 {
  if (digits < 0) {
    const unit = digits < -400 ? Infinity : powerOfTen(-digits);
    const rounded = roundHalfAway(x / unit) * unit;
    return isFinite(rounded) ? rounded : 0;
  }
  const unit = powerOfTen(digits);
  const rounded = roundHalfAway(x * unit) / unit;
  return isFinite(rounded) ? rounded : x;
}

export function truncFloat64Digits(x: f64, digits: i32, state: usize): f64 {
  const unit = powerOfTen(digits);
  const truncated = trunc(x * unit) / unit;
  return isFinite(truncated) ? truncated : x;
}

export function roundInt32Digits(x: i32, digits: i32, state: usize): i32 {
  if (digits >= 0) return x;
  if (digits <= -ALL_DIGITS) return 0;
  const unit = unchecked(INTEGER_POWERS[-digits]);
  const rounded = roundDivide(x, unit) * unit;
  if (rounded != <i64>(<i32>rounded)) fail(state, RESULT_OUT_OF_RANGE);
  return <i32>rounded;
}

export function roundInt64Digits(x: i64, digits: i32, state: usize): i64 {
  if (digits >= 0) return x;
  if (digits <= -ALL_DIGITS) return 0;
  const unit = unchecked(INTEGER_POWERS[-digits]);
  const rounded = roundDivide(x, unit) * unit;
  // Rounding moves by less than 10^18, so a result that left the range has the other sign.
  if (rounded != 0 && (rounded ^ x) < 0) fail(state, RESULT_OUT_OF_RANGE);
  return rounded;
}

export function truncInt32Digits(x: i32, digits: i32, state: usize): i32 {
  return <i32>truncInt64Digits(x, digits, state);
}

export function truncInt64Digits(x: i64, digits: i32, state: usize): i64 {
  if (digits >= 0) return x;
  if (digits <= -ALL_DIGITS) return 0;
  const unit = unchecked(INTEGER_POWERS[-digits]);
  return (x / unit) * unit;
}

export function evenFloat64(x: f64, state: usize): f64 {
  return 2 * (x < 0 ? floor(floor(x) / 2) : ceil(ceil(x) / 2));
}
