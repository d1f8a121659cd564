// The inclusive prefix sums of n f64: n f64 at `out`. Four values at a time, so that the running sum is one addition
// behind another for every four values, and not for each.

export function prefix_sum(values: usize, n: i32, _second: usize, _m: i32, out: usize): void {
  let at = values;
  let to = out;
  const end = values + ((<usize>n) << 3);
  const blocks = values + ((<usize>(n & ~3)) << 3);
  let sum: f64 = 0;
  if (ASC_FEATURE_SIMD) {
    const zero = f64x2.splat(0);
    let running = zero;
    while (at < blocks) {
      const v = v128.load(at),
        w = v128.load(at, 16);
      // Of (a, b) and (c, d): (a, a+b), (c, c+d), and behind it what the first two add up to.
      const low = f64x2.add(v, v128.shuffle<f64>(zero, v, 0, 2));
      const high = f64x2.add(w, v128.shuffle<f64>(zero, w, 0, 2));
      const highest = f64x2.add(high, v128.shuffle<f64>(low, low, 1, 1));
      v128.store(to, f64x2.add(running, low));
      v128.store(to, f64x2.add(running, highest), 16);
      running = f64x2.add(running, v128.shuffle<f64>(highest, highest, 1, 1));
      at += 32;
      to += 32;
    }
    sum = f64x2.extract_lane(running, 0);
  } else {
    while (at < blocks) {
      const a = load<f64>(at);
      const b = a + load<f64>(at, 8);
      const c = load<f64>(at, 16);
      const d = c + load<f64>(at, 24);
      store<f64>(to, sum + a);
      store<f64>(to, sum + b, 8);
      store<f64>(to, sum + (b + c), 16);
      sum += b + d;
      store<f64>(to, sum, 24);
      at += 32;
      to += 32;
    }
  }
  while (at < end) {
    sum += load<f64>(at);
    store<f64>(to, sum);
    at += 8;
    to += 8;
  }
}
