import { addMonths, MICROS_PER_DAY } from '../calendar.ts';
import { castScalar, floorDivide } from '../cast-value.ts';
import { FLOAT64, INT32, type Scalar, UTF8 } from '../types.ts';
import { constantValue } from './constant.ts';
import type { AstNode } from './duckdb-ast.ts';

/** A constant span of time, as SQL's INTERVAL: months and days have no fixed length. */
export interface Interval {
  readonly months: number;
  readonly days: number;
  readonly micros: bigint;
}

const UNITS: Record<string, (count: number) => Interval> = {
  to_years: (count) => ({ months: 12 * count, days: 0, micros: 0n }),
  to_quarters: (count) => ({ months: 3 * count, days: 0, micros: 0n }),
  to_months: (count) => ({ months: count, days: 0, micros: 0n }),
  to_weeks: (count) => ({ months: 0, days: 7 * count, micros: 0n }),
  to_days: (count) => ({ months: 0, days: count, micros: 0n }),
  to_hours: (count) => ({ months: 0, days: 0, micros: BigInt(count) * 3_600_000_000n }),
  to_minutes: (count) => ({ months: 0, days: 0, micros: BigInt(count) * 60_000_000n }),
};

/** True for what DuckDB's parser makes of `INTERVAL n UNIT`. */
export function isInterval(node: AstNode): boolean {
  return node.class === 'FUNCTION' && /^to_[a-z]+$/.test(node.function_name) && node.children.length === 1;
}

/** The value of `INTERVAL n UNIT`; undefined unless n is a whole constant and UNIT year to minute. */
export function constantInterval(node: AstNode): Interval | undefined {
  const unit = UNITS[node.function_name];
  let inner = node.children[0];
  while (inner && inner.class !== 'CONSTANT') {
    if (inner.class !== 'CAST' && inner.function_name !== 'trunc') return undefined;
    inner = inner.class === 'CAST' ? (inner.child ?? undefined) : inner.children[0];
  }
  const value = inner && constantValue(inner.value);
  if (!unit || value === undefined || value === null || !inner) return undefined;
  const count = Math.trunc(
    Number(inner.value.type.id === 'VARCHAR' ? castScalar(value, UTF8, FLOAT64) : decimalNumber(inner, value)),
  );
  return Math.abs(count) <= 0x7fffffff ? unit(castScalar(count, FLOAT64, INT32) as number) : undefined;
}

function decimalNumber(node: AstNode, value: Scalar): number {
  return Number(value) / 10 ** (node.value.type.id === 'DECIMAL' ? (node.value.type.type_info?.scale ?? 0) : 0);
}

/** A timestamp (µs) moved by an interval: by its months, then its days, then the rest. */
export function addInterval(timestamp: bigint, { months, days, micros }: Interval, sign: 1 | -1): bigint {
  const day = floorDivide(timestamp, MICROS_PER_DAY);
  const timeOfDay = timestamp - day * MICROS_PER_DAY;
  const moved = addMonths(Number(day), sign * months) + sign * days;
  return BigInt(moved) * MICROS_PER_DAY + timeOfDay + BigInt(sign) * micros;
}
