// Sum of those of n f64 at `at` that are below `limit`. Branch-free: the values are random, so a branch would be
// mispredicted every other time. V8 on x64 makes a branch of `select` over f64, hence the mask.

function keep(value: f64, limit: f64): f64 {
  return reinterpret<f64>(reinterpret<i64>(value) & -(<i64>(value < limit)));
}

export function scalar(at: usize, n: i32, limit: f64): f64 {
  let a: f64 = 0,
    b: f64 = 0,
    c: f64 = 0,
    d: f64 = 0;
  const end = at + ((<usize>n) << 3);
  const blocks = at + ((<usize>(n & ~3)) << 3);
  while (at < blocks) {
    const v = load<f64>(at),
      w = load<f64>(at, 8),
      x = load<f64>(at, 16),
      y = load<f64>(at, 24);
    a += keep(v, limit);
    b += keep(w, limit);
    c += keep(x, limit);
    d += keep(y, limit);
    at += 32;
  }
  while (at < end) {
    const v = load<f64>(at);
    a += keep(v, limit);
    at += 8;
  }
  return a + b + (c + d);
}

export function simd(at: usize, n: i32, limit: f64): f64 {
  let a = f64x2.splat(0),
    b = f64x2.splat(0),
    c = f64x2.splat(0),
    d = f64x2.splat(0);
  const limits = f64x2.splat(limit);
  const end = at + ((<usize>n) << 3);
  const blocks = at + ((<usize>(n & ~7)) << 3);
  while (at < blocks) {
    const v = v128.load(at),
      w = v128.load(at, 16),
      x = v128.load(at, 32),
      y = v128.load(at, 48);
    a = f64x2.add(a, v128.and(v, f64x2.lt(v, limits)));
    b = f64x2.add(b, v128.and(w, f64x2.lt(w, limits)));
    c = f64x2.add(c, v128.and(x, f64x2.lt(x, limits)));
    d = f64x2.add(d, v128.and(y, f64x2.lt(y, limits)));
    at += 64;
  }
  a = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  let sum = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  while (at < end) {
    const v = load<f64>(at);
    sum += keep(v, limit);
    at += 8;
  }
  return sum;
}
