import { MICROS_PER_DAY } from './calendar.ts';
import { outOfRange } from './call-failures.ts';

/** -290308-12-22 00:00:00 and 294247-01-10 04:00:54.775806 */
const LEAST_TIMESTAMP = -9_223_372_022_400_000_000n;
const GREATEST_TIMESTAMP = 9_223_372_036_854_775_806n;
/** -5877641-06-25 and 5881580-07-10 */
const GREATEST_DATE = 2 ** 31 - 2;

/** The timestamp itself; throws `bad-value` outside of the type's range. */
export function inTimestampRange(micros: bigint): bigint {
  if (micros < LEAST_TIMESTAMP || micros > GREATEST_TIMESTAMP) throw outOfRange();
  return micros;
}

/** The days themselves; throws `bad-value` outside of the range of dates. */
export function inDateRange(days: number): number {
  if (!(Math.abs(days) <= GREATEST_DATE)) throw outOfRange();
  return days;
}

/** Midnight of a date. */
export function timestampOfDate(days: number): bigint {
  return inTimestampRange(BigInt(days) * MICROS_PER_DAY);
}

/** The date of a timestamp. */
export function dateOfTimestamp(micros: bigint): number {
  return Number((micros - microsOfDay(micros)) / MICROS_PER_DAY);
}

/** µs since midnight. */
export function microsOfDay(micros: bigint): bigint {
  const rest = micros % MICROS_PER_DAY;
  return rest < 0n ? rest + MICROS_PER_DAY : rest;
}
