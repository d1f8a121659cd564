// How many of n f64 in [0, 1024) lie in each of 256 bins of width 4. The first 256 u32 at `out` are the result; it has
// room for four tables, because counting in one table waits for itself whenever a bin comes twice in a row.

const TABLE: usize = 1024; // 256 bins of 4 bytes

function count(table: usize, value: f64): void {
  increment(table, <i32>(value * 0.25));
}

function increment(table: usize, bin: i32): void {
  const slot = table + ((<usize>(bin & 255)) << 2);
  store<u32>(slot, load<u32>(slot) + 1);
}

export function histogram(values: usize, n: i32, _second: usize, _m: i32, out: usize): void {
  memory.fill(out, 0, TABLE * 4);
  let at = values;
  const end = values + ((<usize>n) << 3);
  const blocks = values + ((<usize>(n & ~3)) << 3);
  if (ASC_FEATURE_SIMD) {
    const scale = f64x2.splat(0.25);
    while (at < blocks) {
      const v = i32x4.trunc_sat_f64x2_s_zero(f64x2.mul(v128.load(at), scale));
      const w = i32x4.trunc_sat_f64x2_s_zero(f64x2.mul(v128.load(at, 16), scale));
      increment(out, i32x4.extract_lane(v, 0));
      increment(out + TABLE, i32x4.extract_lane(v, 1));
      increment(out + TABLE * 2, i32x4.extract_lane(w, 0));
      increment(out + TABLE * 3, i32x4.extract_lane(w, 1));
      at += 32;
    }
  } else {
    while (at < blocks) {
      count(out, load<f64>(at));
      count(out + TABLE, load<f64>(at, 8));
      count(out + TABLE * 2, load<f64>(at, 16));
      count(out + TABLE * 3, load<f64>(at, 24));
      at += 32;
    }
  }
  while (at < end) {
    count(out, load<f64>(at));
    at += 8;
  }
  for (let slot = out; slot < out + TABLE; slot += 4) {
    store<u32>(slot, load<u32>(slot) + load<u32>(slot, 1024) + (load<u32>(slot, 2048) + load<u32>(slot, 3072)));
  }
}
