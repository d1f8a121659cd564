// Points in time as Parquet stores them, to µs.

const MOST_MILLISECONDS: i64 = 9223372036854775;

/** Gives the index of the first value that does not fit, or `count`. */
export function parquetMilliseconds(source: usize, target: usize, count: u32): u32 {
  for (let index: u32 = 0; index < count; index++) {
    const value = load<i64>(source + (<usize>index << 3));
    if (<u64>(value + MOST_MILLISECONDS) > 2 * MOST_MILLISECONDS) return index;
    store<i64>(target + (<usize>index << 3), value * 1000);
  }
  return count;
}

/** Nanoseconds are cut off towards zero. */
export function parquetNanoseconds(source: usize, target: usize, count: u32): void {
  for (let index: u32 = 0; index < count; index++)
    store<i64>(target + (<usize>index << 3), load<i64>(source + (<usize>index << 3)) / 1000);
}
