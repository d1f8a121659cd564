import { addMonths, MICROS_PER_DAY } from '../calendar.ts';
import { castScalar, floorDivide } from '../cast-value.ts';
import { FLOAT64, type Scalar, UTF8 } from '../types.ts';
import { constantValue } from './constant.ts';
import type { AstNode } from './duckdb-ast.ts';

/** A constant span of time, as SQL's INTERVAL: months and days have no fixed length. */
export interface Interval {
  readonly months: number;
  readonly days: number;
  readonly micros: bigint;
}

const NOTHING: Interval = { months: 0, days: 0, micros: 0n };
const months = (count: number): Interval => ({ ...NOTHING, months: count });
const days = (count: number): Interval => ({ ...NOTHING, days: count });
const micros = (count: number): Interval => ({ ...NOTHING, micros: BigInt(count) });

/** One of each unit. */
const UNITS: Record<string, Interval> = {
  millennium: months(12_000),
  century: months(1_200),
  decade: months(120),
  year: months(12),
  quarter: months(3),
  month: months(1),
  week: days(7),
  day: days(1),
  hour: micros(3_600_000_000),
  minute: micros(60_000_000),
  second: micros(1_000_000),
  millisecond: micros(1_000),
  microsecond: micros(1),
};

/** The unit of what DuckDB's parser makes of `INTERVAL n UNIT`: a call of `to_days` and its like. */
const CONSTRUCTORS: Record<string, string> = Object.fromEntries([
  ...Object.keys(UNITS).map((unit) => [`to_${unit}s`, unit]),
  ['to_millennia', 'millennium'],
  ['to_centuries', 'century'],
]);

/** True for `INTERVAL n UNIT` and `INTERVAL 'text'`. */
export function isInterval(node: AstNode): boolean {
  if (node.class === 'CAST') return node.cast_type.id === 'INTERVAL';
  return node.class === 'FUNCTION' && node.function_name in CONSTRUCTORS && node.children.length === 1;
}

/** One of the unit that `INTERVAL n UNIT` counts, where n is any expression; undefined for other nodes. */
export function intervalUnit(node: AstNode): Interval | undefined {
  return node.class === 'FUNCTION' ? UNITS[CONSTRUCTORS[node.function_name] ?? ''] : undefined;
}

/**
 * The value of an interval whose text or number is a constant; undefined for others and for texts that are no interval.
 */
export function constantInterval(node: AstNode): Interval | undefined {
  if (node.class === 'CAST') {
    const text = node.child?.class === 'CONSTANT' ? constantValue(node.child.value) : undefined;
    return typeof text === 'string' ? parseInterval(text) : undefined;
  }
  const unit = intervalUnit(node);
  let inner = node.children[0];
  while (inner && inner.class !== 'CONSTANT') {
    if (inner.class !== 'CAST' && inner.function_name !== 'trunc') return undefined;
    inner = inner.class === 'CAST' ? (inner.child ?? undefined) : inner.children[0];
  }
  const value = inner && constantValue(inner.value);
  if (!unit || value === undefined || value === null || !inner) return undefined;
  const number = Number(
    inner.value.type.id === 'VARCHAR' ? castScalar(value, UTF8, FLOAT64) : decimalNumber(inner, value),
  );
  // Seconds and milliseconds may have a fraction, other units are cut.
  if (unit.micros === 1_000_000n || unit.micros === 1_000n) return micros(Math.round(number * Number(unit.micros)));
  return Math.abs(number) <= 0x7fffffff ? times(unit, Math.trunc(number)) : undefined;
}

const times = (unit: Interval, count: number): Interval => ({
  months: unit.months * count,
  days: unit.days * count,
  micros: unit.micros * BigInt(count),
});

function decimalNumber(node: AstNode, value: Scalar): number {
  return Number(value) / 10 ** (node.value.type.id === 'DECIMAL' ? (node.value.type.type_info?.scale ?? 0) : 0);
}

const PART = /\s*(?:([+-]?\d+)\s*([a-z]+)|([+-]?)(\d+):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?)(?=\s|$)/iy;
const SHORT_UNITS: Record<string, string> = {
  y: 'year',
  yr: 'year',
  mon: 'month',
  w: 'week',
  d: 'day',
  h: 'hour',
  hr: 'hour',
  m: 'minute',
  min: 'minute',
  s: 'second',
  sec: 'second',
  ms: 'millisecond',
  us: 'microsecond',
};

/** `1 year -2 months 03:04:05.5`, in whole numbers; undefined for other texts. */
function parseInterval(text: string): Interval | undefined {
  let sum = NOTHING;
  PART.lastIndex = 0;
  const end = text.trimEnd().length;
  if (end === 0) return undefined;
  while (PART.lastIndex < end) {
    const match = PART.exec(text);
    if (!match) return undefined;
    const [, count, unitName = '', sign, hours, minutes, seconds = '0', fraction = ''] = match;
    const part =
      count === undefined ? clock(sign, hours, minutes, seconds, fraction) : countOf(unitName, Number(count));
    if (!part) return undefined;
    sum = { months: sum.months + part.months, days: sum.days + part.days, micros: sum.micros + part.micros };
  }
  return sum;
}

function countOf(name: string, count: number): Interval | undefined {
  const lower = name.toLowerCase();
  const singular = lower.length > 2 ? lower.replace(/s$/, '') : lower;
  const unit = UNITS[SHORT_UNITS[singular] ?? singular];
  return unit && times(unit, count);
}

function clock(sign = '', hours = '0', minutes = '0', seconds: string, fraction: string): Interval {
  const total =
    BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1_000_000n +
    BigInt(fraction.padEnd(6, '0'));
  return { ...NOTHING, micros: sign === '-' ? -total : total };
}

/** A timestamp (µs) moved by an interval: by its months, then its days, then the rest. */
export function addInterval(timestamp: bigint, interval: Interval, sign: 1 | -1): bigint {
  const day = floorDivide(timestamp, MICROS_PER_DAY);
  const timeOfDay = timestamp - day * MICROS_PER_DAY;
  const moved = addMonths(Number(day), sign * interval.months) + sign * interval.days;
  return BigInt(moved) * MICROS_PER_DAY + timeOfDay + BigInt(sign) * interval.micros;
}
