import { addMonths, daysFromCivil, daysInMonth, MICROS_PER_DAY } from './calendar.ts';
import { outOfRange } from './call-failures.ts';
import { monthOf, yearOf } from './date-parts.ts';
import { type LibraryFunction, strictFunctions } from './function-entry.ts';
import { dateOfTimestamp, inDateRange, inTimestampRange, microsOfDay } from './timestamp-range.ts';
import { DATE, TIMESTAMP } from './types.ts';

const entry = strictFunctions('time');

/** Dates and timestamps moved and made. */
export const DATE_ARITHMETIC_FUNCTIONS: readonly LibraryFunction[] = [
  {
    ...entry('add_interval', [], 'timestamp + INTERVAL', 'moved by months, then days, then microseconds', [
      {
        id: 'add_interval(timestamp, integer, integer, bigint)',
        parameters: ['timestamp', 'int32', 'int32', 'int64'],
        result: TIMESTAMP,
        kernel: 'addInterval',
        fails: true,
        js: addInterval,
      },
    ]),
    internal: true,
  },
  entry('last_day', [], 'last_day(date or timestamp)', 'last day of the month, a date', [
    { id: 'last_day(date)', parameters: ['date'], result: DATE, kernel: 'lastDayDate', fails: true, js: lastDay },
    {
      id: 'last_day(timestamp)',
      parameters: ['timestamp'],
      result: DATE,
      kernel: 'lastDayTimestamp',
      js: (micros: bigint) => lastDay(dateOfTimestamp(micros)),
    },
  ]),
  entry('make_date', [], 'make_date(year, month, day)', 'the date; of one integer, the days since 1970-01-01', [
    {
      id: 'make_date(bigint, bigint, bigint)',
      parameters: ['int64', 'int64', 'int64'],
      result: DATE,
      kernel: 'makeDate',
      fails: true,
      js: makeDate,
    },
    {
      id: 'make_date(integer)',
      parameters: ['int32'],
      result: DATE,
      kernel: 'dateOfDays',
      fails: true,
      js: inDateRange,
    },
  ]),
  entry(
    'make_timestamp',
    [],
    'make_timestamp(year, month, day, hour, minute, seconds)',
    'the timestamp; of one bigint, the microseconds since 1970-01-01',
    [
      {
        id: 'make_timestamp(bigint, bigint, bigint, bigint, bigint, double)',
        parameters: ['int64', 'int64', 'int64', 'int64', 'int64', 'float64'],
        result: TIMESTAMP,
        kernel: 'makeTimestamp',
        fails: true,
        js: makeTimestamp,
      },
      {
        id: 'make_timestamp(bigint)',
        parameters: ['int64'],
        result: TIMESTAMP,
        kernel: 'timestampOfMicros',
        fails: true,
        js: inTimestampRange,
      },
    ],
  ),
  {
    ...entry(
      'now',
      ['get_current_timestamp', 'current_timestamp', 'transaction_timestamp'],
      'now()',
      'UTC timestamp at which the query was bound',
      [],
    ),
    expand: (args, build) => (args.length === 0 ? build.literal(TIMESTAMP, currentMicros()) : undefined),
  },
  {
    ...entry('today', ['current_date'], 'today()', 'UTC date at which the query was bound', []),
    expand: (args, build) => (args.length === 0 ? build.literal(DATE, dateOfTimestamp(currentMicros())) : undefined),
  },
];

const currentMicros = (): bigint => BigInt(Date.now()) * 1000n;

/** A day beyond the end of its new month becomes the last one, before days and µs are added. */
function addInterval(timestamp: bigint, months: number, days: number, micros: bigint): bigint {
  const date = inDateRange(addMonths(dateOfTimestamp(timestamp), months));
  const moved = BigInt(inDateRange(date + days));
  return inTimestampRange(moved * MICROS_PER_DAY + microsOfDay(timestamp) + micros);
}

function lastDay(days: number): number {
  const year = yearOf(days);
  const month = monthOf(days);
  return inDateRange(daysFromCivil({ year, month, day: daysInMonth(year, month) }));
}

function makeDate(year: bigint, month: bigint, day: bigint): number {
  const y = Number(year);
  const m = Number(month);
  if (Math.abs(y) > 6_000_000 || m < 1 || m > 12 || day < 1n || day > BigInt(daysInMonth(y, m))) throw outOfRange();
  return inDateRange(daysFromCivil({ year: y, month: m, day: Number(day) }));
}

/** 24:00:00 and 60 seconds are the next day and the next minute. */
function makeTimestamp(
  year: bigint,
  month: bigint,
  day: bigint,
  hour: bigint,
  minute: bigint,
  seconds: number,
): bigint {
  const date = BigInt(makeDate(year, month, day));
  const whole = Math.trunc(seconds);
  const fraction = Math.round((seconds - whole) * 1_000_000);
  const midnight = hour === 24n && minute === 0n && seconds === 0;
  const inDay = hour >= 0n && hour < 24n && minute >= 0n && minute < 60n && seconds >= 0 && seconds < 61;
  if (!midnight && !inDay) throw outOfRange();
  const minutes = hour * 60n + minute;
  return inTimestampRange(
    date * MICROS_PER_DAY + minutes * 60_000_000n + BigInt(whole) * 1_000_000n + BigInt(fraction),
  );
}
