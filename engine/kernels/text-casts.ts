// Casts between text and other types: the usual forms. What is unusual (spaces, exponents, years beyond 9999, what does
// not fit) is left to the host, which knows every form and words every error: see `LEFT_TO_HOST`.
import { civilFromDays, clockOf, dateOf, daysFromCivil, MICROS_PER_DAY } from './calendar';
import { fail, giveBack, LEFT_TO_HOST, takeText, textAt } from './call-state';

// @ts-ignore: decorator
@inline
function leave(state: usize): void {
  fail(state, LEFT_TO_HOST);
}

/** 10^exponent, at most 10^18. */
// @ts-ignore: decorator
@inline
function powerOfTen(exponent: u32): u64 {
  let power: u64 = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

/** 10^exponent, at most 10^22: all of them are exact. */
// @ts-ignore: decorator
@inline
function exactPower(exponent: u32): f64 {
  let power: f64 = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

const NO_DIGITS: u64 = ~(<u64>0);

/** The value of digits, 1 to 18 of them; NO_DIGITS for anything else. */
function digitsBetween(start: usize, end: usize): u64 {
  if (end - start - 1 > 17) return NO_DIGITS;
  let value: u64 = 0;
  for (; start < end; start++) {
    const digit = <u32>load<u8>(start) - 48;
    if (digit > 9) return NO_DIGITS;
    value = value * 10 + digit;
  }
  return value;
}

/** The number of `digits` digits at an address, `digits` at most 4; beyond 9999 when they are none. */
// @ts-ignore: decorator
@inline
function field(at: usize, digits: u32): u32 {
  const value = digitsBetween(at, at + digits);
  return value == NO_DIGITS ? u32.MAX_VALUE : <u32>value;
}

export function textToBool(text: usize, length: u32, state: usize): i32 {
  const first = load<u8>(text) | 0x20;
  if (length == 1 && (first == 0x74 || load<u8>(text) == 0x31)) return 1;
  if (length == 1 && (first == 0x66 || load<u8>(text) == 0x30)) return 0;
  if (length == 4 && (load<u32>(text) | 0x20202020) == 0x65757274) return 1;
  if (length == 5 && (load<u32>(text) | 0x20202020) == 0x736c6166 && (load<u8>(text, 4) | 0x20) == 0x65) return 0;
  leave(state);
  return 0;
}

export function textToInt64(text: usize, length: u32, state: usize): i64 {
  const negative = length > 0 && load<u8>(text) == 45;
  const value = digitsBetween(text + usize(negative), text + length);
  if (value == NO_DIGITS) leave(state);
  return negative ? -(<i64>value) : <i64>value;
}

export function textToInt32(text: usize, length: u32, state: usize): i32 {
  const value = textToInt64(text, length, state);
  if (value != <i64>(<i32>value)) leave(state);
  return <i32>value;
}

/** Digits with a point or none: their value without the point. `fraction` digits stand behind it. */
// @ts-ignore: decorator
@inline
function digitsWithPoint(start: usize, end: usize, point: usize): u64 {
  if (point == end) return digitsBetween(start, end);
  const whole = digitsBetween(start, point), part = digitsBetween(point + 1, end);
  const fraction = <u32>(end - point - 1);
  if (whole == NO_DIGITS || part == NO_DIGITS || <u32>(point - start) + fraction > 18) return NO_DIGITS;
  return whole * powerOfTen(fraction) + part;
}

// @ts-ignore: decorator
@inline
function findPoint(start: usize, end: usize): usize {
  while (start < end && load<u8>(start) != 46) start++;
  return start;
}

const EXACT_INTEGERS: u64 = 1 << 53;

/** The quotient of two exact doubles is rounded once: it is the double nearest to the text. */
export function textToFloat64(text: usize, length: u32, state: usize): f64 {
  const end = text + length;
  const negative = length > 0 && load<u8>(text) == 45;
  const start = text + usize(negative);
  const point = findPoint(start, end);
  const digits = digitsWithPoint(start, end, point);
  if (digits > EXACT_INTEGERS) leave(state);
  const value = <f64>digits / exactPower(point < end ? <u32>(end - point - 1) : 0);
  return negative ? -value : value;
}

/** Unscaled. Fraction digits beyond the scale round half away from zero. */
export function textToDecimal(text: usize, length: u32, precision: i32, scale: i32, state: usize): i64 {
  const end = text + length;
  const negative = length > 0 && load<u8>(text) == 45;
  const start = text + usize(negative);
  const point = findPoint(start, end);
  const fraction = point < end ? <i32>(end - point - 1) : 0;
  let digits = digitsWithPoint(start, end, point);
  if (digits == NO_DIGITS || <i32>(end - start) + scale - fraction > 18) {
    leave(state);
    return 0;
  }
  if (fraction <= scale) digits *= powerOfTen(scale - fraction);
  else {
    const unit = powerOfTen(fraction - scale);
    digits = (digits + (unit >> 1)) / unit;
  }
  if (precision <= 18 && digits >= powerOfTen(precision)) leave(state);
  return negative ? -(<i64>digits) : <i64>digits;
}

/** As `textToDecimal`, for more than 18 digits: the high word goes to the state. */
export function textToWideDecimal(text: usize, length: u32, precision: i32, scale: i32, state: usize): i64 {
  const value = textToDecimal(text, length, precision, scale, state);
  store<i64>(state, value >> 63, 16);
  return value;
}

const NO_DATE: i32 = i32.MIN_VALUE;

function daysInMonth(year: u32, month: u32): u32 {
  if (month != 2) return 30 + ((month + (month >> 3)) & 1);
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
}

/** Days since 1970-01-01 of a `YYYY-MM-DD` from year 1 on. */
function dateAt(text: usize): i32 {
  const year = field(text, 4), month = field(text + 5, 2), day = field(text + 8, 2);
  if (load<u8>(text, 4) != 45 || load<u8>(text, 7) != 45) return NO_DATE;
  if (year - 1 > 9998 || month - 1 > 11 || day - 1 >= daysInMonth(year, month)) return NO_DATE;
  return <i32>daysFromCivil(year, month, day);
}

export function textToDate(text: usize, length: u32, state: usize): i32 {
  const days = length == 10 ? dateAt(text) : NO_DATE;
  if (days == NO_DATE) leave(state);
  return days;
}

/** `YYYY-MM-DD`, then nothing or `HH:MM:SS` with up to 6 digits of a fraction. */
export function textToTimestamp(text: usize, length: u32, state: usize): i64 {
  const days = length >= 10 ? dateAt(text) : NO_DATE;
  const midnight = <i64>days * MICROS_PER_DAY;
  if (days != NO_DATE && length == 10) return midnight;
  if (days == NO_DATE || length < 19 || length == 20 || length > 26) {
    leave(state);
    return 0;
  }
  const separator = load<u8>(text, 10);
  const hour = field(text + 11, 2), minute = field(text + 14, 2), second = field(text + 17, 2);
  const colons = load<u8>(text, 13) == 58 && load<u8>(text, 16) == 58;
  const fraction: u64 = length == 19 ? 0 : digitsBetween(text + 20, text + length);
  const point = length == 19 || load<u8>(text, 19) == 46;
  if ((separator != 32 && separator != 84) || !colons || !point || fraction == NO_DIGITS || hour > 23 || minute > 59 || second > 59) {
    leave(state);
    return 0;
  }
  const micros = length == 19 ? 0 : <i64>(fraction * powerOfTen(26 - length));
  return midnight + <i64>(hour * 3600 + minute * 60 + second) * 1_000_000 + micros;
}

export function boolToText(value: i32, state: usize): i64 {
  const out = takeText(state, 8);
  store<u64>(out, value ? 0x65757274 : 0x65736c6166);
  giveBack(state, out + (value ? 4 : 5));
  return textAt(out, value ? 4 : 5);
}

/** Room for every text of a number below. */
const ROOM: u32 = 48;

/** Writes a number with at least `width` digits, ending before `end`; gives where it starts. */
function digitsBefore(end: usize, value: u64, width: u32): usize {
  let at = end;
  do {
    store<u8>(--at, 48 + <u8>(value % 10));
    value /= 10;
  } while (value > 0);
  while (<u32>(end - at) < width) store<u8>(--at, 48);
  return at;
}

/** Ends a text that was written backwards from the end of its room. */
// @ts-ignore: decorator
@inline
function written(start: usize, end: usize): i64 {
  return textAt(start, <u32>(end - start));
}

// @ts-ignore: decorator
@inline
function sign(at: usize, negative: bool): usize {
  if (negative) store<u8>(--at, 45);
  return at;
}

export function int64ToText(value: i64, state: usize): i64 {
  const end = takeText(state, ROOM) + ROOM;
  // The magnitude of the least i64 is right as u64.
  return written(sign(digitsBefore(end, <u64>(value < 0 ? -value : value), 1), value < 0), end);
}

export function int32ToText(value: i32, state: usize): i64 {
  return int64ToText(value, state);
}

/** `leading`: digits that stand before the point at least, 1 or 0. */
export function decimalToText(value: i64, scale: i32, leading: i32, state: usize): i64 {
  if (scale == 0) return int64ToText(value, state);
  const end = takeText(state, ROOM) + ROOM;
  const magnitude = <u64>(value < 0 ? -value : value), unit = powerOfTen(scale);
  let at = digitsBefore(end, magnitude % unit, scale);
  store<u8>(--at, 46);
  const whole = magnitude / unit;
  if (whole > 0 || leading > 0) at = digitsBefore(at, whole, 1);
  return written(sign(at, value < 0), end);
}

/** Decimals of more than 18 digits whose value has fewer. */
export function wideDecimalToText(low: i64, high: i64, scale: i32, leading: i32, state: usize): i64 {
  if (high != low >> 63 || scale > 18) {
    leave(state);
    return 0;
  }
  return decimalToText(low, scale, leading, state);
}

/** Writes a date before `end`; 0 for years that do not have four digits. */
function dateBefore(end: usize, days: i32): usize {
  // From 0001-01-01 to 9999-12-31.
  if (days < -719162 || days > 2932896) return 0;
  const civil = civilFromDays(days);
  let at = digitsBefore(end, civil & 255, 2);
  store<u8>(--at, 45);
  at = digitsBefore(at, (civil >> 8) & 255, 2);
  store<u8>(--at, 45);
  return digitsBefore(at, civil >> 16, 4);
}

export function dateToText(days: i32, state: usize): i64 {
  const end = takeText(state, ROOM) + ROOM;
  const start = dateBefore(end, days);
  if (start == 0) leave(state);
  return written(start, end);
}

export function timestampToText(micros: i64, state: usize): i64 {
  const end = takeText(state, ROOM) + ROOM;
  const rest = clockOf(micros);
  let fraction = <u64>(rest % 1_000_000), digits: u32 = 6;
  const seconds = <u32>(rest / 1_000_000);
  let at = end;
  if (fraction > 0) {
    while (fraction % 10 == 0) {
      fraction /= 10;
      digits--;
    }
    at = digitsBefore(at, fraction, digits);
    store<u8>(--at, 46);
  }
  at = digitsBefore(at, seconds % 60, 2);
  store<u8>(--at, 58);
  at = digitsBefore(at, (seconds / 60) % 60, 2);
  store<u8>(--at, 58);
  at = digitsBefore(at, seconds / 3600, 2);
  store<u8>(--at, 32);
  at = dateBefore(at, <i32>dateOf(micros));
  if (at == 0) leave(state);
  return written(at, end);
}

/** From here on doubles are left to the host: too many digits to find by trying. */
const LARGEST: f64 = 1e15;
/** Below, they are written with an exponent. */
const SMALLEST: f64 = 1e-4;

/**
 * Doubles of at most 15 digits. No two decimals of 15 digits are nearest to one double, so the first number of fraction
 * digits that gives the value back is the shortest.
 */
export function float64ToText(value: f64, state: usize): i64 {
  const magnitude = abs(value);
  const negative = reinterpret<i64>(value) < 0;
  if (magnitude == 0 || (magnitude < LARGEST && magnitude >= SMALLEST)) {
    let unit: f64 = 1;
    for (let fraction: u32 = 0; fraction <= 15; fraction++) {
      const unscaled = nearest(magnitude * unit);
      if (unscaled >= LARGEST) break;
      if (unscaled / unit == magnitude) {
        const end = takeText(state, ROOM) + ROOM;
        let at = digitsBefore(end, <u64>unscaled % <u64>unit, max<u32>(fraction, 1));
        store<u8>(--at, 46);
        return written(sign(digitsBefore(at, <u64>unscaled / <u64>unit, 1), negative), end);
      }
      unit *= 10;
    }
  }
  leave(state);
  return 0;
}
