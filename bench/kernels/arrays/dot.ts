// The dot product of two arrays of n f64.

export function dot(first: usize, n: i32, second: usize, _m: i32, out: usize): void {
  let at = first;
  const end = first + ((<usize>n) << 3);
  const apart = second - first;
  let total: f64 = 0;
  if (ASC_FEATURE_SIMD) {
    let a = f64x2.splat(0),
      b = f64x2.splat(0),
      c = f64x2.splat(0),
      d = f64x2.splat(0);
    const blocks = first + ((<usize>(n & ~7)) << 3);
    while (at < blocks) {
      const other = at + apart;
      a = f64x2.add(a, f64x2.mul(v128.load(at), v128.load(other)));
      b = f64x2.add(b, f64x2.mul(v128.load(at, 16), v128.load(other, 16)));
      c = f64x2.add(c, f64x2.mul(v128.load(at, 32), v128.load(other, 32)));
      d = f64x2.add(d, f64x2.mul(v128.load(at, 48), v128.load(other, 48)));
      at += 64;
    }
    a = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
    total = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  } else {
    let a: f64 = 0,
      b: f64 = 0,
      c: f64 = 0,
      d: f64 = 0;
    const blocks = first + ((<usize>(n & ~3)) << 3);
    while (at < blocks) {
      const other = at + apart;
      a += load<f64>(at) * load<f64>(other);
      b += load<f64>(at, 8) * load<f64>(other, 8);
      c += load<f64>(at, 16) * load<f64>(other, 16);
      d += load<f64>(at, 24) * load<f64>(other, 24);
      at += 32;
    }
    total = a + b + (c + d);
  }
  while (at < end) {
    total += load<f64>(at) * load<f64>(at + apart);
    at += 8;
  }
  store<f64>(out, total);
}
