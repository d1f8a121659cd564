import { QUOTED } from './csv-fields';

// Each parser turns the fields of rows[from .. count) into a dense vector. `rows` holds row numbers (u32), or is 0 for
// 0, 1, 2 … An unquoted empty field is NULL: its validity byte is 0 and its value 0. A field that the fast path does
// not understand ends the call: the number of the field is returned, the caller treats it carefully and goes on behind it.
// `facts` are 16 bytes about the vector, to which each call adds: 0 u32 number of NULLs, 8 u64 the OR of all magnitudes
// (of integers and decimals; all ones where one has 64 bits or more). Scratch bytes before each field are readable (8 of them).

const DIGITS: u64 = 0x3030303030303030;

// @ts-ignore: decorator
@inline
function rowAt(rows: usize, index: u32): usize {
  return rows ? <usize>load<u32>(rows + (<usize>index << 2)) << 2 : <usize>index << 2;
}

/** Eight decimal digits (already minus '0'), first digit in the lowest byte. */
// @ts-ignore: decorator
@inline
function eightDigits(x: u64): u64 {
  x = x * 10 + (x >> 8);
  return ((x & 0x000000ff000000ff) * (100 + (<u64>1000000 << 32)) + ((x >> 16) & 0x000000ff000000ff) * (1 + (<u64>10000 << 32))) >> 32;
}

// @ts-ignore: decorator
@inline
function notDigits(x: u64): u64 {
  return ((x + 0x7676767676767676) | x) & 0x8080808080808080;
}

// @ts-ignore: decorator
@inline
function noteMagnitudes(facts: usize, magnitudes: u64): void {
  store<u64>(facts, load<u64>(facts, 8) | magnitudes, 8);
}

// @ts-ignore: decorator
@inline
function setNull(validity: usize, index: u32, facts: usize): void {
  store<u8>(validity + index, 0);
  store<u32>(facts, load<u32>(facts) + 1);
}

/** Plain digits, at most 18, with sign; -1 in `length` means: not such a number. */
// @ts-ignore: decorator
@inline
function digitsValue(start: usize, stop: usize): u64 {
  const length = <u64>(stop - start);
  let x = load<u64>(stop - 8) ^ DIGITS;
  if (length < 8) x = (x >> (64 - 8 * length)) << (64 - 8 * length);
  if (notDigits(x)) return ~(<u64>0);
  let value = eightDigits(x) & 0xffffffff;
  if (length <= 8) return value;
  let scale: u64 = 100000000;
  for (let at = stop - 9; at >= start; at--) {
    const digit = <u64>load<u8>(at) - 48;
    if (digit > 9) return ~(<u64>0);
    value += digit * scale;
    scale *= 10;
  }
  return value;
}

/** Integers of up to 18 digits with an optional minus, to i64. */
export function csvParseInt64(starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize): u32 {
  let magnitudes: u64 = 0;
  let i = from;
  for (; i < count; i++) {
    const row = rowAt(rows, i);
    const marked = load<u32>(starts + row);
    const stop = <usize>load<u32>(stops + row);
    if (<usize>marked == stop) {
      setNull(validity, i, facts);
      store<i64>(values + (<usize>i << 3), 0);
      continue;
    }
    let start = <usize>(marked & ~QUOTED);
    const negative = load<u8>(start) == 45;
    start += usize(negative);
    if (stop - start - 1 > 17) break;
    const value = <i64>digitsValue(start, stop);
    if (value < 0) break;
    magnitudes |= value;
    store<i64>(values + (<usize>i << 3), negative ? -value : value);
    store<u8>(validity + i, 1);
  }
  noteMagnitudes(facts, magnitudes);
  return i;
}

/** Integers within 32 bits, to i32. */
export function csvParseInt32(starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize): u32 {
  for (let i = from; i < count; i++) {
    const row = rowAt(rows, i);
    const marked = load<u32>(starts + row);
    const stop = <usize>load<u32>(stops + row);
    if (<usize>marked == stop) {
      setNull(validity, i, facts);
      store<i32>(values + (<usize>i << 2), 0);
      continue;
    }
    let start = <usize>(marked & ~QUOTED);
    const negative = load<u8>(start) == 45;
    start += usize(negative);
    if (stop - start - 1 > 8) return i;
    const value = <i32>digitsValue(start, stop);
    if (value < 0) return i;
    store<i32>(values + (<usize>i << 2), negative ? -value : value);
    store<u8>(validity + i, 1);
  }
  return count;
}

/**
 * Decimals with exactly `scale` fractional digits (or none and no point when scale is 0), to unscaled i64 below
 * `limit` = 10^precision. Anything else is left to the careful path.
 */
export function csvParseDecimal(
  starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize, scale: u32, limit: i64,
): u32 {
  const fractionBits = <u64>scale * 8;
  const fractionMask: u64 = scale == 0 ? 0 : scale >= 8 ? ~(<u64>0) : ~(<u64>0) << (64 - fractionBits);
  let magnitudes: u64 = 0;
  let i = from;
  for (; i < count; i++) {
    const row = rowAt(rows, i);
    const marked = load<u32>(starts + row);
    const stop = <usize>load<u32>(stops + row);
    if (<usize>marked == stop) {
      setNull(validity, i, facts);
      store<i64>(values + (<usize>i << 3), 0);
      continue;
    }
    let start = <usize>(marked & ~QUOTED);
    const negative = load<u8>(start) == 45;
    start += usize(negative);
    const length = <u32>(stop - start);
    let value: i64;
    if (scale == 0) {
      if (length - 1 > 17) break;
      value = <i64>digitsValue(start, stop);
    } else if (length - scale - 2 <= 6 - scale && scale < 7) {
      // At most 8 bytes: drop the point by moving what stands before it up one byte.
      const x = load<u64>(stop - 8) ^ DIGITS;
      const clear = <u64>(72 - 8 * length);
      const y = (((x & fractionMask) | ((x << 8) & ~fractionMask)) >> clear) << clear;
      if (notDigits(y) | (((x >> (56 - fractionBits)) & 0xff) ^ 0x1e)) break;
      value = <i64>(eightDigits(y) & 0xffffffff);
    } else {
      if (length < scale + 2 || length > 19 || load<u8>(stop - scale - 1) != 46) break;
      value = 0;
      for (let at = start; at < stop; at++) {
        if (at == stop - scale - 1) continue;
        const digit = <u64>load<u8>(at) - 48;
        if (digit > 9) {
          value = -1;
          break;
        }
        value = value * 10 + <i64>digit;
      }
    }
    if (i32(value < 0) | i32(value >= limit)) break;
    magnitudes |= value;
    store<i64>(values + (<usize>i << 3), negative ? -value : value);
    store<u8>(validity + i, 1);
  }
  noteMagnitudes(facts, magnitudes);
  return i;
}

/**
 * Decimals of 19 to 38 digits with exactly `scale` fractional digits, to 128 bits (low word, high word). Leading zeros
 * aside there are at most `precision` digits; anything else is left to the careful path.
 */
export function csvParseWideDecimal(
  starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize, scale: u32, precision: u32,
): u32 {
  let magnitudes: u64 = 0;
  let i = from;
  for (; i < count; i++) {
    const row = rowAt(rows, i);
    const marked = load<u32>(starts + row);
    const stop = <usize>load<u32>(stops + row);
    const value = values + (<usize>i << 4);
    if (<usize>marked == stop) {
      setNull(validity, i, facts);
      store<u64>(value, 0);
      store<u64>(value, 0, 8);
      continue;
    }
    let at = <usize>(marked & ~QUOTED);
    const negative = load<u8>(at) == 45;
    at += usize(negative);
    const point = scale == 0 ? stop : stop - scale - 1;
    if (i32(at >= point) | i32(stop - at > 80)) break;
    let low: u64 = 0, high: u64 = 0, digits: u32 = 0;
    for (; at < stop; at++) {
      const digit = <u64>load<u8>(at) - 48;
      if (at == point) {
        if (digit + 48 == 46) continue;
        digits = u32.MAX_VALUE;
        break;
      }
      if (digit > 9) {
        digits = u32.MAX_VALUE;
        break;
      }
      digits += u32(i32(digits != 0) | i32(digit != 0));
      const small = (low & 0xffffffff) * 10 + digit;
      const large = (low >> 32) * 10 + (small >> 32);
      low = (large << 32) | (small & 0xffffffff);
      high = high * 10 + (large >> 32);
    }
    if (digits > precision) break;
    magnitudes |= high == 0 ? low : ~(<u64>0);
    if (negative) {
      low = ~low + 1;
      high = ~high + u64(low == 0);
    }
    store<u64>(value, low);
    store<u64>(value, high, 8);
    store<u8>(validity + i, 1);
  }
  noteMagnitudes(facts, magnitudes);
  return i;
}

/** [-]digits[.digits] with at most 15 digits: exact as an integer over a power of ten (Clinger 1990), so correctly rounded. */
export function csvParseFloat64(starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize): u32 {
  for (let i = from; i < count; i++) {
    const row = rowAt(rows, i);
    const marked = load<u32>(starts + row);
    const stop = <usize>load<u32>(stops + row);
    if (<usize>marked == stop) {
      setNull(validity, i, facts);
      store<f64>(values + (<usize>i << 3), 0);
      continue;
    }
    let at = <usize>(marked & ~QUOTED);
    const negative = load<u8>(at) == 45;
    at += usize(negative);
    if (stop - at - 1 > 15) return i;
    let value: i64 = 0, power: f64 = 1;
    let digits: u32 = 0, point = false;
    for (; at < stop; at++) {
      const byte = <u32>load<u8>(at);
      if (byte == 46) {
        if (point) return i;
        point = true;
        continue;
      }
      if (byte - 48 > 9) return i;
      value = value * 10 + (byte - 48);
      digits++;
      if (point) power *= 10;
    }
    if (i32(digits == 0) | i32(digits > 15)) return i;
    const result = <f64>value / power;
    store<f64>(values + (<usize>i << 3), negative ? -result : result);
    store<u8>(validity + i, 1);
  }
  return count;
}

/** Days since 1970-01-01 of a proleptic Gregorian date, after H. Hinnant, "chrono-compatible low-level date algorithms". */
// @ts-ignore: decorator
@inline
function daysFromCivil(year: u32, month: u32, day: u32): i32 {
  const shifted = year - u32(month <= 2);
  const era = shifted / 400, yearOfEra = shifted - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return <i32>(era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear) - 719468;
}

const NOT_A_DATE: i32 = i32.MIN_VALUE;

/** YYYY-MM-DD of years 1 to 9999; NOT_A_DATE otherwise. */
// @ts-ignore: decorator
@inline
function dateAt(start: usize): i32 {
  const head = load<u64>(start) ^ 0x2d30302d30303030; // "YYYY-MM-" minus "0000-00-"
  const tail = load<u16>(start, 8) ^ 0x3030;
  const digits = (head & 0x00ffff00ffffffff) | (<u64>tail << 56);
  if (notDigits(digits) | (head & 0xff0000ff00000000) | (<u64>((<u32>tail >> 8) > 9))) return NOT_A_DATE;
  const year = <u32>(head & 0xff) * 1000 + <u32>((head >> 8) & 0xff) * 100 + <u32>((head >> 16) & 0xff) * 10 + <u32>((head >> 24) & 0xff);
  const month = <u32>((head >> 40) & 0xff) * 10 + <u32>((head >> 48) & 0xff);
  const day = <u32>(tail & 0xff) * 10 + (<u32>tail >> 8);
  if (i32(month - 1 > 11) | i32(day - 1 > 30) | i32(year == 0)) return NOT_A_DATE;
  if (day > 28) {
    const leap = i32(year % 4 == 0) & (i32(year % 100 != 0) | i32(year % 400 == 0));
    const length: u32 = month == 2 ? 28 + leap : 30 + ((month + (month >> 3)) & 1);
    if (day > length) return NOT_A_DATE;
  }
  return daysFromCivil(year, month, day);
}

/** YYYY-MM-DD, to i32 days since 1970-01-01. */
export function csvParseDate(starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize): u32 {
  for (let i = from; i < count; i++) {
    const row = rowAt(rows, i);
    const marked = load<u32>(starts + row);
    const stop = <usize>load<u32>(stops + row);
    if (<usize>marked == stop) {
      setNull(validity, i, facts);
      store<i32>(values + (<usize>i << 2), 0);
      continue;
    }
    const start = <usize>(marked & ~QUOTED);
    if (stop - start != 10) return i;
    const days = dateAt(start);
    if (days == NOT_A_DATE) return i;
    store<i32>(values + (<usize>i << 2), days);
    store<u8>(validity + i, 1);
  }
  return count;
}

/** YYYY-MM-DD HH:MM:SS (or T between), to i64 µs since 1970-01-01. */
export function csvParseTimestamp(starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize): u32 {
  for (let i = from; i < count; i++) {
    const row = rowAt(rows, i);
    const marked = load<u32>(starts + row);
    const stop = <usize>load<u32>(stops + row);
    if (<usize>marked == stop) {
      setNull(validity, i, facts);
      store<i64>(values + (<usize>i << 3), 0);
      continue;
    }
    const start = <usize>(marked & ~QUOTED);
    if (stop - start != 19) return i;
    const days = dateAt(start);
    const between = load<u8>(start, 10);
    const time = load<u64>(start, 11) ^ 0x30303a30303a3030; // "HH:MM:SS"
    if (i32(days == NOT_A_DATE) | i32((between != 32) & (between != 84)) | i32(notDigits(time & 0xffff00ffff00ffff) != 0) | i32((time & 0x0000ff0000ff0000) != 0)) return i;
    const hour = <u32>(time & 0xff) * 10 + <u32>((time >> 8) & 0xff);
    const minute = <u32>((time >> 24) & 0xff) * 10 + <u32>((time >> 32) & 0xff);
    const second = <u32>((time >> 48) & 0xff) * 10 + <u32>((time >> 56) & 0xff);
    if (i32(hour > 23) | i32(minute > 59) | i32(second > 59)) return i;
    store<i64>(values + (<usize>i << 3), (<i64>days * 86400 + <i64>(hour * 3600 + minute * 60 + second)) * 1000000);
    store<u8>(validity + i, 1);
  }
  return count;
}

/** Text: the vector is the addresses, then from values + lengthsAt on the lengths, both u32. */
export function csvParseUtf8(starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize, lengthsAt: usize): u32 {
  for (let i = from; i < count; i++) {
    const row = rowAt(rows, i);
    const marked = load<u32>(starts + row);
    const stop = load<u32>(stops + row);
    const start = marked & ~QUOTED;
    const isNull = marked == stop;
    store<u32>(values + (<usize>i << 2), start);
    store<u32>(values + lengthsAt + (<usize>i << 2), stop - start);
    store<u8>(validity + i, u8(!isNull));
    if (isNull) store<u32>(facts, load<u32>(facts) + 1);
  }
  return count;
}
