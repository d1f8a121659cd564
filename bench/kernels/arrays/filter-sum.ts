// The sum of those of n f64 that are below LIMIT. Branch-free: the values are random, so a branch would be mispredicted
// every other time. V8 on x64 makes a branch of `select` over f64, hence the mask.

const LIMIT: f64 = 500;

function keep(value: f64): f64 {
  return reinterpret<f64>(reinterpret<i64>(value) & -(<i64>(value < LIMIT)));
}

export function filter_sum(values: usize, n: i32, _second: usize, _m: i32, out: usize): void {
  let at = values;
  const end = values + ((<usize>n) << 3);
  let total: f64 = 0;
  if (ASC_FEATURE_SIMD) {
    let a = f64x2.splat(0),
      b = f64x2.splat(0),
      c = f64x2.splat(0),
      d = f64x2.splat(0);
    const limits = f64x2.splat(LIMIT);
    const blocks = values + ((<usize>(n & ~7)) << 3);
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
    total = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  } else {
    let a: f64 = 0,
      b: f64 = 0,
      c: f64 = 0,
      d: f64 = 0;
    const blocks = values + ((<usize>(n & ~3)) << 3);
    while (at < blocks) {
      a += keep(load<f64>(at));
      b += keep(load<f64>(at, 8));
      c += keep(load<f64>(at, 16));
      d += keep(load<f64>(at, 24));
      at += 32;
    }
    total = a + b + (c + d);
  }
  while (at < end) {
    total += keep(load<f64>(at));
    at += 8;
  }
  store<f64>(out, total);
}
