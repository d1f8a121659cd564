// Times as text in a format (query/strftime.ts), which was checked where the query was bound.
import {
  civilFromDays,
  clockOf,
  dateOf,
  dayOfWeek,
  dayOfYear,
  daysSinceMonday,
  isoWeek,
  thursdayOf,
  yearOf,
} from './calendar';
import { giveBack, takeText, textAt } from './call-state';
import { writeDayName, writeMonthName } from './date-parts';

/** No specifier of two bytes writes more: %c with a year of seven characters. */
const LONGEST: u32 = 24;

/** In decimal digits, at least `width` of them; gives the address behind it. */
function writeNumber(value: u32, width: u32, to: usize): usize {
  let digits: u32 = 1;
  for (let rest = value / 10; rest > 0; rest /= 10) digits++;
  digits = max(digits, width);
  let rest = value;
  for (let i = digits; i > 0; i--) {
    store<u8>(to + i - 1, 48 + (rest % 10));
    rest /= 10;
  }
  return to + digits;
}

// @ts-ignore: decorator
@inline
function writeByte(byte: u8, to: usize): usize {
  store<u8>(to, byte);
  return to + 1;
}

/** Years of four digits with zeros in front; negative ones as they are. */
function writeYear(year: i64, to: usize): usize {
  if (year >= 0) return writeNumber(<u32>year, 4, to);
  return writeNumber(<u32>-year, 1, writeByte(45, to));
}

function writeDate(civil: i64, to: usize): usize {
  to = writeByte(45, writeYear(civil >> 16, to));
  to = writeByte(45, writeNumber(<u32>(civil >> 8) & 255, 2, to));
  return writeNumber(<u32>civil & 255, 2, to);
}

function writeClock(seconds: u32, to: usize): usize {
  to = writeByte(58, writeNumber(seconds / 3600, 2, to));
  to = writeByte(58, writeNumber((seconds / 60) % 60, 2, to));
  return writeNumber(seconds % 60, 2, to);
}

/** The first three bytes of the name between two addresses. */
// @ts-ignore: decorator
@inline
function shortened(from: usize, to: usize): usize {
  return min(from + 3, to);
}

/** Week of the year, of which the first starts at the first day of the week that is in the year. */
// @ts-ignore: decorator
@inline
function weekFrom(days: i64, daysSinceStart: i64): u32 {
  return <u32>((dayOfYear(days) - 1 - daysSinceStart + 7) / 7);
}

function write(days: i64, micros: i64, format: usize, length: u32, state: usize): i64 {
  const text = takeText(state, length * LONGEST);
  const civil = civilFromDays(days);
  const seconds = <u32>(micros / 1_000_000), fraction = <u32>(micros % 1_000_000);
  const hour = seconds / 3600;
  let to = text;
  for (let at = format, end = format + length; at < end; at++) {
    let byte = load<u8>(at);
    if (byte != 37 || at + 1 >= end) {
      to = writeByte(byte, to);
      continue;
    }
    byte = load<u8>(++at);
    let width: u32 = 2;
    if (byte == 45 && at + 1 < end) {
      width = 1;
      byte = load<u8>(++at);
    }
    switch (byte) {
      case 0x59: // Y
        to = writeYear(civil >> 16, to);
        break;
      case 0x6d: // m
        to = writeNumber(<u32>(civil >> 8) & 255, width, to);
        break;
      case 0x64: // d
        to = writeNumber(<u32>civil & 255, width, to);
        break;
      case 0x48: // H
        to = writeNumber(hour, width, to);
        break;
      case 0x49: // I
        to = writeNumber(hour % 12 == 0 ? 12 : hour % 12, width, to);
        break;
      case 0x4d: // M
        to = writeNumber((seconds / 60) % 60, width, to);
        break;
      case 0x53: // S
        to = writeNumber(seconds % 60, width, to);
        break;
      case 0x66: // f
        to = writeNumber(fraction, 6, to);
        break;
      case 0x67: // g
        to = writeNumber(fraction / 1000, 3, to);
        break;
      case 0x6e: // n
        to = writeNumber(fraction * 1000, 9, to);
        break;
      case 0x70: // p
        to = writeByte(77, writeByte(hour < 12 ? 65 : 80, to));
        break;
      case 0x79: // y
        to = writeNumber(<u32>(abs(civil >> 16) % 100), width, to);
        break;
      case 0x6a: // j
        to = writeNumber(<u32>dayOfYear(days), width == 1 ? 1 : 3, to);
        break;
      case 0x61: // a
        to = shortened(to, writeDayName(dayOfWeek(days), to));
        break;
      case 0x41: // A
        to = writeDayName(dayOfWeek(days), to);
        break;
      case 0x62: // b
      case 0x68: // h
        to = shortened(to, writeMonthName((civil >> 8) & 255, to));
        break;
      case 0x42: // B
        to = writeMonthName((civil >> 8) & 255, to);
        break;
      case 0x63: // c
        to = writeClock(seconds, writeByte(32, writeDate(civil, to)));
        break;
      case 0x78: // x
        to = writeDate(civil, to);
        break;
      case 0x58: // X
      case 0x54: // T
        to = writeClock(seconds, to);
        break;
      case 0x47: // G: the last four digits, of a negative year as an unsigned number
        to = writeNumber(<u32>yearOf(thursdayOf(days)) % 10_000, 4, to);
        break;
      case 0x56: // V
        to = writeNumber(<u32>isoWeek(days), 2, to);
        break;
      case 0x55: // U
        to = writeNumber(weekFrom(days, dayOfWeek(days)), 2, to);
        break;
      case 0x57: // W
        to = writeNumber(weekFrom(days, daysSinceMonday(days)), 2, to);
        break;
      case 0x75: // u
        to = writeNumber(<u32>daysSinceMonday(days) + 1, 1, to);
        break;
      case 0x77: // w
        to = writeNumber(<u32>dayOfWeek(days), 1, to);
        break;
      case 0x7a: // z
        to = writeNumber(0, 2, writeByte(43, to));
        break;
      case 0x5a: // Z: nothing
        break;
      default:
        to = writeByte(byte, to);
    }
  }
  giveBack(state, to);
  return textAt(text, <u32>(to - text));
}

export function strftimeDate(days: i32, format: usize, length: u32, state: usize): i64 {
  return write(days, 0, format, length, state);
}

export function strftimeTimestamp(micros: i64, format: usize, length: u32, state: usize): i64 {
  return write(dateOf(micros), clockOf(micros), format, length, state);
}
