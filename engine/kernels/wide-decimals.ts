import { fail, giveWide, RESULT_OUT_OF_RANGE } from './call-state';
import { multiplyHigh } from './wide-multiply';

// Arithmetic of 128 bits, two's complement, as a low and a high word; decimals are less than 10^38 in magnitude.

/** 10^38. */
const LIMIT_HIGH: u64 = 0x4b3b4ca85a86c47a;
const LIMIT_LOW: u64 = 0x098a224000000000;

// A second result of the functions below.
let quotientHigh: u64 = 0;
let restLow: u64 = 0;
let restHigh: u64 = 0;

// @ts-ignore: decorator
@inline
function magnitudeHigh(low: u64, high: i64): u64 {
  return high < 0 ? <u64>~high + u64(low == 0) : <u64>high;
}

// @ts-ignore: decorator
@inline
function magnitudeLow(low: u64, high: i64): u64 {
  return high < 0 ? 0 - low : low;
}

// @ts-ignore: decorator
@inline
function giveSigned(state: usize, low: u64, high: u64, negative: bool): i64 {
  if (!negative) return giveWide(state, low, <i64>high);
  return giveWide(state, 0 - low, <i64>(~high + u64(low == 0)));
}

/** Fails when the product has more than 38 digits. */
export function multiplyWide(aLow: u64, aHigh: i64, bLow: u64, bHigh: i64, state: usize): i64 {
  const xLow = magnitudeLow(aLow, aHigh), xHigh = magnitudeHigh(aLow, aHigh);
  const yLow = magnitudeLow(bLow, bHigh), yHigh = magnitudeHigh(bLow, bHigh);
  const low = xLow * yLow;
  let high = multiplyHigh(xLow, yLow);
  let overflow = xHigh != 0 && yHigh != 0;
  if (xHigh | yHigh) {
    const upper = xHigh | yHigh, lower = xHigh ? yLow : xLow;
    const crossed = upper * lower;
    overflow = overflow || multiplyHigh(upper, lower) != 0;
    high += crossed;
    overflow = overflow || high < crossed;
  }
  if (overflow || high > LIMIT_HIGH || (high == LIMIT_HIGH && low >= LIMIT_LOW)) fail(state, RESULT_OUT_OF_RANGE);
  return giveSigned(state, low, high, (aHigh ^ bHigh) < 0);
}

/** (high, low) / divisor where high < divisor. Source: H. S. Warren, Hacker's Delight, divlu. The rest goes to `restLow`. */
function divideByWord(high: u64, low: u64, divisor: u64): u64 {
  const shift = clz(divisor);
  divisor <<= shift;
  const upper = divisor >> 32, lower = divisor & 0xffffffff;
  const top = shift ? (high << shift) | (low >> (64 - shift)) : high;
  low <<= shift;
  const first = low >> 32, second = low & 0xffffffff;
  let q1 = top / upper, rest = top - q1 * upper;
  while (q1 >> 32 || q1 * lower > ((rest << 32) | first)) {
    q1--;
    rest += upper;
    if (rest >> 32) break;
  }
  const middle = (top << 32) + first - q1 * divisor;
  let q0 = middle / upper;
  rest = middle - q0 * upper;
  while (q0 >> 32 || q0 * lower > ((rest << 32) | second)) {
    q0--;
    rest += upper;
    if (rest >> 32) break;
  }
  restLow = ((middle << 32) + second - q0 * divisor) >> shift;
  return (q1 << 32) + q0;
}

/** The low word of the quotient of magnitudes; its high word and the rest go to globals. */
function divide(low: u64, high: u64, divisorLow: u64, divisorHigh: u64): u64 {
  quotientHigh = 0;
  restHigh = 0;
  if (divisorHigh == 0) {
    if (high == 0) {
      restLow = low % divisorLow;
      return low / divisorLow;
    }
    quotientHigh = high / divisorLow;
    return divideByWord(high % divisorLow, low, divisorLow);
  }
  if (high < divisorHigh || (high == divisorHigh && low < divisorLow)) {
    restLow = low;
    restHigh = high;
    return 0;
  }
  const shift = clz(divisorHigh);
  const top = shift ? (divisorHigh << shift) | (divisorLow >> (64 - shift)) : divisorHigh;
  let quotient = divideByWord(high >> 1, (high << 63) | (low >> 1), top) >> (63 - shift);
  if (quotient) quotient--;
  const productLow = quotient * divisorLow;
  const productHigh = quotient * divisorHigh + multiplyHigh(quotient, divisorLow);
  restLow = low - productLow;
  restHigh = high - productHigh - u64(low < productLow);
  if (restHigh > divisorHigh || (restHigh == divisorHigh && restLow >= divisorLow)) {
    quotient++;
    restHigh = restHigh - divisorHigh - u64(restLow < divisorLow);
    restLow -= divisorLow;
  }
  return quotient;
}

/** The remainder of truncated division; the divisor is not 0. */
export function moduloWide(aLow: u64, aHigh: i64, bLow: u64, bHigh: i64, state: usize): i64 {
  divide(magnitudeLow(aLow, aHigh), magnitudeHigh(aLow, aHigh), magnitudeLow(bLow, bHigh), magnitudeHigh(bLow, bHigh));
  return giveSigned(state, restLow, restHigh, aHigh < 0);
}

/** The quotient rounded half away from zero; the divisor is a power of ten. */
export function divideRoundingWide(aLow: u64, aHigh: i64, bLow: u64, bHigh: i64, state: usize): i64 {
  let low = divide(magnitudeLow(aLow, aHigh), magnitudeHigh(aLow, aHigh), bLow, <u64>bHigh);
  let high = quotientHigh;
  const missingLow = bLow - restLow, missingHigh = <u64>bHigh - restHigh - u64(bLow < restLow);
  if (restHigh > missingHigh || (restHigh == missingHigh && restLow >= missingLow)) {
    low++;
    if (low == 0) high++;
  }
  return giveSigned(state, low, high, aHigh < 0);
}

/** The nearest double of a magnitude; ties to even. */
function magnitudeToFloat64(low: u64, high: u64): f64 {
  if (high == 0) return <f64>low;
  const shift = clz(high);
  const top = shift ? (high << shift) | (low >> (64 - shift)) : high;
  // What is cut off matters only as being there: it decides ties.
  const sticky = u64((shift ? low << shift : low) != 0);
  return <f64>(top | sticky) * <f64>(<u64>1 << (63 - shift)) * 2;
}

const EXACT_DOUBLES: u64 = 1 << 53;

/** A decimal whose unit is 1 / power; beyond 2^53 units by whole and fraction, as in DuckDB. */
export function wideToFloat64(low: u64, high: i64, powerLow: u64, powerHigh: u64, power: f64): f64 {
  const magnitude = magnitudeLow(low, high), magnitudeTop = magnitudeHigh(low, high);
  let result: f64;
  if (power == 1 || (magnitudeTop == 0 && magnitude <= EXACT_DOUBLES)) {
    result = magnitudeToFloat64(magnitude, magnitudeTop) / power;
  } else {
    const whole = divide(magnitude, magnitudeTop, powerLow, powerHigh);
    result = magnitudeToFloat64(whole, quotientHigh) + magnitudeToFloat64(restLow, restHigh) / power;
  }
  return high < 0 ? -result : result;
}

/** A whole double of a magnitude below 2^127. */
export function float64ToWide(value: f64, state: usize): i64 {
  const magnitude = abs(value);
  if (magnitude < 9007199254740992) return giveSigned(state, <u64>magnitude, 0, value < 0);
  const bits = reinterpret<u64>(magnitude);
  const mantissa = (bits & 0xfffffffffffff) | 0x10000000000000;
  const shift = (bits >> 52) - 1075;
  if (shift == 0) return giveSigned(state, mantissa, 0, value < 0);
  if (shift >= 64) return giveSigned(state, 0, mantissa << (shift - 64), value < 0);
  return giveSigned(state, mantissa << shift, mantissa >> (64 - shift), value < 0);
}
