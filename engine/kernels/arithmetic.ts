/** Exact test behind the cheap one in compiled code: 1 when a x b does not fit 64 bits. */
export function multiplyOverflows(a: i64, b: i64): i32 {
  if (a == 0 || b == 0) return 0;
  if ((a == -1 && b == i64.MIN_VALUE) || (b == -1 && a == i64.MIN_VALUE)) return 1;
  if (a == -1 || b == -1) return 0;
  return (a * b) / b != a ? 1 : 0;
}

/** The remainder of truncated division, as C's fmod. */
export function remainder(a: f64, b: f64): f64 {
  return a % b;
}

/** Unscaled decimal divided by 10^k, rounded half away from zero. */
export function roundDivide(value: i64, divisor: i64): i64 {
  const quotient = value / divisor, rest = value % divisor;
  const magnitude = rest < 0 ? -rest : rest;
  return magnitude >= divisor - magnitude ? quotient + (value < 0 ? -1 : 1) : quotient;
}
