import type { TimeUnit } from './metadata.ts';

const MOST_MILLISECONDS = 9223372036854775n;

/**
 * Turns stored timestamps into µs, in place. Nanoseconds are cut off towards zero; throws
 * a plain Error where milliseconds do not fit.
 */
export function toMicroseconds(values: BigInt64Array, unit: TimeUnit): void {
  if (unit === 'us') return;
  for (let i = 0; i < values.length; i++) values[i] = microseconds(values[i]!, unit);
}

/** One stored timestamp in µs. */
export function microseconds(value: bigint, unit: TimeUnit): bigint {
  if (unit === 'us') return value;
  if (unit === 'ns') return value / 1000n;
  if (value > MOST_MILLISECONDS || value < -MOST_MILLISECONDS) throw new Error(`timestamp ${value} ms is out of range`);
  return value * 1000n;
}
