// The least and the greatest of n f64, Infinity and -Infinity where there are none. NaNs are passed over: a comparison
// with one is false. `pmin` and `pmax` are this comparison, one instruction on x64 where `min` and `max` are several.

function lesser(a: f64, b: f64): f64 {
  return b < a ? b : a;
}

function greater(a: f64, b: f64): f64 {
  return a < b ? b : a;
}

export function min_max(values: usize, n: i32, _second: usize, _m: i32, out: usize): void {
  let at = values;
  const end = values + ((<usize>n) << 3);
  let least = Infinity;
  let most = -Infinity;
  if (ASC_FEATURE_SIMD) {
    let a = f64x2.splat(Infinity),
      b = a,
      c = a,
      d = a;
    let e = f64x2.splat(-Infinity),
      f = e,
      g = e,
      h = e;
    const blocks = values + ((<usize>(n & ~7)) << 3);
    while (at < blocks) {
      const v = v128.load(at),
        w = v128.load(at, 16),
        x = v128.load(at, 32),
        y = v128.load(at, 48);
      a = f64x2.pmin(a, v);
      b = f64x2.pmin(b, w);
      c = f64x2.pmin(c, x);
      d = f64x2.pmin(d, y);
      e = f64x2.pmax(e, v);
      f = f64x2.pmax(f, w);
      g = f64x2.pmax(g, x);
      h = f64x2.pmax(h, y);
      at += 64;
    }
    a = f64x2.pmin(f64x2.pmin(a, b), f64x2.pmin(c, d));
    e = f64x2.pmax(f64x2.pmax(e, f), f64x2.pmax(g, h));
    least = lesser(f64x2.extract_lane(a, 0), f64x2.extract_lane(a, 1));
    most = greater(f64x2.extract_lane(e, 0), f64x2.extract_lane(e, 1));
  } else {
    // A new least or greatest is rare, so that one branch for four values is predicted.
    const blocks = values + ((<usize>(n & ~3)) << 3);
    while (at < blocks) {
      const v = load<f64>(at),
        w = load<f64>(at, 8),
        x = load<f64>(at, 16),
        y = load<f64>(at, 24);
      if (v < least || w < least || x < least || y < least || v > most || w > most || x > most || y > most) {
        least = lesser(lesser(lesser(lesser(least, v), w), x), y);
        most = greater(greater(greater(greater(most, v), w), x), y);
      }
      at += 32;
    }
  }
  while (at < end) {
    const v = load<f64>(at);
    if (v < least) least = v;
    if (v > most) most = v;
    at += 8;
  }
  store<f64>(out, least);
  store<f64>(out, most, 8);
}
