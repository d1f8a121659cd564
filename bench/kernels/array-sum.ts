// Sum of n f64 at `at`. Four accumulators hide the latency of addition; JavaScript's loop has four as well.

export function scalar(at: usize, n: i32): f64 {
  let a: f64 = 0,
    b: f64 = 0,
    c: f64 = 0,
    d: f64 = 0;
  const end = at + ((<usize>n) << 3);
  const blocks = at + ((<usize>(n & ~3)) << 3);
  while (at < blocks) {
    a += load<f64>(at);
    b += load<f64>(at, 8);
    c += load<f64>(at, 16);
    d += load<f64>(at, 24);
    at += 32;
  }
  while (at < end) {
    a += load<f64>(at);
    at += 8;
  }
  return a + b + (c + d);
}

export function simd(at: usize, n: i32): f64 {
  let a = f64x2.splat(0),
    b = f64x2.splat(0),
    c = f64x2.splat(0),
    d = f64x2.splat(0);
  const end = at + ((<usize>n) << 3);
  const blocks = at + ((<usize>(n & ~7)) << 3);
  while (at < blocks) {
    a = f64x2.add(a, v128.load(at));
    b = f64x2.add(b, v128.load(at, 16));
    c = f64x2.add(c, v128.load(at, 32));
    d = f64x2.add(d, v128.load(at, 48));
    at += 64;
  }
  a = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  let sum = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  while (at < end) {
    sum += load<f64>(at);
    at += 8;
  }
  return sum;
}
