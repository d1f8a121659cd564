import { parseFields } from './csv-parse';
import { areDigits, lastDigits, powerOfTen, valueOf } from './digits';

// @ts-ignore: decorator
@inline
function notDigits(bytes: u64): u64 {
  return ((bytes + 0x7676767676767676) | bytes) & 0x8080808080808080;
}

/** Of months 0 to 12: the days from 1 March to the month's first day, times 32, plus its greatest day; month 0 has none. */
const MONTHS: usize = memory.data<u16>([
  0, 306 * 32 + 31, 337 * 32 + 29, 31, 31 * 32 + 30, 61 * 32 + 31, 92 * 32 + 30, 122 * 32 + 31, 153 * 32 + 31,
  184 * 32 + 30, 214 * 32 + 31, 245 * 32 + 30, 275 * 32 + 31,
]);

/** Days from 0000-03-01 to 1970-01-01. */
const EPOCH: i32 = 719468;
export const NOT_A_DATE: i32 = i32.MIN_VALUE;

/**
 * Days since 1970-01-01 of the YYYY-MM-DD at an address, years 1 to 9999; NOT_A_DATE otherwise. Years begin in March, after
 * H. Hinnant, "chrono-compatible low-level date algorithms".
 */
// @ts-ignore: decorator
@inline
export function dateAt(start: usize): i32 {
  const head = load<u64>(start) ^ 0x2d30302d30303030; // "YYYY-MM-" minus "0000-00-"
  const digits = (head & 0xffffffff) | ((head >> 40 & 0xffff) << 32) | (<u64>(load<u16>(start, 8) ^ 0x3030) << 48);
  if (notDigits(digits) | (head & 0xff0000ff00000000)) return NOT_A_DATE;
  const pairs = digits * 10 + (digits >> 8);
  const year = ((<u32>pairs & 0x00ff00ff) * (1 + (100 << 16))) >> 16;
  const month = <u32>(pairs >> 32) & 0xff, day = <u32>(pairs >> 48) & 0xff;
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
}

/** YYYY-MM-DD, to i32 days since 1970-01-01. */
export function csvParseDate(starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize): u32 {
  return parseFields<DateParser, i32>(starts, stops, rows, from, count, values, validity, facts, 0, 0, 0);
}

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
    const clock = load<u64>(start, 11) ^ 0x30303a30303a3030; // "HH:MM:SS"
    if (i32(between != 32) & i32(between != 84)) return false;
    if (notDigits(clock) | (clock & 0x0000ff0000ff0000)) return false;
    const pairs = clock * 10 + (clock >> 8);
    const hour = <u32>pairs & 0xff, minute = <u32>(pairs >> 24) & 0xff, second = <u32>(pairs >> 48) & 0xff;
    if (i32(hour > 23) | i32(minute > 59) | i32(second > 59)) return false;
    micros += <i64>(hour * 3600 + minute * 60 + second) * 1_000_000;
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
}

/** YYYY-MM-DD, with HH:MM:SS[.fraction][Z] behind a blank or T or without, to i64 µs since 1970-01-01. */
export function csvParseTimestamp(starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize): u32 {
  return parseFields<TimestampParser, i64>(starts, stops, rows, from, count, values, validity, facts, 0, 0, 0);
}
