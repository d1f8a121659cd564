import { parseFields } from './csv-parse';
import { areDigits, digitsBetween, dropByte, lastDigits, NO_NUMBER, powerOfTen, startOfNumber, stopOfNumber, valueOf } from './digits';
import { multiplyHigh } from './wide-multiply';

// @ts-ignore: decorator
@inline
function storeSigned(out: usize, magnitude: u64, negative: bool): bool {
  store<u64>(out, negative ? 0 - magnitude : magnitude);
  return true;
}

/** With exactly `scale` digits behind the mark, or no mark where `scale` is 0, in 16 bytes. */
// @ts-ignore: decorator
@inline
function parsePlain(start: usize, stop: usize, out: usize, scale: u32, limit: u64, mark: u32): bool {
  const negative = load<u8>(start) == 45;
  start += usize(negative);
  const length = stop - start;
  if (i32(length > 16) | i32(length <= scale)) return false;
  let digits = lastDigits(stop, length);
  if (scale != 0) {
    if (length == 1 || load<u8>(stop - scale - 1) != mark) return false;
    digits = dropByte(digits, scale);
  }
  if (!areDigits(digits)) return false;
  const magnitude = valueOf(digits);
  return magnitude < limit && storeSigned(out, magnitude, negative);
}

/** All other numbers without an exponent that have up to 19 digits on each side of the mark; as the cast, rounds half away from zero. */
function parseOdd(start: usize, stop: usize, out: usize, scale: u32, limit: u64, mark: u32): bool {
  start = startOfNumber(start, stop);
  stop = stopOfNumber(start, stop);
  if (start == stop) return false;
  const negative = load<u8>(start) == 45;
  start += usize(negative);
  let point = start;
  while (point < stop && load<u8>(point) != mark) point++;
  const fractionStart = min(point + 1, stop);
  if (stop - start - usize(point < stop) - 1 > 37) return false;
  const whole = start < point ? digitsBetween(start, point) : 0;
  let fraction = fractionStart < stop ? digitsBetween(fractionStart, stop) : 0;
  if (whole == NO_NUMBER || fraction == NO_NUMBER) return false;
  const missing = <i32>scale - <i32>(stop - fractionStart);
  if (missing >= 0) fraction *= powerOfTen(missing);
  else {
    const unit = powerOfTen(-missing);
    fraction = fraction / unit + u64(fraction % unit >= unit >> 1);
  }
  const unit = powerOfTen(scale);
  if (whole > limit / unit) return false;
  const magnitude = whole * unit + fraction;
  return magnitude < limit && storeSigned(out, magnitude, negative);
}

// @ts-ignore: decorator
@unmanaged
class DecimalParser {
  // @ts-ignore: decorator
  @inline
  parse(start: usize, stop: usize, out: usize, scale: u32, limit: u64, mark: u32): bool {
    return parsePlain(start, stop, out, scale, limit, mark);
  }

  // @ts-ignore: decorator
  @inline
  parseOdd(start: usize, stop: usize, out: usize, scale: u32, limit: u64, mark: u32): bool {
    return parseOdd(start, stop, out, scale, limit, mark);
  }
}

/** Decimals of up to 18 digits, to unscaled i64 below `limit` = 10^precision in magnitude. `mark` is the byte before the fraction. */
export function csvParseDecimal(
  starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize,
  scale: u32, limit: u64, mark: u32,
): u32 {
  return parseFields<DecimalParser, i64>(starts, stops, rows, from, count, values, validity, facts, scale, limit, mark);
}

/** Reads digits between two addresses behind the 128 bits at `out`. False when there is something else. */
function appendDigits(start: usize, stop: usize, out: usize): bool {
  while (start < stop) {
    const length = ((stop - start - 1) & 15) + 1;
    const digits = lastDigits(start + length, length);
    if (!areDigits(digits)) return false;
    const unit = powerOfTen(<u32>length), low = load<u64>(out), added = valueOf(digits);
    const next = low * unit + added;
    store<u64>(out, next);
    store<u64>(out, load<u64>(out, 8) * unit + multiplyHigh(low, unit) + u64(next < added), 8);
    start += length;
  }
  return true;
}

// @ts-ignore: decorator
@unmanaged
class WideDecimalParser {
  // @ts-ignore: decorator
  @inline
  parse(start: usize, stop: usize, out: usize, scale: u32, precision: u64, mark: u32): bool {
    const negative = load<u8>(start) == 45;
    start += usize(negative);
    const point = scale == 0 ? stop : stop - scale - 1;
    if (stop - start <= usize(scale != 0)) return false;
    if (scale != 0 && (point < start || load<u8>(point) != mark)) return false;
    while (start < point && load<u8>(start) == 48) start++;
    if (point - start + scale > <usize>precision) return false;
    store<u64>(out, 0);
    store<u64>(out, 0, 8);
    if (!appendDigits(start, point, out) || (scale != 0 && !appendDigits(point + 1, stop, out))) return false;
    if (negative) {
      const low = 0 - load<u64>(out);
      store<u64>(out, low);
      store<u64>(out, ~load<u64>(out, 8) + u64(low == 0), 8);
    }
    return true;
  }

  // @ts-ignore: decorator
  @inline
  parseOdd(start: usize, stop: usize, out: usize, scale: u32, precision: u64, mark: u32): bool {
    return false;
  }
}

/**
 * Decimals of 19 to 38 digits with exactly `scale` digits behind the mark, to 128 bits (low word, high word). Leading
 * zeros aside there are at most `precision` digits.
 */
export function csvParseWideDecimal(
  starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize,
  scale: u32, precision: u32, mark: u32,
): u32 {
  return parseFields<WideDecimalParser, v128>(starts, stops, rows, from, count, values, validity, facts, scale, precision, mark);
}
