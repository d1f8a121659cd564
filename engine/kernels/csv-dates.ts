import { parseFields } from './csv-parse';
import { areDigits, lastDigits, pairsOf, powerOfTen, valueOf } from './digits';

/** Of months 0 to 12: the days from 1 March to the month's first day, times 32, plus its greatest day; month 0 has none. */
const MONTHS: usize = memory.data<u16>([
  0, 306 * 32 + 31, 337 * 32 + 29, 31, 31 * 32 + 30, 61 * 32 + 31, 92 * 32 + 30, 122 * 32 + 31, 153 * 32 + 31,
  184 * 32 + 30, 214 * 32 + 31, 245 * 32 + 30, 275 * 32 + 31,
]);

/** Days from 0000-03-01 to 1970-01-01. */
const EPOCH: i32 = 719468;
export const NOT_A_DATE: i32 = i32.MIN_VALUE;

// Of the 16 bytes where a date stands: what its form has there, with 0 for digits; how much a byte may differ from that;
// where the digits stand; what pairs of them weigh.
const DATE_FORM: usize = memory.data<u64>([0x2d30302d30303030, 0x3030], 16);
const DATE_BOUNDS: usize = memory.data<u64>([0x0009090009090909, 0xffffffffffff0909], 16);
const DATE_DIGITS: usize = memory.data<u64>([0x0908060503020100, ~0], 16);
const DATE_WEIGHTS: usize = memory.data<u16>([100, 1, 256, 1, 0, 0, 0, 0], 16);

/**
 * Days since 1970-01-01 of the YYYY-MM-DD at an address, years 1 to 9999; NOT_A_DATE otherwise. Years begin in March, after
 * H. Hinnant, "chrono-compatible low-level date algorithms".
 */
// @ts-ignore: decorator
@inline
export function dateAt(start: usize): i32 {
  const bytes = v128.xor(v128.load(start), v128.load(DATE_FORM));
  if (v128.any_true(i8x16.sub_sat_u(bytes, v128.load(DATE_BOUNDS)))) return NOT_A_DATE;
  const pairs = pairsOf(i8x16.swizzle(bytes, v128.load(DATE_DIGITS)));
  const parts = <u64>i64x2.extract_lane(i32x4.dot_i16x8_s(pairs, v128.load(DATE_WEIGHTS)), 0);
  const year = <u32>parts, month = <u32>(parts >> 40), day = <u32>(parts >> 32) & 0xff;
  if (i32(month > 12) | i32(year == 0)) return NOT_A_DATE;
  const entry = <u32>load<u16>(MONTHS + (<usize>month << 1));
  if (day - 1 >= (entry & 31)) return NOT_A_DATE;
  if (i32(day == 29) & i32(month == 2)) {
    if (i32(year % 4 != 0) | (i32(year % 100 == 0) & i32(year % 400 != 0))) return NOT_A_DATE;
  }
  const shifted = year - u32(month <= 2), century = shifted / 100;
  return <i32>(365 * shifted + (shifted >> 2) - century + (century >> 2) + (entry >> 5) + day) - (EPOCH + 1);
}

// @ts-ignore: decorator
@unmanaged
class DateParser {
  // @ts-ignore: decorator
  @inline
  parse(start: usize, stop: usize, out: usize, scale: u32, limit: u64, mark: u32): bool {
    if (stop - start != 10) return false;
    const days = dateAt(start);
    store<i32>(out, days);
    return days != NOT_A_DATE;
  }

  // @ts-ignore: decorator
  @inline
  parseOdd(start: usize, stop: usize, out: usize, scale: u32, limit: u64, mark: u32): bool {
    return false;
  }
}

/** YYYY-MM-DD, to i32 days since 1970-01-01. */
export function csvParseDate(starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize): u32 {
  return parseFields<DateParser, i32>(starts, stops, rows, from, count, values, validity, facts, 0, 0, 0);
}

// The same of the 16 bytes that end where HH:MM:SS does, and the greatest hour, minute and second.
const CLOCK_FORM: usize = memory.data<u64>([0, 0x30303a30303a3030], 16);
const CLOCK_BOUNDS: usize = memory.data<u64>([~0, 0x0909000909000909], 16);
const CLOCK_DIGITS: usize = memory.data<u64>([0xffff0f0e0c0b0908, ~0], 16);
const CLOCK_LAST: usize = memory.data<u16>([23, 59, 59, 0, 0, 0, 0, 0], 16);
const CLOCK_WEIGHTS: usize = memory.data<u16>([3600, 60, 1, 0, 0, 0, 0, 0], 16);

/** µs of a point and the digits behind it, as far as there are six; -1 for anything else. */
function fractionBetween(start: usize, stop: usize): i64 {
  const length = stop - start - 1;
  if (length > 16 || load<u8>(start) != 46) return -1;
  const digits = lastDigits(stop, length);
  if (!areDigits(digits)) return -1;
  const value = valueOf(digits);
  return length > 6 ? value / powerOfTen(<u32>length - 6) : value * powerOfTen(6 - <u32>length);
}

/** Reads a timestamp and stores its µs since 1970-01-01 at `out`; false for anything but the usual forms. */
// @ts-ignore: decorator
@inline
export function timestampBetween(start: usize, stop: usize, out: usize): bool {
  const length = stop - start;
  if (i32(length < 19) & i32(length != 10)) return false;
  const days = dateAt(start);
  if (days == NOT_A_DATE) return false;
  let micros = <i64>days * 86_400_000_000;
  if (length > 10) {
    const between = load<u8>(start, 10);
    if (i32(between != 32) & i32(between != 84)) return false;
    const bytes = v128.xor(v128.load(start, 3), v128.load(CLOCK_FORM));
    if (v128.any_true(i8x16.sub_sat_u(bytes, v128.load(CLOCK_BOUNDS)))) return false;
    const pairs = pairsOf(i8x16.swizzle(bytes, v128.load(CLOCK_DIGITS)));
    if (v128.any_true(i16x8.gt_u(pairs, v128.load(CLOCK_LAST)))) return false;
    const parts = <u64>i64x2.extract_lane(i32x4.dot_i16x8_s(pairs, v128.load(CLOCK_WEIGHTS)), 0);
    micros += <i64>((parts & 0xffffffff) + (parts >> 32)) * 1_000_000;
    if (length > 19) {
      stop -= usize(load<u8>(stop - 1) == 90);
      const fraction = stop - start == 19 ? 0 : fractionBetween(start + 19, stop);
      if (fraction < 0) return false;
      micros += fraction;
    }
  }
  store<i64>(out, micros);
  return true;
}

// @ts-ignore: decorator
@unmanaged
class TimestampParser {
  // @ts-ignore: decorator
  @inline
  parse(start: usize, stop: usize, out: usize, scale: u32, limit: u64, mark: u32): bool {
    return timestampBetween(start, stop, out);
  }

  // @ts-ignore: decorator
  @inline
  parseOdd(start: usize, stop: usize, out: usize, scale: u32, limit: u64, mark: u32): bool {
    return false;
  }
}

/** YYYY-MM-DD, with HH:MM:SS[.fraction][Z] behind a blank or T or without, to i64 µs since 1970-01-01. */
export function csvParseTimestamp(starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize): u32 {
  return parseFields<TimestampParser, i64>(starts, stops, rows, from, count, values, validity, facts, 0, 0, 0);
}
