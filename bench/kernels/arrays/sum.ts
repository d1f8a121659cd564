// The sum of n f64. Four accumulators hide the latency of addition.

export function sum(values: usize, n: i32, _second: usize, _m: i32, out: usize): void {
  let at = values;
  const end = values + ((<usize>n) << 3);
  let total: f64 = 0;
  if (ASC_FEATURE_SIMD) {
    let a = f64x2.splat(0),
      b = f64x2.splat(0),
      c = f64x2.splat(0),
      d = f64x2.splat(0);
    const blocks = values + ((<usize>(n & ~7)) << 3);
    while (at < blocks) {
      a = f64x2.add(a, v128.load(at));
      b = f64x2.add(b, v128.load(at, 16));
      c = f64x2.add(c, v128.load(at, 32));
      d = f64x2.add(d, v128.load(at, 48));
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
      a += load<f64>(at);
      b += load<f64>(at, 8);
      c += load<f64>(at, 16);
      d += load<f64>(at, 24);
      at += 32;
    }
    total = a + b + (c + d);
  }
  while (at < end) {
    total += load<f64>(at);
    at += 8;
  }
  store<f64>(out, total);
}
