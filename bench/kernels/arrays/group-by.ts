// The sum of n f64 by their group number (i32, below 16). The first 16 f64 at `out` are the result; it has room for four
// tables, because additions into one table wait for each other whenever a group comes twice in a row.

const TABLE: usize = 128; // 16 groups of 8 bytes

function add(table: usize, group: i32, value: f64): void {
  const slot = table + ((<usize>(group & 15)) << 3);
  store<f64>(slot, load<f64>(slot) + value);
}

export function group_by(keys: usize, n: i32, values: usize, _m: i32, out: usize): void {
  memory.fill(out, 0, TABLE * 4);
  const blocks = keys + ((<usize>(n & ~3)) << 2);
  const end = keys + ((<usize>n) << 2);
  if (ASC_FEATURE_SIMD) {
    // WASM has no scatter: what SIMD can do is to load four keys and two values at a time.
    while (keys < blocks) {
      const four = v128.load(keys);
      const v = v128.load(values),
        w = v128.load(values, 16);
      add(out, i32x4.extract_lane(four, 0), f64x2.extract_lane(v, 0));
      add(out + TABLE, i32x4.extract_lane(four, 1), f64x2.extract_lane(v, 1));
      add(out + TABLE * 2, i32x4.extract_lane(four, 2), f64x2.extract_lane(w, 0));
      add(out + TABLE * 3, i32x4.extract_lane(four, 3), f64x2.extract_lane(w, 1));
      keys += 16;
      values += 32;
    }
  } else {
    while (keys < blocks) {
      add(out, load<i32>(keys), load<f64>(values));
      add(out + TABLE, load<i32>(keys, 4), load<f64>(values, 8));
      add(out + TABLE * 2, load<i32>(keys, 8), load<f64>(values, 16));
      add(out + TABLE * 3, load<i32>(keys, 12), load<f64>(values, 24));
      keys += 16;
      values += 32;
    }
  }
  while (keys < end) {
    add(out, load<i32>(keys), load<f64>(values));
    keys += 4;
    values += 8;
  }
  for (let slot = out; slot < out + TABLE; slot += 8) {
    store<f64>(slot, load<f64>(slot) + load<f64>(slot, 128) + (load<f64>(slot, 256) + load<f64>(slot, 384)));
  }
}
