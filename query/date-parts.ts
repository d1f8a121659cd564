import { civilFromDays, daysFromCivil } from './calendar.ts';
import { inInt64 } from './call-failures.ts';
import { SluiceError } from './error.ts';
import type { LibraryFunction, Overload } from './function-entry.ts';
import { constantUnit, type TimeUnit, timeUnit } from './time-units.ts';
import { dateOfTimestamp, inTimestampRange, microsOfDay, timestampOfDate } from './timestamp-range.ts';
import { FLOAT64, INT64, TIMESTAMP, UTF8 } from './types.ts';

const MONTH_NAMES = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
] as const;
const DAY_NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

const modulo = (a: number, b: number): number => a - Math.floor(a / b) * b;

/** 0 for Sunday to 6 for Saturday. */
export const dayOfWeek = (days: number): number => modulo(days + 4, 7);
/** 0 for Monday to 6 for Sunday. */
export const daysSinceMonday = (days: number): number => modulo(days + 3, 7);
export const yearOf = (days: number): number => civilFromDays(days).year;
export const monthOf = (days: number): number => civilFromDays(days).month;
export const dayOfYear = (days: number): number => days - daysFromCivil({ year: yearOf(days), month: 1, day: 1 }) + 1;
/** The year that most days of the week belong to. */
export const isoYear = (days: number): number => yearOf(days - daysSinceMonday(days) + 3);
/** 1 for the week with the year's first Thursday. */
export const isoWeek = (days: number): number => Math.floor((dayOfYear(days - daysSinceMonday(days) + 3) - 1) / 7) + 1;
export const monthName = (days: number): string => MONTH_NAMES[monthOf(days) - 1]!;
export const dayName = (days: number): string => DAY_NAMES[dayOfWeek(days)]!;

/** Years 1 to `length` are in the first period, year 0 and those before in -1 and less. */
function periodOf(days: number, length: number): number {
  const year = yearOf(days);
  return year > 0 ? Math.trunc((year - 1) / length) + 1 : Math.trunc(year / length) - 1;
}

function yearWeek(days: number): number {
  const year = isoYear(days);
  return year * 100 + (year > 0 ? isoWeek(days) : -isoWeek(days));
}

/** The Julian day that begins at noon of 1970-01-01. */
const JULIAN_EPOCH = 2_440_588;
const MICROS_PER_MINUTE = 60_000_000;

/** Parts of the date, whole numbers: name, aliases, what it says, how it is found. */
const PARTS_OF_DATE: readonly [TimeUnit, readonly string[], string, (days: number) => number][] = [
  ['year', [], 'year; 0 is 1 BC', yearOf],
  ['quarter', [], 'quarter of the year, 1 to 4', (days) => Math.ceil(monthOf(days) / 3)],
  ['month', [], 'month of the year, 1 to 12', monthOf],
  ['day', ['dayofmonth'], 'day of the month, from 1', (days) => civilFromDays(days).day],
  ['dayofweek', ['weekday'], 'day of the week, 0 for Sunday to 6', dayOfWeek],
  ['isodow', [], 'day of the week, 1 for Monday to 7', (days) => daysSinceMonday(days) + 1],
  ['dayofyear', [], 'day of the year, from 1', dayOfYear],
  ['week', ['weekofyear'], 'ISO week of the year, 1 to 53', isoWeek],
  ['isoyear', [], 'year that the ISO week belongs to', isoYear],
  ['yearweek', [], 'ISO year and week, as 202053', yearWeek],
  ['decade', [], 'year divided by ten', (days) => Math.trunc(yearOf(days) / 10)],
  ['century', [], 'century; the years 1 to 100 are the first', (days) => periodOf(days, 100)],
  ['millennium', [], 'millennium; the years 1 to 1000 are the first', (days) => periodOf(days, 1000)],
  ['era', [], '1, or 0 before the year 1', (days) => (yearOf(days) > 0 ? 1 : 0)],
];

/** Parts of the time of day, of its µs; 0 for dates. */
const PARTS_OF_TIME: readonly [string, string, (micros: number) => number][] = [
  ['hour', 'hour of the day', (micros) => Math.floor(micros / 3_600_000_000)],
  ['minute', 'minute of the hour', (micros) => Math.floor(micros / MICROS_PER_MINUTE) % 60],
  ['second', 'second of the minute', (micros) => Math.floor(micros / 1_000_000) % 60],
  ['millisecond', 'milliseconds of the minute', (micros) => Math.floor((micros % MICROS_PER_MINUTE) / 1000)],
  ['microsecond', 'microseconds of the minute', (micros) => micros % MICROS_PER_MINUTE],
  ['nanosecond', 'nanoseconds of the minute', (micros) => (micros % MICROS_PER_MINUTE) * 1000],
];

const julianDay = (days: number): number => days + JULIAN_EPOCH;
const julianInstant = (micros: bigint): number =>
  Number(microsOfDay(micros)) / 86_400_000_000 + julianDay(dateOfTimestamp(micros));

/** Parts of dates and timestamps, each by a function of its own and by `date_part`, which SQL's EXTRACT becomes. */
export const DATE_PART_FUNCTIONS: readonly LibraryFunction[] = [
  ...PARTS_OF_DATE.map(([name, aliases, doc, part]) =>
    partFunction(name, aliases, doc, [
      {
        id: `${name}(date)`,
        parameters: ['date'],
        result: INT64,
        kernel: `${name}Date`,
        js: (days: number) => BigInt(part(days)),
        jsOfNumbers: part,
      },
      {
        id: `${name}(timestamp)`,
        parameters: ['timestamp'],
        result: INT64,
        kernel: `${name}Timestamp`,
        js: (micros: bigint) => BigInt(part(dateOfTimestamp(micros))),
        // Within ±2^53 the quotient is near enough to be rounded down to the same day.
        jsOfNumbers: (micros: number) => part(Math.floor(micros / 86_400_000_000)),
      },
    ]),
  ),
  ...PARTS_OF_TIME.map(([name, doc, part]) =>
    partFunction(name, [], doc, [
      { id: `${name}(date)`, parameters: ['date'], result: INT64, kernel: 'zeroDate', js: () => 0n },
      {
        id: `${name}(timestamp)`,
        parameters: ['timestamp'],
        result: INT64,
        kernel: `${name}Timestamp`,
        js: (micros: bigint) => BigInt(part(Number(microsOfDay(micros)))),
        jsOfNumbers: (micros: number) => part(modulo(micros, 86_400_000_000)),
      },
    ]),
  ),
  partFunction('epoch', [], 'seconds since 1970-01-01, as a double', [
    {
      id: 'epoch(date)',
      parameters: ['date'],
      result: FLOAT64,
      kernel: 'epochDate',
      js: (days: number) => days * 86_400,
    },
    {
      id: 'epoch(timestamp)',
      parameters: ['timestamp'],
      result: FLOAT64,
      kernel: 'epochTimestamp',
      js: (micros: bigint) => Number(micros) / 1_000_000,
    },
  ]),
  partFunction('julian', [], 'Julian day, with the time of day as its fraction', [
    { id: 'julian(date)', parameters: ['date'], result: FLOAT64, kernel: 'julianDate', js: julianDay },
    {
      id: 'julian(timestamp)',
      parameters: ['timestamp'],
      result: FLOAT64,
      kernel: 'julianTimestamp',
      js: julianInstant,
    },
  ]),
  partFunction('epoch_ms', [], 'milliseconds since 1970-01-01; of a bigint, the timestamp so many after it', [
    {
      id: 'epoch_ms(date)',
      parameters: ['date'],
      result: INT64,
      kernel: 'epochMillisDate',
      js: (days: number) => BigInt(days) * 86_400_000n,
    },
    {
      id: 'epoch_ms(timestamp)',
      parameters: ['timestamp'],
      result: INT64,
      kernel: 'epochMillisTimestamp',
      js: (micros: bigint) => micros / 1000n,
    },
    {
      id: 'epoch_ms(bigint)',
      parameters: ['int64'],
      result: TIMESTAMP,
      kernel: 'timestampOfMillis',
      fails: true,
      js: (millis: bigint) => inTimestampRange(millis * 1000n),
    },
  ]),
  partFunction('epoch_us', [], 'microseconds since 1970-01-01', [
    {
      id: 'epoch_us(date)',
      parameters: ['date'],
      result: INT64,
      kernel: 'timestampOfDate',
      fails: true,
      js: timestampOfDate,
    },
    {
      id: 'epoch_us(timestamp)',
      parameters: ['timestamp'],
      result: INT64,
      kernel: 'epochMicrosTimestamp',
      js: (micros: bigint) => micros,
    },
  ]),
  partFunction('epoch_ns', [], 'nanoseconds since 1970-01-01', [
    {
      id: 'epoch_ns(date)',
      parameters: ['date'],
      result: INT64,
      kernel: 'epochNanosDate',
      fails: true,
      js: (days: number) => inInt64(BigInt(days) * 86_400_000_000_000n),
    },
    {
      id: 'epoch_ns(timestamp)',
      parameters: ['timestamp'],
      result: INT64,
      kernel: 'epochNanosTimestamp',
      fails: true,
      js: (micros: bigint) => inInt64(micros * 1000n),
    },
  ]),
  nameFunction('monthname', 'English name of the month', monthName),
  nameFunction('dayname', 'English name of the day of the week', dayName),
  {
    ...partFunction('date_part', ['datepart'], 'part of a date or timestamp, as extract(part FROM time)', [
      {
        id: 'date_part(varchar, date)',
        parameters: ['utf8', 'date'],
        result: INT64,
        fails: true,
        js: (word: string, days: number) => wholePart(word, 0n, days),
      },
      {
        id: 'date_part(varchar, timestamp)',
        parameters: ['utf8', 'timestamp'],
        result: INT64,
        fails: true,
        js: (word: string, micros: bigint) => wholePart(word, micros, dateOfTimestamp(micros)),
      },
    ]),
    signature: 'date_part(varchar, date or timestamp)',
    expand: ([part, time], build) => {
      if (part?.type.kind !== 'utf8' || !time) return undefined;
      const unit = constantUnit(part);
      if (unit === null) return build.literal(INT64, null);
      return unit && build.named(unit, [time]);
    },
  },
];

function partFunction(
  name: string,
  aliases: readonly string[],
  doc: string,
  overloads: readonly Overload[],
): LibraryFunction {
  const signature = `${name}(date or timestamp)`;
  return { name, kind: 'function', category: 'time', aliases, signature, doc, nulls: 'strict', overloads };
}

function nameFunction(name: string, doc: string, of: (days: number) => string): LibraryFunction {
  return partFunction(name, [], doc, [
    { id: `${name}(date)`, parameters: ['date'], result: UTF8, kernel: `${name}Date`, js: of },
    {
      id: `${name}(timestamp)`,
      parameters: ['timestamp'],
      result: UTF8,
      kernel: `${name}Timestamp`,
      js: (micros: bigint) => of(dateOfTimestamp(micros)),
    },
  ]);
}

/** A part that is a whole number, named by a value rather than a constant; midnight suffices for a date's. */
function wholePart(word: string, micros: bigint, days: number): bigint {
  const unit = timeUnit(word);
  const ofDate = PARTS_OF_DATE.find(([name]) => name === unit);
  if (ofDate) return BigInt(ofDate[3](days));
  const ofTime = PARTS_OF_TIME.find(([name]) => name === unit);
  if (ofTime) return BigInt(ofTime[2](Number(microsOfDay(micros))));
  throw new SluiceError('bad-value', `${unit} is no whole number: date_part needs it as a constant`);
}
