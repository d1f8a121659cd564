// Parts of dates and timestamps (query/date-parts.ts).
import {
  checkTimestamp,
  civilFromDays,
  clockOf,
  dateOf,
  dayOfWeek,
  dayOfYear,
  daysSinceMonday,
  isoWeek,
  midnight,
  monthOf,
  thursdayOf,
  yearOf,
} from './calendar';
import { fail, giveBack, RESULT_OUT_OF_RANGE, takeText, textAt } from './call-state';

const MICROS_PER_MINUTE: i64 = 60_000_000;
const NANOS_PER_DAY: i64 = 86_400_000_000_000;
/** The Julian day that begins at noon of 1970-01-01. */
const JULIAN_EPOCH: i64 = 2_440_588;

/** Years 1 to `length` are in period 1, year 0 and those before in -1 and less. */
function periodOf(year: i64, length: i64): i64 {
  return year > 0 ? (year - 1) / length + 1 : year / length - 1;
}

function yearWeek(days: i64): i64 {
  const year = yearOf(thursdayOf(days)), week = isoWeek(days);
  return year * 100 + (year > 0 ? week : -week);
}

export function yearDate(days: i32, state: usize): i64 {
  return yearOf(days);
}

export function yearTimestamp(micros: i64, state: usize): i64 {
  return yearDate(<i32>dateOf(micros), state);
}

export function quarterDate(days: i32, state: usize): i64 {
  return (monthOf(days) + 2) / 3;
}

export function quarterTimestamp(micros: i64, state: usize): i64 {
  return quarterDate(<i32>dateOf(micros), state);
}

export function monthDate(days: i32, state: usize): i64 {
  return monthOf(days);
}

export function monthTimestamp(micros: i64, state: usize): i64 {
  return monthDate(<i32>dateOf(micros), state);
}

export function dayDate(days: i32, state: usize): i64 {
  return civilFromDays(days) & 255;
}

export function dayTimestamp(micros: i64, state: usize): i64 {
  return dayDate(<i32>dateOf(micros), state);
}

export function dayofweekDate(days: i32, state: usize): i64 {
  return dayOfWeek(days);
}

export function dayofweekTimestamp(micros: i64, state: usize): i64 {
  return dayofweekDate(<i32>dateOf(micros), state);
}

export function isodowDate(days: i32, state: usize): i64 {
  return daysSinceMonday(days) + 1;
}

export function isodowTimestamp(micros: i64, state: usize): i64 {
  return isodowDate(<i32>dateOf(micros), state);
}

export function dayofyearDate(days: i32, state: usize): i64 {
  return dayOfYear(days);
}

export function dayofyearTimestamp(micros: i64, state: usize): i64 {
  return dayofyearDate(<i32>dateOf(micros), state);
}

export function weekDate(days: i32, state: usize): i64 {
  return isoWeek(days);
}

export function weekTimestamp(micros: i64, state: usize): i64 {
  return weekDate(<i32>dateOf(micros), state);
}

export function isoyearDate(days: i32, state: usize): i64 {
  return yearOf(thursdayOf(days));
}

export function isoyearTimestamp(micros: i64, state: usize): i64 {
  return isoyearDate(<i32>dateOf(micros), state);
}

export function yearweekDate(days: i32, state: usize): i64 {
  return yearWeek(days);
}

export function yearweekTimestamp(micros: i64, state: usize): i64 {
  return yearweekDate(<i32>dateOf(micros), state);
}

export function decadeDate(days: i32, state: usize): i64 {
  return yearOf(days) / 10;
}

export function decadeTimestamp(micros: i64, state: usize): i64 {
  return decadeDate(<i32>dateOf(micros), state);
}

export function centuryDate(days: i32, state: usize): i64 {
  return periodOf(yearOf(days), 100);
}

export function centuryTimestamp(micros: i64, state: usize): i64 {
  return centuryDate(<i32>dateOf(micros), state);
}

export function millenniumDate(days: i32, state: usize): i64 {
  return periodOf(yearOf(days), 1000);
}

export function millenniumTimestamp(micros: i64, state: usize): i64 {
  return millenniumDate(<i32>dateOf(micros), state);
}

export function eraDate(days: i32, state: usize): i64 {
  return i64(yearOf(days) > 0);
}

export function eraTimestamp(micros: i64, state: usize): i64 {
  return eraDate(<i32>dateOf(micros), state);
}

export function zeroDate(days: i32, state: usize): i64 {
  return 0;
}

export function hourTimestamp(micros: i64, state: usize): i64 {
  return clockOf(micros) / 3_600_000_000;
}

export function minuteTimestamp(micros: i64, state: usize): i64 {
  return <i64>(<u32>(clockOf(micros) / MICROS_PER_MINUTE) % 60);
}

export function secondTimestamp(micros: i64, state: usize): i64 {
  return <i64>(<u32>(clockOf(micros) / 1_000_000) % 60);
}

export function millisecondTimestamp(micros: i64, state: usize): i64 {
  return microsecondTimestamp(micros, state) / 1000;
}

export function microsecondTimestamp(micros: i64, state: usize): i64 {
  return clockOf(micros) % MICROS_PER_MINUTE;
}

export function nanosecondTimestamp(micros: i64, state: usize): i64 {
  return microsecondTimestamp(micros, state) * 1000;
}

export function epochDate(days: i32, state: usize): f64 {
  return <f64>days * 86_400;
}

export function epochTimestamp(micros: i64, state: usize): f64 {
  return <f64>micros / 1_000_000;
}

export function julianDate(days: i32, state: usize): f64 {
  return <f64>(<i64>days + JULIAN_EPOCH);
}

export function julianTimestamp(micros: i64, state: usize): f64 {
  return <f64>clockOf(micros) / 86_400_000_000 + <f64>(dateOf(micros) + JULIAN_EPOCH);
}

export function epochMillisDate(days: i32, state: usize): i64 {
  return <i64>days * 86_400_000;
}

export function epochMillisTimestamp(micros: i64, state: usize): i64 {
  return micros / 1000;
}

export function epochMicrosTimestamp(micros: i64, state: usize): i64 {
  return micros;
}

export function epochNanosDate(days: i32, state: usize): i64 {
  if (abs(<i64>days) > i64.MAX_VALUE / NANOS_PER_DAY) fail(state, RESULT_OUT_OF_RANGE);
  return <i64>days * NANOS_PER_DAY;
}

export function epochNanosTimestamp(micros: i64, state: usize): i64 {
  if (micros < i64.MIN_VALUE / 1000 || micros > i64.MAX_VALUE / 1000) fail(state, RESULT_OUT_OF_RANGE);
  return micros * 1000;
}

export function timestampOfDate(days: i32, state: usize): i64 {
  return midnight(days, state);
}

export function timestampOfMillis(millis: i64, state: usize): i64 {
  if (millis < i64.MIN_VALUE / 1000 || millis > i64.MAX_VALUE / 1000) fail(state, RESULT_OUT_OF_RANGE);
  return checkTimestamp(millis * 1000, state);
}

/** Names of nine characters each, the shorter ones with spaces behind. */
const MONTH_NAMES =
  'January  February March    April    May      June     July     August   SeptemberOctober  November December ';
const DAY_NAMES = 'Sunday   Monday   Tuesday  WednesdayThursday Friday   Saturday ';
const NAME_LENGTH: usize = 9;

/** Writes the name with a number; gives the address behind it. */
function writeName(names: string, index: usize, to: usize): usize {
  const from = changetype<usize>(names) + index * NAME_LENGTH * 2;
  for (let i: usize = 0; i < NAME_LENGTH; i++) {
    const character = load<u16>(from + i * 2);
    if (character == 32) break;
    store<u8>(to++, character);
  }
  return to;
}

export function writeMonthName(month: i64, to: usize): usize {
  return writeName(MONTH_NAMES, <usize>month - 1, to);
}

export function writeDayName(weekday: i64, to: usize): usize {
  return writeName(DAY_NAMES, <usize>weekday, to);
}

export function monthnameDate(days: i32, state: usize): i64 {
  const text = takeText(state, <u32>NAME_LENGTH);
  const end = writeMonthName(monthOf(days), text);
  giveBack(state, end);
  return textAt(text, <u32>(end - text));
}

export function monthnameTimestamp(micros: i64, state: usize): i64 {
  return monthnameDate(<i32>dateOf(micros), state);
}

export function daynameDate(days: i32, state: usize): i64 {
  const text = takeText(state, <u32>NAME_LENGTH);
  const end = writeDayName(dayOfWeek(days), text);
  giveBack(state, end);
  return textAt(text, <u32>(end - text));
}

export function daynameTimestamp(micros: i64, state: usize): i64 {
  return daynameDate(<i32>dateOf(micros), state);
}
