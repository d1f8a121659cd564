// Functions of real numbers (query/real-functions.ts): AssemblyScript's Math is musl's libm.
import {
  fail,
  INPUT_OUT_OF_RANGE,
  LOGARITHM_OF_NEGATIVE,
  LOGARITHM_OF_ZERO,
  SQUARE_ROOT_OF_NEGATIVE,
} from './call-state';

const DEGREES_PER_RADIAN: f64 = 57.29577951308232;
const RADIANS_PER_DEGREE: f64 = 0.017453292519943295;

export function sqrtFloat64(x: f64, state: usize): f64 {
  if (x < 0) fail(state, SQUARE_ROOT_OF_NEGATIVE);
  return sqrt(x);
}

export function cbrtFloat64(x: f64, state: usize): f64 {
  return Math.cbrt(x);
}

export function expFloat64(x: f64, state: usize): f64 {
  return Math.exp(x);
}

/** As C: 1 to any power is 1, and -1 to an infinity; the root of a negative number is nan. */
export function powFloat64(x: f64, y: f64, state: usize): f64 {
  if (x == 1 || (x == -1 && abs(y) == Infinity)) return 1;
  if (y == 0.5 && x < 0 && x != -Infinity) return NaN;
  return Math.pow(x, y);
}

// @ts-ignore: decorator
@inline
function checkPositive(x: f64, state: usize): void {
  if (x <= 0) fail(state, x < 0 ? LOGARITHM_OF_NEGATIVE : LOGARITHM_OF_ZERO);
}

export function lnFloat64(x: f64, state: usize): f64 {
  checkPositive(x, state);
  return Math.log(x);
}

export function log2Float64(x: f64, state: usize): f64 {
  checkPositive(x, state);
  return Math.log2(x);
}

export function log10Float64(x: f64, state: usize): f64 {
  checkPositive(x, state);
  return Math.log10(x);
}

export function logFloat64(base: f64, x: f64, state: usize): f64 {
  // The last failure counts: that of the base.
  checkPositive(x, state);
  if (base == 1) fail(state, INPUT_OUT_OF_RANGE);
  checkPositive(base, state);
  return Math.log10(x) / Math.log10(base);
}

// @ts-ignore: decorator
@inline
function checkFinite(x: f64, state: usize): void {
  if (abs(x) == Infinity) fail(state, INPUT_OUT_OF_RANGE);
}

export function sinFloat64(x: f64, state: usize): f64 {
  checkFinite(x, state);
  return Math.sin(x);
}

export function cosFloat64(x: f64, state: usize): f64 {
  checkFinite(x, state);
  return Math.cos(x);
}

export function tanFloat64(x: f64, state: usize): f64 {
  checkFinite(x, state);
  return Math.tan(x);
}

export function cotFloat64(x: f64, state: usize): f64 {
  checkFinite(x, state);
  if (x == 0) fail(state, INPUT_OUT_OF_RANGE);
  return 1 / Math.tan(x);
}

/** nan passes. */
// @ts-ignore: decorator
@inline
function checkWithinOne(x: f64, state: usize): void {
  if (abs(x) > 1) fail(state, INPUT_OUT_OF_RANGE);
}

export function asinFloat64(x: f64, state: usize): f64 {
  checkWithinOne(x, state);
  return Math.asin(x);
}

export function acosFloat64(x: f64, state: usize): f64 {
  checkWithinOne(x, state);
  return Math.acos(x);
}

export function atanFloat64(x: f64, state: usize): f64 {
  return Math.atan(x);
}

export function atan2Float64(y: f64, x: f64, state: usize): f64 {
  return Math.atan2(y, x);
}

export function degreesFloat64(x: f64, state: usize): f64 {
  return x * DEGREES_PER_RADIAN;
}

export function radiansFloat64(x: f64, state: usize): f64 {
  return x * RADIANS_PER_DEGREE;
}

export function isNanFloat64(x: f64, state: usize): i32 {
  return i32(x != x);
}

export function isInfiniteFloat64(x: f64, state: usize): i32 {
  return i32(abs(x) == Infinity);
}

export function isFiniteFloat64(x: f64, state: usize): i32 {
  return i32(abs(x) < Infinity);
}

export function neverDate(days: i32, state: usize): i32 {
  return 0;
}

export function neverTimestamp(micros: i64, state: usize): i32 {
  return 0;
}

export function alwaysDate(days: i32, state: usize): i32 {
  return 1;
}

export function alwaysTimestamp(micros: i64, state: usize): i32 {
  return 1;
}
