// Roundings of decimals of two words (query/rounding-functions.ts): unscaled value, unit to cut off, factor; both
// constants are powers of ten, or 0 for a factor that leaves nothing.
import { giveWide } from './call-state';
import { divideRoundingWide, moduloWide, multiplyWide } from './wide-decimals';

/** The high word of the result that was given last. */
// @ts-ignore: decorator
@inline
function givenHigh(state: usize): i64 {
  return load<i64>(state, 16);
}

export function absWide(low: u64, high: i64, state: usize): i64 {
  if (high >= 0) return giveWide(state, low, high);
  return giveWide(state, 0 - low, ~high + i64(low == 0));
}

/** (value - value % unit) / unit + step, where step is -1, 0 or 1. */
function divideStepping(low: u64, high: i64, unitLow: u64, unitHigh: i64, restLow: u64, restHigh: i64, step: i64, state: usize): i64 {
  const wholeLow = low - restLow, wholeHigh = high - restHigh - i64(low < restLow);
  const quotientLow = <u64>divideRoundingWide(wholeLow, wholeHigh, unitLow, unitHigh, state);
  const resultLow = quotientLow + <u64>step;
  const carry = i64(resultLow < quotientLow);
  // A step of -1 is all ones in both words.
  return giveWide(state, resultLow, givenHigh(state) + (step >> 63) + carry);
}

export function ceilWide(low: u64, high: i64, unitLow: u64, unitHigh: i64, state: usize): i64 {
  const restLow = <u64>moduloWide(low, high, unitLow, unitHigh, state), restHigh = givenHigh(state);
  const step = i64(restHigh > 0 || (restHigh == 0 && restLow != 0));
  return divideStepping(low, high, unitLow, unitHigh, restLow, restHigh, step, state);
}

export function floorWide(low: u64, high: i64, unitLow: u64, unitHigh: i64, state: usize): i64 {
  const restLow = <u64>moduloWide(low, high, unitLow, unitHigh, state), restHigh = givenHigh(state);
  return divideStepping(low, high, unitLow, unitHigh, restLow, restHigh, -i64(restHigh < 0), state);
}

/** Fails when the result has more than 38 digits. */
export function roundWide(low: u64, high: i64, unitLow: u64, unitHigh: i64, factorLow: u64, factorHigh: i64, state: usize): i64 {
  const quotient = divideRoundingWide(low, high, unitLow, unitHigh, state);
  return multiplyWide(<u64>quotient, givenHigh(state), factorLow, factorHigh, state);
}

export function truncWide(low: u64, high: i64, unitLow: u64, unitHigh: i64, factorLow: u64, factorHigh: i64, state: usize): i64 {
  const restLow = <u64>moduloWide(low, high, unitLow, unitHigh, state), restHigh = givenHigh(state);
  const quotient = divideStepping(low, high, unitLow, unitHigh, restLow, restHigh, 0, state);
  return multiplyWide(<u64>quotient, givenHigh(state), factorLow, factorHigh, state);
}
