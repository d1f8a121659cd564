// Proleptic Gregorian dates as days since 1970-01-01, timestamps as µs since then.
// Source of the conversions: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
import { fail, RESULT_OUT_OF_RANGE } from './call-state';

export const MICROS_PER_DAY: i64 = 86_400_000_000;
const DAYS_PER_ERA: i64 = 146_097;

/** The last of -290308-12-21 and the first of 294247-01-10 04:00:54.775807: timestamps lie between. */
const LEAST_TIMESTAMP: i64 = -9_223_372_022_400_000_000;
const GREATEST_TIMESTAMP: i64 = 9_223_372_036_854_775_806;
const GREATEST_DATE: i64 = 2_147_483_646;

/** a / b rounded down, b > 0. */
// @ts-ignore: decorator
@inline
export function floorDivide(a: i64, b: i64): i64 {
  const quotient = a / b;
  return quotient - i64(quotient * b > a);
}

/** Of a timestamp: the days since 1970-01-01. */
// @ts-ignore: decorator
@inline
export function dateOf(micros: i64): i64 {
  return floorDivide(micros, MICROS_PER_DAY);
}

/** Of a timestamp: the µs since midnight. */
// @ts-ignore: decorator
@inline
export function clockOf(micros: i64): i64 {
  return micros - dateOf(micros) * MICROS_PER_DAY;
}

/** Year, month and day in one word: year x 65536 + month x 256 + day. */
export function civilFromDays(days: i64): i64 {
  const shifted = days + 719_468;
  const era = floorDivide(shifted, DAYS_PER_ERA);
  const dayOfEra = <u32>(shifted - era * DAYS_PER_ERA);
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const shiftedMonth = (5 * dayOfYear + 2) / 153;
  const day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = era * 400 + yearOfEra + i64(month <= 2);
  return (year << 16) | (month << 8) | day;
}

// @ts-ignore: decorator
@inline
export function yearOf(days: i64): i64 {
  return civilFromDays(days) >> 16;
}

// @ts-ignore: decorator
@inline
export function monthOf(days: i64): i64 {
  return (civilFromDays(days) >> 8) & 255;
}

/** Months since the beginning of year 0, from 0. */
// @ts-ignore: decorator
@inline
export function monthNumber(days: i64): i64 {
  const civil = civilFromDays(days);
  return (civil >> 16) * 12 + ((civil >> 8) & 255) - 1;
}

/** The days of the first of a month that is counted as by `monthNumber`. */
export function daysOfMonthNumber(months: i64): i64 {
  const year = floorDivide(months, 12);
  const month = months - year * 12 + 1;
  return daysFromCivil(year, month, 1);
}

export function daysFromCivil(year: i64, month: i64, day: i64): i64 {
  const y = year - i64(month <= 2);
  const era = floorDivide(y, 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return era * DAYS_PER_ERA + dayOfEra - 719_468;
}

/** A day beyond the end of its new month becomes the last one. */
export function addMonths(days: i64, months: i64): i64 {
  const first = monthNumber(days) + months;
  const start = daysOfMonthNumber(first);
  const length = daysOfMonthNumber(first + 1) - start;
  return start + min(civilFromDays(days) & 255, length) - 1;
}

/** 0 for Sunday to 6 for Saturday. */
// @ts-ignore: decorator
@inline
export function dayOfWeek(days: i64): i64 {
  return days + 4 - floorDivide(days + 4, 7) * 7;
}

/** 0 for Monday to 6 for Sunday. */
// @ts-ignore: decorator
@inline
export function daysSinceMonday(days: i64): i64 {
  return days + 3 - floorDivide(days + 3, 7) * 7;
}

/** From 1. */
// @ts-ignore: decorator
@inline
export function dayOfYear(days: i64): i64 {
  return days - daysFromCivil(yearOf(days), 1, 1) + 1;
}

/** Its year is the one that the ISO week belongs to. */
// @ts-ignore: decorator
@inline
export function thursdayOf(days: i64): i64 {
  return days - daysSinceMonday(days) + 3;
}

/** From 1, for the week with the year's first Thursday. */
// @ts-ignore: decorator
@inline
export function isoWeek(days: i64): i64 {
  return (dayOfYear(thursdayOf(days)) - 1) / 7 + 1;
}

// @ts-ignore: decorator
@inline
export function checkTimestamp(micros: i64, state: usize): i64 {
  if (micros < LEAST_TIMESTAMP || micros > GREATEST_TIMESTAMP) fail(state, RESULT_OUT_OF_RANGE);
  return micros;
}

// @ts-ignore: decorator
@inline
export function checkDate(days: i64, state: usize): i32 {
  if (days < -GREATEST_DATE || days > GREATEST_DATE) fail(state, RESULT_OUT_OF_RANGE);
  return <i32>days;
}

/** Midnight of a day; fails outside of the range of timestamps. */
// @ts-ignore: decorator
@inline
export function midnight(days: i64, state: usize): i64 {
  if (days < LEAST_TIMESTAMP / MICROS_PER_DAY || days > GREATEST_TIMESTAMP / MICROS_PER_DAY) fail(state, RESULT_OUT_OF_RANGE);
  return days * MICROS_PER_DAY;
}
