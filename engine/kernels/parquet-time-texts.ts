// Times of day as DuckDB prints them: HH:MM:SS, the fraction without trailing zeros, and +00 where they are of UTC.

/** The room that a text takes at most. */
const LONGEST: usize = 21;

// @ts-ignore: decorator
@inline
function putPair(at: usize, value: u32): void {
  store<u8>(at, <u8>(value / 10) + 48);
  store<u8>(at, <u8>(value % 10) + 48, 1);
}

/** Writes one text; gives where it ends. `value` has `digits` digits of fractions of a second. */
function putTime(value: u64, unitsASecond: u64, digits: i32, utc: u32, at: usize): usize {
  const seconds = <u32>(value / unitsASecond);
  let fraction = <u32>(value % unitsASecond);
  putPair(at, seconds / 3600);
  store<u8>(at, 58, 2);
  putPair(at + 3, (seconds / 60) % 60);
  store<u8>(at, 58, 5);
  putPair(at + 6, seconds % 60);
  at += 8;
  if (fraction) {
    store<u8>(at++, 46);
    for (; fraction % 10 == 0; fraction /= 10) digits--;
    at += digits;
    for (let i = 1; i <= digits; i++, fraction /= 10) store<u8>(at - i, <u8>(fraction % 10) + 48);
  }
  if (utc) {
    store<u16>(at, 0x302b);
    store<u8>(at, 48, 2);
    at += 3;
  }
  return at;
}

/**
 * Texts of times that are stored with 3 digits of fractions of a second in 32 bits, or with 6 or 9 in 64. Each takes up
 * to 21 bytes of `target`. Gives the index of the first value that is no time of day, or `count`.
 */
export function parquetTimeTexts(
  source: usize, digits: i32, utc: u32, target: usize, addresses: usize, lengths: usize, count: u32,
): u32 {
  const unitsASecond: u64 = digits == 3 ? 1000 : digits == 6 ? 1000000 : 1000000000;
  for (let index: u32 = 0; index < count; index++) {
    // A negative time is more than a day, too.
    const value = digits == 3
      ? <u64><i64>load<i32>(source + (<usize>index << 2))
      : load<u64>(source + (<usize>index << 3));
    if (value > 86400 * unitsASecond) return index;
    const at = target + LONGEST * index;
    store<u32>(addresses + (<usize>index << 2), <u32>at);
    store<u32>(lengths + (<usize>index << 2), <u32>(putTime(value, unitsASecond, digits, utc, at) - at));
  }
  return count;
}
