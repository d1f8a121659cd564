import { addMonths, civilFromDays, MICROS_PER_DAY } from './calendar.ts';
import { inInt64 } from './call-failures.ts';
import { floorDivide } from './cast-value.ts';
import { isoYear, yearOf } from './date-parts.ts';
import { SluiceError } from './error.ts';
import type { BoundExpression } from './expression.ts';
import type { ExpressionBuilder, LibraryFunction, Overload } from './function-entry.ts';
import { CLOCK_UNITS, constantUnit, type TimeUnit, timeUnit, WHOLE_UNITS } from './time-units.ts';
import { dateOfTimestamp, microsOfDay, timestampOfDate } from './timestamp-range.ts';
import { INT64, TIMESTAMP } from './types.ts';

const MICROS = {
  week: 7n * MICROS_PER_DAY,
  day: MICROS_PER_DAY,
  ...CLOCK_UNITS,
} as const;

const MONTHS = { millennium: 12_000, century: 1200, decade: 120, year: 12, quarter: 3, month: 1 } as const;

const monthNumber = (days: number): number => {
  const { year, month } = civilFromDays(days);
  return year * 12 + month - 1;
};

/** Units whose boundaries are days: the number of the one that a day is in; periods count from year 0 outwards. */
const DAY_UNITS: Partial<Record<TimeUnit, (days: number) => number>> = {
  millennium: (days) => Math.trunc(yearOf(days) / 1000),
  century: (days) => Math.trunc(yearOf(days) / 100),
  decade: (days) => Math.trunc(yearOf(days) / 10),
  year: yearOf,
  isoyear: isoYear,
  quarter: (days) => Math.trunc(monthNumber(days) / 3),
  month: monthNumber,
  day: (days) => days,
};

const DIFFERENCE_UNITS = [
  ...(Object.keys(DAY_UNITS) as TimeUnit[]),
  ...(['week', 'hour', 'minute', 'second', 'millisecond', 'microsecond'] as const),
];
const SPAN_UNITS = [...Object.keys(MONTHS), ...Object.keys(MICROS)] as TimeUnit[];

type Counter<T> = (unit: TimeUnit, start: T, end: T) => bigint;

/** date_diff: boundaries of a unit between two times. date_sub: whole units between them. */
export const DATE_DIFFERENCE_FUNCTIONS: readonly LibraryFunction[] = [
  {
    name: 'date_diff',
    kind: 'function',
    category: 'time',
    aliases: ['datediff'],
    signature: 'date_diff(varchar, start, end)',
    doc: 'how many boundaries of the unit lie between two dates or timestamps',
    nulls: 'strict',
    overloads: [
      ...overloadsOfWord<number>('date_diff', 'date', DIFFERENCE_UNITS, boundariesOfDates),
      ...overloadsOfWord<bigint>('date_diff', 'timestamp', DIFFERENCE_UNITS, boundariesOfTimestamps),
      ...DIFFERENCE_UNITS.flatMap((unit) => [
        overloadOfUnit<number>('date_diff', unit, 'date', `${unit}DiffDate`, boundariesOfDates),
        overloadOfUnit<bigint>('date_diff', unit, 'timestamp', `${unit}DiffTimestamp`, boundariesOfTimestamps),
      ]),
    ],
    expand: (args, build) => expandUnit('date_diff', DIFFERENCE_UNITS, args, build),
  },
  {
    name: 'date_sub',
    kind: 'function',
    category: 'time',
    aliases: ['datesub'],
    signature: 'date_sub(varchar, start, end)',
    doc: 'how many whole units lie between two dates or timestamps',
    nulls: 'strict',
    overloads: [
      ...overloadsOfWord<bigint>('date_sub', 'timestamp', SPAN_UNITS, wholeUnits),
      ...SPAN_UNITS.map((unit) => overloadOfUnit<bigint>('date_sub', unit, 'timestamp', `${unit}Span`, wholeUnits)),
    ],
    expand: (args, build) => expandUnit('date_sub', SPAN_UNITS, args, build),
  },
];

function overloadsOfWord<T>(
  name: string,
  kind: 'date' | 'timestamp',
  units: readonly TimeUnit[],
  count: Counter<T>,
): readonly Overload[] {
  return [
    {
      id: `${name}(varchar, ${kind}, ${kind})`,
      parameters: ['utf8', kind, kind],
      result: INT64,
      fails: true,
      js: (word: string, start: T, end: T) => count(countedUnit(name, units, timeUnit(word)), start, end),
    },
  ];
}

function overloadOfUnit<T>(
  name: string,
  unit: TimeUnit,
  kind: 'date' | 'timestamp',
  kernel: string,
  count: Counter<T>,
): Overload {
  return {
    id: `${name}_${unit}(${kind}, ${kind})`,
    parameters: [kind, kind],
    result: INT64,
    kernel,
    fails: mayOverflow(name, unit, kind),
    internal: true,
    js: (start: T, end: T) => count(unit, start, end),
  };
}

/** Whether the difference in µs is taken, which need not fit 64 bits. */
function mayOverflow(name: string, unit: TimeUnit, kind: 'date' | 'timestamp'): boolean {
  if (name === 'date_sub') return unit in MICROS;
  return unit === 'microsecond' || (unit === 'millisecond' && kind === 'date');
}

function countedUnit(name: string, units: readonly TimeUnit[], unit: TimeUnit): TimeUnit {
  const own = WHOLE_UNITS[unit] ?? (name === 'date_sub' && unit === 'isoyear' ? 'year' : unit);
  if (!units.includes(own)) throw new SluiceError('bad-value', `${name} has no unit ${unit}`);
  return own;
}

/** A constant unit becomes the overload of that unit; a date beside a timestamp becomes one. */
function expandUnit(
  name: string,
  units: readonly TimeUnit[],
  args: readonly BoundExpression[],
  build: ExpressionBuilder,
): BoundExpression | undefined {
  const [word, ...times] = args;
  const kinds = times.map(({ type }) => type.kind);
  if (word?.type.kind !== 'utf8' || times.length !== 2) return undefined;
  if (!kinds.every((kind) => kind === 'date' || kind === 'timestamp')) return undefined;
  const named = constantUnit(word);
  if (named === undefined) return undefined;
  if (named === null) return build.literal(INT64, null);
  const asDates = name === 'date_diff' && kinds.every((kind) => kind === 'date');
  const operands = asDates ? times : times.map((time) => build.cast(time, TIMESTAMP));
  const kind = asDates ? 'date' : 'timestamp';
  return build.overload(`${name}_${countedUnit(name, units, named)}(${kind}, ${kind})`, operands, INT64);
}

function boundariesOfDates(unit: TimeUnit, start: number, end: number): bigint {
  const numberOf = DAY_UNITS[unit];
  if (numberOf) return BigInt(numberOf(end) - numberOf(start));
  if (unit === 'week') return BigInt(Math.trunc((end - start) / 7));
  const micros = MICROS[unit as keyof typeof MICROS];
  if (micros <= MICROS.millisecond) return boundariesOfTimestamps(unit, timestampOfDate(start), timestampOfDate(end));
  return BigInt(end - start) * (MICROS_PER_DAY / micros);
}

function boundariesOfTimestamps(unit: TimeUnit, start: bigint, end: bigint): bigint {
  if (DAY_UNITS[unit] || unit === 'week') return boundariesOfDates(unit, dateOfTimestamp(start), dateOfTimestamp(end));
  const micros = MICROS[unit as keyof typeof MICROS];
  return inInt64(floorDivide(end, micros) - floorDivide(start, micros));
}

function wholeUnits(unit: TimeUnit, start: bigint, end: bigint): bigint {
  const months = MONTHS[unit as keyof typeof MONTHS];
  if (months) return BigInt(Math.trunc(wholeMonths(start, end) / months));
  return inInt64(end - start) / MICROS[unit as keyof typeof MICROS];
}

/** Months that have passed in full; the last day of a shorter month completes one that began on a later day. */
function wholeMonths(start: bigint, end: bigint): number {
  if (start > end) return -wholeMonths(end, start);
  const startDays = dateOfTimestamp(start);
  const endDays = dateOfTimestamp(end);
  const months = monthNumber(endDays) - monthNumber(startDays);
  const anniversary = addMonths(startDays, months);
  const passed = anniversary === endDays ? microsOfDay(start) <= microsOfDay(end) : anniversary < endDays;
  return passed ? months : months - 1;
}
