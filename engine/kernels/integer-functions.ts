// Functions of whole numbers and of their bits (query/integer-functions.ts).
import { multiplyOverflows } from './arithmetic';
import { fail, giveWide, INPUT_OUT_OF_RANGE, RESULT_OUT_OF_RANGE } from './call-state';

/** Not negative, but for the least bigint where no other number is the result. */
function divisor(a: i64, b: i64): i64 {
  while (b != 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a < 0 ? -a : a;
}

export function gcdInt64(a: i64, b: i64, state: usize): i64 {
  const common = divisor(a, b);
  if (common < 0) fail(state, RESULT_OUT_OF_RANGE);
  return common;
}

export function lcmInt64(a: i64, b: i64, state: usize): i64 {
  if (a == 0 || b == 0) return 0;
  const common = divisor(a, b);
  const quotient = common < 0 ? 1 : a / common;
  const multiple = quotient * b;
  if (multiplyOverflows(quotient, b) || multiple == i64.MIN_VALUE) fail(state, RESULT_OUT_OF_RANGE);
  return multiple < 0 ? -multiple : multiple;
}

/** A wide result: 33! has 122 bits. */
export function factorialInt32(n: i32, state: usize): i64 {
  if (n < 0) fail(state, INPUT_OUT_OF_RANGE);
  if (n > 33) {
    fail(state, RESULT_OUT_OF_RANGE);
    return 0;
  }
  let low: u64 = 1, high: u64 = 0;
  for (let i: u64 = 2; i <= <u64>max(n, 0); i++) {
    const lower = (low & 0xffffffff) * i;
    const upper = (low >> 32) * i + (lower >> 32);
    low = (upper << 32) | (lower & 0xffffffff);
    high = high * i + (upper >> 32);
  }
  return giveWide(state, low, <i64>high);
}

export function andInt32(a: i32, b: i32, state: usize): i32 {
  return a & b;
}

export function andInt64(a: i64, b: i64, state: usize): i64 {
  return a & b;
}

export function orInt32(a: i32, b: i32, state: usize): i32 {
  return a | b;
}

export function orInt64(a: i64, b: i64, state: usize): i64 {
  return a | b;
}

export function xorInt32(a: i32, b: i32, state: usize): i32 {
  return a ^ b;
}

export function xorInt64(a: i64, b: i64, state: usize): i64 {
  return a ^ b;
}

/** Fails where bits would be lost or the sign would change. */
export function shiftLeftInt32(a: i32, by: i32, state: usize): i32 {
  if (a < 0 || by < 0 || (by > 31 && a != 0)) fail(state, INPUT_OUT_OF_RANGE);
  else if (a != 0 && clz(a) <= by) fail(state, RESULT_OUT_OF_RANGE);
  return by > 31 ? 0 : a << by;
}

export function shiftLeftInt64(a: i64, by: i64, state: usize): i64 {
  if (a < 0 || by < 0 || (by > 63 && a != 0)) fail(state, INPUT_OUT_OF_RANGE);
  else if (a != 0 && clz(a) <= by) fail(state, RESULT_OUT_OF_RANGE);
  return by > 63 ? 0 : a << by;
}

export function shiftRightInt32(a: i32, by: i32, state: usize): i32 {
  return <u32>by > 31 ? 0 : a >> by;
}

export function shiftRightInt64(a: i64, by: i64, state: usize): i64 {
  return <u64>by > 63 ? 0 : a >> by;
}

export function bitCountInt32(a: i32, state: usize): i32 {
  return popcnt(a);
}

export function bitCountInt64(a: i64, state: usize): i32 {
  return <i32>popcnt(a);
}
