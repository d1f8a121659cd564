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

const EPOCH_JULIAN_DAY: i64 = 2440588;
const DAY: i64 = 86400000000;
/** More days than these do not fit 64 bits of µs. */
const MOST_DAYS: i64 = 106751991;

/**
 * INT96: nanoseconds of the day in 8 bytes, cut off towards zero, then the Julian day without a sign in 4. Gives the
 * index of the first value that does not fit, or `count`.
 */
export function parquetInt96(source: usize, target: usize, count: u32): u32 {
  for (let index: u32 = 0; index < count; index++, source += 12) {
    const time = load<i64>(source) / 1000;
    const days = <i64>load<u32>(source, 8) - EPOCH_JULIAN_DAY;
    const start = days * DAY, value = start + time;
    if (i32(abs(days) > MOST_DAYS) | i32(((start ^ value) & (time ^ value)) < 0) | i32(value == i64.MIN_VALUE)) return index;
    store<i64>(target + (<usize>index << 3), value);
  }
  return count;
}
