// Dates and timestamps moved and made (query/date-arithmetic.ts).
import {
  addMonths,
  checkDate,
  checkTimestamp,
  clockOf,
  dateOf,
  daysFromCivil,
  daysOfMonthNumber,
  MICROS_PER_DAY,
  midnight,
  monthNumber,
} from './calendar';
import { fail, RESULT_OUT_OF_RANGE } from './call-state';

/** By months first, then by days, then by µs; the two latter need no calendar. */
export function addInterval(micros: i64, months: i32, days: i32, rest: i64, state: usize): i64 {
  let date = dateOf(micros);
  if (months != 0) date = checkDate(addMonths(date, months), state);
  date = checkDate(date + days, state);
  // Whole days of the rest first, so that no sum leaves 64 bits unless the result does.
  const clock = clockOf(micros) + rest % MICROS_PER_DAY;
  const moved = date + rest / MICROS_PER_DAY + dateOf(clock);
  const start = midnight(moved, state);
  return checkTimestamp(start + clockOf(clock), state);
}

export function lastDayDate(days: i32, state: usize): i32 {
  return checkDate(daysOfMonthNumber(monthNumber(days) + 1) - 1, state);
}

export function lastDayTimestamp(micros: i64, state: usize): i32 {
  return lastDayDate(<i32>dateOf(micros), state);
}

export function makeDate(year: i64, month: i64, day: i64, state: usize): i32 {
  if (year < -6_000_000 || year > 6_000_000 || month < 1 || month > 12 || day < 1 || day > 31) {
    fail(state, RESULT_OUT_OF_RANGE);
    return 0;
  }
  const date = daysFromCivil(year, month, day);
  if (monthNumber(date) != year * 12 + month - 1) fail(state, RESULT_OUT_OF_RANGE);
  return checkDate(date, state);
}

export function dateOfDays(days: i32, state: usize): i32 {
  return checkDate(days, state);
}

/** 24:00:00 and 60 seconds are the next day and the next minute. */
export function makeTimestamp(
  year: i64,
  month: i64,
  day: i64,
  hour: i64,
  minute: i64,
  seconds: f64,
  state: usize,
): i64 {
  const date = makeDate(year, month, day, state);
  const isMidnight = hour == 24 && minute == 0 && seconds == 0;
  const inDay = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && seconds >= 0 && seconds < 61;
  if (!isMidnight && !inDay) {
    fail(state, RESULT_OUT_OF_RANGE);
    return 0;
  }
  const whole = trunc(seconds);
  const fraction = <i64>floor((seconds - whole) * 1_000_000 + 0.5);
  const clock = (hour * 60 + minute) * 60_000_000 + <i64>whole * 1_000_000 + fraction;
  return checkTimestamp(midnight(<i64>date + dateOf(clock), state) + clockOf(clock), state);
}

export function timestampOfMicros(micros: i64, state: usize): i64 {
  return checkTimestamp(micros, state);
}
