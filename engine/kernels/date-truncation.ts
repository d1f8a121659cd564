// The beginning of the unit of time that a value is in (query/date-truncation.ts).
import {
  dateOf,
  daysFromCivil,
  daysOfMonthNumber,
  daysSinceMonday,
  floorDivide,
  midnight,
  monthNumber,
  thursdayOf,
  yearOf,
} from './calendar';

/** The first day of a period that counts from year 0 in both directions. */
function periodStart(days: i64, length: i64): i64 {
  return daysFromCivil((yearOf(days) / length) * length, 1, 1);
}

/** The first day of the months, so many of them, that a day is in. */
function monthsStart(days: i64, count: i64): i64 {
  return daysOfMonthNumber(floorDivide(monthNumber(days), count) * count);
}

/** The Monday of the first ISO week of the year that the week belongs to: the week of 4 January. */
function isoYearStart(days: i64): i64 {
  const fourth = daysFromCivil(yearOf(thursdayOf(days)), 1, 4);
  return fourth - daysSinceMonday(fourth);
}

export function millenniumStartDate(days: i32, state: usize): i64 {
  return midnight(periodStart(days, 1000), state);
}

export function millenniumStartTimestamp(micros: i64, state: usize): i64 {
  return millenniumStartDate(<i32>dateOf(micros), state);
}

export function centuryStartDate(days: i32, state: usize): i64 {
  return midnight(periodStart(days, 100), state);
}

export function centuryStartTimestamp(micros: i64, state: usize): i64 {
  return centuryStartDate(<i32>dateOf(micros), state);
}

export function decadeStartDate(days: i32, state: usize): i64 {
  return midnight(periodStart(days, 10), state);
}

export function decadeStartTimestamp(micros: i64, state: usize): i64 {
  return decadeStartDate(<i32>dateOf(micros), state);
}

export function yearStartDate(days: i32, state: usize): i64 {
  return midnight(daysFromCivil(yearOf(days), 1, 1), state);
}

export function yearStartTimestamp(micros: i64, state: usize): i64 {
  return yearStartDate(<i32>dateOf(micros), state);
}

export function isoyearStartDate(days: i32, state: usize): i64 {
  return midnight(isoYearStart(days), state);
}

export function isoyearStartTimestamp(micros: i64, state: usize): i64 {
  return isoyearStartDate(<i32>dateOf(micros), state);
}

export function quarterStartDate(days: i32, state: usize): i64 {
  return midnight(monthsStart(days, 3), state);
}

export function quarterStartTimestamp(micros: i64, state: usize): i64 {
  return quarterStartDate(<i32>dateOf(micros), state);
}

export function monthStartDate(days: i32, state: usize): i64 {
  return midnight(monthsStart(days, 1), state);
}

export function monthStartTimestamp(micros: i64, state: usize): i64 {
  return monthStartDate(<i32>dateOf(micros), state);
}

export function weekStartDate(days: i32, state: usize): i64 {
  return midnight(<i64>days - daysSinceMonday(days), state);
}

export function weekStartTimestamp(micros: i64, state: usize): i64 {
  return weekStartDate(<i32>dateOf(micros), state);
}

export function dayStartTimestamp(micros: i64, state: usize): i64 {
  return floorDivide(micros, 86_400_000_000) * 86_400_000_000;
}

export function hourStartTimestamp(micros: i64, state: usize): i64 {
  return floorDivide(micros, 3_600_000_000) * 3_600_000_000;
}

export function minuteStartTimestamp(micros: i64, state: usize): i64 {
  return floorDivide(micros, 60_000_000) * 60_000_000;
}

export function secondStartTimestamp(micros: i64, state: usize): i64 {
  return floorDivide(micros, 1_000_000) * 1_000_000;
}

export function millisecondStartTimestamp(micros: i64, state: usize): i64 {
  return floorDivide(micros, 1000) * 1000;
}

export function microsecondStartTimestamp(micros: i64, state: usize): i64 {
  return micros;
}
