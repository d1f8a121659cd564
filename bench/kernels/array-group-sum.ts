// Sum of n f64 at `values` by the group number (i32, below 16) at `keys`. The first 16 f64 at `sums` are the result; it
// has room for four tables, because additions into one table wait for each other whenever a group comes twice in a row.

const GROUPS: i32 = 16;
const TABLE: usize = 128; // 16 groups of 8 bytes

function clear(sums: usize): void {
  memory.fill(sums, 0, TABLE * 4);
}

function add(table: usize, group: i32, value: f64): void {
  const slot = table + ((<usize>group) << 3);
  store<f64>(slot, load<f64>(slot) + value);
}

export function scalar(keys: usize, values: usize, n: i32, sums: usize): void {
  clear(sums);
  const blocks = n & ~3;
  let i: i32 = 0;
  while (i < blocks) {
    add(sums, load<i32>(keys), load<f64>(values));
    add(sums + TABLE, load<i32>(keys, 4), load<f64>(values, 8));
    add(sums + TABLE * 2, load<i32>(keys, 8), load<f64>(values, 16));
    add(sums + TABLE * 3, load<i32>(keys, 12), load<f64>(values, 24));
    keys += 16;
    values += 32;
    i += 4;
  }
  while (i < n) {
    add(sums, load<i32>(keys), load<f64>(values));
    keys += 4;
    values += 8;
    i++;
  }
  for (let g: usize = 0; g < <usize>GROUPS; g++) {
    const slot = sums + (g << 3);
    store<f64>(slot, load<f64>(slot) + load<f64>(slot, 128) + (load<f64>(slot, 256) + load<f64>(slot, 384)));
  }
}

// WASM has no scatter: what SIMD can do here is to load four keys and two values at a time, and to merge the tables.
export function simd(keys: usize, values: usize, n: i32, sums: usize): void {
  clear(sums);
  const blocks = n & ~3;
  let i: i32 = 0;
  while (i < blocks) {
    const four = i32x4.shl(v128.load(keys), 3);
    const v = v128.load(values),
      w = v128.load(values, 16);
    const a = sums + <usize>i32x4.extract_lane(four, 0);
    store<f64>(a, load<f64>(a) + f64x2.extract_lane(v, 0));
    const b = sums + <usize>i32x4.extract_lane(four, 1);
    store<f64>(b, load<f64>(b, 128) + f64x2.extract_lane(v, 1), 128);
    const c = sums + <usize>i32x4.extract_lane(four, 2);
    store<f64>(c, load<f64>(c, 256) + f64x2.extract_lane(w, 0), 256);
    const d = sums + <usize>i32x4.extract_lane(four, 3);
    store<f64>(d, load<f64>(d, 384) + f64x2.extract_lane(w, 1), 384);
    keys += 16;
    values += 32;
    i += 4;
  }
  while (i < n) {
    add(sums, load<i32>(keys), load<f64>(values));
    keys += 4;
    values += 8;
    i++;
  }
  for (let g: usize = 0; g < <usize>GROUPS; g += 2) {
    const slot = sums + (g << 3);
    const low = f64x2.add(v128.load(slot), v128.load(slot, 128));
    const high = f64x2.add(v128.load(slot, 256), v128.load(slot, 384));
    v128.store(slot, f64x2.add(low, high));
  }
}
