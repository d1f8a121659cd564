// Boundaries of units and whole units between two times (query/date-differences.ts).
import {
  addMonths,
  clockOf,
  dateOf,
  floorDivide,
  midnight,
  monthNumber,
  thursdayOf,
  yearOf,
} from './calendar';
import { fail, RESULT_OUT_OF_RANGE } from './call-state';

// @ts-ignore: decorator
@inline
function subtract(a: i64, b: i64, state: usize): i64 {
  const difference = a - b;
  if (((a ^ b) & (a ^ difference)) < 0) fail(state, RESULT_OUT_OF_RANGE);
  return difference;
}

/** Whole months; the last day of a shorter month completes one that began on a later day. */
function wholeMonths(start: i64, end: i64): i64 {
  const backwards = start > end;
  const from = backwards ? end : start, to = backwards ? start : end;
  const fromDate = dateOf(from), toDate = dateOf(to);
  const months = monthNumber(toDate) - monthNumber(fromDate);
  const anniversary = addMonths(fromDate, months);
  const passed = anniversary == toDate ? clockOf(from) <= clockOf(to) : anniversary < toDate;
  const whole = months - i64(!passed);
  return backwards ? -whole : whole;
}

export function millenniumDiffDate(start: i32, end: i32, state: usize): i64 {
  return yearOf(end) / 1000 - yearOf(start) / 1000;
}

export function millenniumDiffTimestamp(start: i64, end: i64, state: usize): i64 {
  return millenniumDiffDate(<i32>dateOf(start), <i32>dateOf(end), state);
}

export function centuryDiffDate(start: i32, end: i32, state: usize): i64 {
  return yearOf(end) / 100 - yearOf(start) / 100;
}

export function centuryDiffTimestamp(start: i64, end: i64, state: usize): i64 {
  return centuryDiffDate(<i32>dateOf(start), <i32>dateOf(end), state);
}

export function decadeDiffDate(start: i32, end: i32, state: usize): i64 {
  return yearOf(end) / 10 - yearOf(start) / 10;
}

export function decadeDiffTimestamp(start: i64, end: i64, state: usize): i64 {
  return decadeDiffDate(<i32>dateOf(start), <i32>dateOf(end), state);
}

export function yearDiffDate(start: i32, end: i32, state: usize): i64 {
  return yearOf(end) - yearOf(start);
}

export function yearDiffTimestamp(start: i64, end: i64, state: usize): i64 {
  return yearDiffDate(<i32>dateOf(start), <i32>dateOf(end), state);
}

export function isoyearDiffDate(start: i32, end: i32, state: usize): i64 {
  return yearOf(thursdayOf(end)) - yearOf(thursdayOf(start));
}

export function isoyearDiffTimestamp(start: i64, end: i64, state: usize): i64 {
  return isoyearDiffDate(<i32>dateOf(start), <i32>dateOf(end), state);
}

export function quarterDiffDate(start: i32, end: i32, state: usize): i64 {
  return monthNumber(end) / 3 - monthNumber(start) / 3;
}

export function quarterDiffTimestamp(start: i64, end: i64, state: usize): i64 {
  return quarterDiffDate(<i32>dateOf(start), <i32>dateOf(end), state);
}

export function monthDiffDate(start: i32, end: i32, state: usize): i64 {
  return monthNumber(end) - monthNumber(start);
}

export function monthDiffTimestamp(start: i64, end: i64, state: usize): i64 {
  return monthDiffDate(<i32>dateOf(start), <i32>dateOf(end), state);
}

export function dayDiffDate(start: i32, end: i32, state: usize): i64 {
  return <i64>end - <i64>start;
}

export function dayDiffTimestamp(start: i64, end: i64, state: usize): i64 {
  return dayDiffDate(<i32>dateOf(start), <i32>dateOf(end), state);
}

export function weekDiffDate(start: i32, end: i32, state: usize): i64 {
  return (<i64>end - <i64>start) / 7;
}

export function weekDiffTimestamp(start: i64, end: i64, state: usize): i64 {
  return (dateOf(end) - dateOf(start)) / 7;
}

export function hourDiffDate(start: i32, end: i32, state: usize): i64 {
  return (<i64>end - <i64>start) * 24;
}

export function minuteDiffDate(start: i32, end: i32, state: usize): i64 {
  return (<i64>end - <i64>start) * 1440;
}

export function secondDiffDate(start: i32, end: i32, state: usize): i64 {
  return (<i64>end - <i64>start) * 86_400;
}

export function millisecondDiffDate(start: i32, end: i32, state: usize): i64 {
  return midnight(end, state) / 1000 - midnight(start, state) / 1000;
}

export function microsecondDiffDate(start: i32, end: i32, state: usize): i64 {
  return subtract(midnight(end, state), midnight(start, state), state);
}

export function hourDiffTimestamp(start: i64, end: i64, state: usize): i64 {
  return floorDivide(end, 3_600_000_000) - floorDivide(start, 3_600_000_000);
}

export function minuteDiffTimestamp(start: i64, end: i64, state: usize): i64 {
  return floorDivide(end, 60_000_000) - floorDivide(start, 60_000_000);
}

export function secondDiffTimestamp(start: i64, end: i64, state: usize): i64 {
  return floorDivide(end, 1_000_000) - floorDivide(start, 1_000_000);
}

export function millisecondDiffTimestamp(start: i64, end: i64, state: usize): i64 {
  return floorDivide(end, 1000) - floorDivide(start, 1000);
}

export function microsecondDiffTimestamp(start: i64, end: i64, state: usize): i64 {
  return subtract(end, start, state);
}

export function millenniumSpan(start: i64, end: i64, state: usize): i64 {
  return wholeMonths(start, end) / 12_000;
}

export function centurySpan(start: i64, end: i64, state: usize): i64 {
  return wholeMonths(start, end) / 1200;
}

export function decadeSpan(start: i64, end: i64, state: usize): i64 {
  return wholeMonths(start, end) / 120;
}

export function yearSpan(start: i64, end: i64, state: usize): i64 {
  return wholeMonths(start, end) / 12;
}

export function quarterSpan(start: i64, end: i64, state: usize): i64 {
  return wholeMonths(start, end) / 3;
}

export function monthSpan(start: i64, end: i64, state: usize): i64 {
  return wholeMonths(start, end);
}

export function weekSpan(start: i64, end: i64, state: usize): i64 {
  return subtract(end, start, state) / 604_800_000_000;
}

export function daySpan(start: i64, end: i64, state: usize): i64 {
  return subtract(end, start, state) / 86_400_000_000;
}

export function hourSpan(start: i64, end: i64, state: usize): i64 {
  return subtract(end, start, state) / 3_600_000_000;
}

export function minuteSpan(start: i64, end: i64, state: usize): i64 {
  return subtract(end, start, state) / 60_000_000;
}

export function secondSpan(start: i64, end: i64, state: usize): i64 {
  return subtract(end, start, state) / 1_000_000;
}

export function millisecondSpan(start: i64, end: i64, state: usize): i64 {
  return subtract(end, start, state) / 1000;
}

export function microsecondSpan(start: i64, end: i64, state: usize): i64 {
  return subtract(end, start, state);
}
