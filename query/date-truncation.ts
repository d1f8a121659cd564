import { daysFromCivil, MICROS_PER_DAY } from './calendar.ts';
import { floorDivide } from './cast-value.ts';
import { daysSinceMonday, isoWeek, monthOf, yearOf } from './date-parts.ts';
import { SluiceError } from './error.ts';
import type { LibraryFunction, Overload } from './function-entry.ts';
import { CLOCK_UNITS, constantUnit, type TimeUnit, timeUnit, WHOLE_UNITS } from './time-units.ts';
import { dateOfTimestamp, inTimestampRange, timestampOfDate } from './timestamp-range.ts';
import { TIMESTAMP } from './types.ts';

const firstOfYear = (year: number): number => daysFromCivil({ year, month: 1, day: 1 });
/** The first year of a period that counts from year 0 in both directions. */
const periodStart = (days: number, length: number): number => firstOfYear(Math.trunc(yearOf(days) / length) * length);
const monthStart = (days: number, month: number): number => daysFromCivil({ year: yearOf(days), month, day: 1 });
const monday = (days: number): number => days - daysSinceMonday(days);

/** Units of a day and more: the first day of the one that a day is in. */
const DAY_UNITS: Partial<Record<TimeUnit, (days: number) => number>> = {
  millennium: (days) => periodStart(days, 1000),
  century: (days) => periodStart(days, 100),
  decade: (days) => periodStart(days, 10),
  year: (days) => firstOfYear(yearOf(days)),
  isoyear: (days) => monday(days) - (isoWeek(days) - 1) * 7,
  quarter: (days) => monthStart(days, Math.floor((monthOf(days) - 1) / 3) * 3 + 1),
  month: (days) => monthStart(days, monthOf(days)),
  week: monday,
  day: (days) => days,
};

const CLOCK_MICROS: Partial<Record<TimeUnit, bigint>> = CLOCK_UNITS;

/** date_trunc: the beginning of the unit of time that a value is in, always a timestamp, also for dates. */
export const DATE_TRUNCATION_FUNCTIONS: readonly LibraryFunction[] = [
  {
    name: 'date_trunc',
    kind: 'function',
    category: 'time',
    aliases: ['datetrunc'],
    signature: 'date_trunc(varchar, date or timestamp)',
    doc: 'beginning of the unit that a time is in, as a timestamp',
    nulls: 'strict',
    overloads: [
      {
        id: 'date_trunc(varchar, date)',
        parameters: ['utf8', 'date'],
        result: TIMESTAMP,
        fails: true,
        js: (word: string, days: number) => truncateDate(truncationUnit(timeUnit(word)), days),
      },
      {
        id: 'date_trunc(varchar, timestamp)',
        parameters: ['utf8', 'timestamp'],
        result: TIMESTAMP,
        fails: true,
        js: (word: string, micros: bigint) => truncateTimestamp(truncationUnit(timeUnit(word)), micros),
      },
      ...Object.keys(DAY_UNITS).flatMap((unit) => overloadsOfUnit(unit as TimeUnit)),
      ...Object.keys(CLOCK_UNITS).flatMap((unit) => overloadsOfUnit(unit as TimeUnit)),
    ],
    expand: ([word, time], build) => {
      if (word?.type.kind !== 'utf8' || (time?.type.kind !== 'date' && time?.type.kind !== 'timestamp'))
        return undefined;
      const named = constantUnit(word);
      if (named === undefined) return undefined;
      if (named === null) return build.literal(TIMESTAMP, null);
      return build.overload(`date_trunc_${truncationUnit(named)}(${time.type.kind})`, [time], TIMESTAMP);
    },
  },
];

function truncationUnit(unit: TimeUnit): TimeUnit {
  const own = WHOLE_UNITS[unit] ?? unit;
  if (!DAY_UNITS[own] && !CLOCK_MICROS[own]) throw new SluiceError('bad-value', `date_trunc has no unit ${unit}`);
  return own;
}

function overloadsOfUnit(unit: TimeUnit): readonly Overload[] {
  return [
    {
      id: `date_trunc_${unit}(date)`,
      parameters: ['date'],
      result: TIMESTAMP,
      kernel: DAY_UNITS[unit] && unit !== 'day' ? `${unit}StartDate` : 'timestampOfDate',
      fails: true,
      internal: true,
      js: (days: number) => truncateDate(unit, days),
    },
    {
      id: `date_trunc_${unit}(timestamp)`,
      parameters: ['timestamp'],
      result: TIMESTAMP,
      kernel: `${unit}StartTimestamp`,
      // The least timestamp is a midnight, but not the beginning of longer units.
      fails: unit !== 'day' && unit in DAY_UNITS,
      internal: true,
      js: (micros: bigint) => truncateTimestamp(unit, micros),
    },
  ];
}

function truncateDate(unit: TimeUnit, days: number): bigint {
  return timestampOfDate(DAY_UNITS[unit]?.(days) ?? days);
}

function truncateTimestamp(unit: TimeUnit, micros: bigint): bigint {
  const clock = CLOCK_MICROS[unit];
  if (clock !== undefined) return floorDivide(micros, clock) * clock;
  return inTimestampRange(BigInt(DAY_UNITS[unit]!(dateOfTimestamp(micros))) * MICROS_PER_DAY);
}
