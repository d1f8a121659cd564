import { parseFields } from './csv-parse';
import { areDigits, digitsAt, digitsBetween, dropByte, lastDigits, otherBytes, powerOfTen, startOfNumber, stopOfNumber, valueOf } from './digits';
import { nearestFloat64, UNDECIDED } from './nearest-float';

const EXACT_INTEGERS: u64 = 1 << 53;
/** The powers of ten that are exact doubles. */
const EXACT_POWERS: usize = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]);

// @ts-ignore: decorator
@inline
function storeSigned(out: usize, magnitude: f64, negative: bool): bool {
  store<f64>(out, negative ? -magnitude : magnitude);
  return magnitude != UNDECIDED;
}

/** digits[.digits] in 16 bytes. */
// @ts-ignore: decorator
@inline
function parsePlain(start: usize, stop: usize, out: usize, mark: u32): bool {
  const negative = load<u8>(start) == 45;
  start += usize(negative);
  const length = stop - start;
  if (length - 1 > 15) return false;
  let digits = lastDigits(stop, length);
  const others = otherBytes(digits);
  if (others == 0) return storeSigned(out, <f64>(<i64>valueOf(digits)), negative);
  const point = <usize>ctz(others), fraction: usize = 15 - point;
  if (i32((others & (others - 1)) != 0) | i32(load<u8>(stop - 16 + point) != mark) | i32(length == 1)) return false;
  const value = valueOf(dropByte(digits, fraction));
  // One division of exact numbers is rounded once (Clinger 1990).
  const magnitude = value <= EXACT_INTEGERS
    ? <f64>(<i64>value) / load<f64>(EXACT_POWERS + (fraction << 3))
    : nearestFloat64(value, -<i32>fraction);
  return storeSigned(out, magnitude, negative);
}

/** At most four digits with a sign or without; NO_EXPONENT for anything else. */
function exponentBetween(start: usize, stop: usize): i32 {
  const sign = load<u8>(start);
  if (i32(sign == 43) | i32(sign == 45)) start++;
  if (stop - start - 1 > 3) return NO_EXPONENT;
  const digits = lastDigits(stop, stop - start);
  if (!areDigits(digits)) return NO_EXPONENT;
  return sign == 45 ? -(<i32>valueOf(digits)) : <i32>valueOf(digits);
}

const NO_EXPONENT: i32 = i32.MAX_VALUE;

/** All other numbers of up to 31 bytes whose digits, leading zeros aside, are at most 19. */
function parseOdd(start: usize, stop: usize, out: usize, mark: u32): bool {
  start = startOfNumber(start, stop);
  stop = stopOfNumber(start, stop);
  if (start == stop) return false;
  const negative = load<u8>(start) == 45;
  start += usize(negative);
  const length = stop - start;
  if (length - 1 > 30) return false;
  // A bit for each byte that is no digit, and one for the end.
  let others = otherBytes(digitsAt(start)) | (otherBytes(digitsAt(start + 16)) << 16) | (1 << <u32>length);
  const wholeStop = start + <usize>ctz(others);
  let fractionStart = wholeStop, fractionStop = wholeStop;
  if (wholeStop < stop && load<u8>(wholeStop) == mark) {
    others &= others - 1;
    fractionStart++;
    fractionStop = start + <usize>ctz(others);
  }
  if (wholeStop - start + fractionStop - fractionStart == 0) return false;
  let power = <i32>(fractionStart - fractionStop);
  if (fractionStop < stop) {
    const exponent = exponentBetween(fractionStop + 1, stop);
    if (i32((load<u8>(fractionStop) | 32) != 101) | i32(exponent == NO_EXPONENT)) return false;
    power += exponent;
  }
  while (start < wholeStop && load<u8>(start) == 48) start++;
  if (start == wholeStop) while (fractionStart < fractionStop && load<u8>(fractionStart) == 48) fractionStart++;
  const wholeLength = wholeStop - start, fractionLength = fractionStop - fractionStart;
  if (wholeLength + fractionLength > 19) return false;
  const whole = wholeLength == 0 ? 0 : digitsBetween(start, wholeStop);
  const value = fractionLength == 0 ? whole : whole * powerOfTen(<u32>fractionLength) + digitsBetween(fractionStart, fractionStop);
  return storeSigned(out, nearestFloat64(value, power), negative);
}

// @ts-ignore: decorator
@unmanaged
class Float64Parser {
  // @ts-ignore: decorator
  @inline
  parse(start: usize, stop: usize, out: usize, scale: u32, limit: u64, mark: u32): bool {
    return parsePlain(start, stop, out, mark);
  }

  // @ts-ignore: decorator
  @inline
  parseOdd(start: usize, stop: usize, out: usize, scale: u32, limit: u64, mark: u32): bool {
    return parseOdd(start, stop, out, mark);
  }
}

/** Decimal numbers with a sign, a fraction and an exponent or without, to the nearest f64. `mark` is the byte before the fraction. */
export function csvParseFloat64(
  starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize, mark: u32,
): u32 {
  return parseFields<Float64Parser, f64>(starts, stops, rows, from, count, values, validity, facts, 0, 0, mark);
}
