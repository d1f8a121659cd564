import type { TimeUnit } from './metadata.ts';

/**
 * How a stored value becomes a value of the column's type, meaning what DuckDB means. Where a value cannot be converted
 * the decoder throws; it never wraps around.
 *
 * - `none`: the stored value is the value: BOOLEAN as bool; INT32 as int32, date; INT64 as int64, timestamp, decimal;
 *   DOUBLE as float64.
 * - `sign-extend`: INT32 as decimal, in 64 bits.
 * - `zero-extend`: INT32 without a sign as int64; INT64 without a sign as decimal(20,0), in 128 bits.
 * - `float32`, `float16`: FLOAT, or an IEEE half in a FIXED_LEN_BYTE_ARRAY of 2 bytes (little-endian), as float64.
 * - `timestamp`: INT64 of milli- or nanoseconds as timestamp. Nanoseconds are cut off towards zero (-1999 ns are
 *   -1 µs), which is what DuckDB's cast to TIMESTAMP does. Milliseconds that exceed 64 bits of µs are an error.
 * - `int96`: 8 bytes of nanoseconds of the day (signed, cut off towards zero to µs) and 4 bytes of the Julian day (no
 *   sign), both little-endian, as timestamp: (day - 2440588) * 86400000000 + nanoseconds / 1000. A sum beyond 64 bits
 *   is an error (DuckDB wraps around).
 * - `time`: INT32 (ms) or INT64 (µs, ns) of the day as the text that DuckDB prints: `HH:MM:SS`, then a point and the
 *   fraction without trailing zeros if it is not zero (of ns up to nine digits), then `+00` where `utc` is set.
 *   From 0 to 24:00:00 inclusive; anything else is an error.
 * - `decimal`: FIXED_LEN_BYTE_ARRAY or BYTE_ARRAY, big-endian two's complement, as decimal: in 64 bits up to 18 digits,
 *   else in 128. More bytes are allowed that only repeat the sign; no bytes are 0. A value that does not fit the 64 or
 *   128 bits is an error.
 * - `text`: BYTE_ARRAY as utf8. What is not UTF-8 is an error.
 * - `hex`: BYTE_ARRAY or FIXED_LEN_BYTE_ARRAY (of any length, also 0) as utf8: two uppercase hexadecimal digits a byte.
 * - `uuid`: FIXED_LEN_BYTE_ARRAY of 16 bytes as utf8: lowercase hexadecimal digits, 8-4-4-4-12.
 */
export type Conversion =
  | { readonly kind: 'none' }
  | { readonly kind: 'sign-extend' }
  | { readonly kind: 'zero-extend' }
  | { readonly kind: 'float32' }
  | { readonly kind: 'float16' }
  | { readonly kind: 'timestamp'; readonly unit: 'ms' | 'ns' }
  | { readonly kind: 'int96' }
  | { readonly kind: 'time'; readonly unit: TimeUnit; readonly utc: boolean }
  | { readonly kind: 'decimal' }
  | { readonly kind: 'text' }
  | { readonly kind: 'hex' }
  | { readonly kind: 'uuid' };

const MOST_MICROSECONDS = 2n ** 63n - 1n;
const DAY = 86_400_000_000n;
/** 1970-01-01 as a Julian day. */
const EPOCH_DAY = 2_440_588n;

/** Stored milli- or nanoseconds in µs. Throws a plain Error where milliseconds do not fit. */
export function microseconds(value: bigint, unit: 'ms' | 'ns'): bigint {
  return unit === 'ns' ? value / 1000n : inRange(value * 1000n);
}

/** An INT96 timestamp in µs. Throws a plain Error where it does not fit. */
export function int96Microseconds(nanoseconds: bigint, julianDay: number): bigint {
  return inRange((BigInt(julianDay) - EPOCH_DAY) * DAY + nanoseconds / 1000n);
}

function inRange(value: bigint): bigint {
  if (value > MOST_MICROSECONDS || value < -MOST_MICROSECONDS) throw new Error(`timestamp ${value} µs is out of range`);
  return value;
}

const UNITS_A_SECOND: Readonly<Record<TimeUnit, bigint>> = { ms: 1000n, us: 1_000_000n, ns: 1_000_000_000n };
const FRACTION_DIGITS: Readonly<Record<TimeUnit, number>> = { ms: 3, us: 6, ns: 9 };

/** A time of day as text. Throws a plain Error where it is none. */
export function timeText(value: bigint, { unit, utc }: { readonly unit: TimeUnit; readonly utc: boolean }): string {
  const second = UNITS_A_SECOND[unit];
  if (value < 0n || value > 86_400n * second) throw new Error(`${value} ${unit} is no time of day`);
  const seconds = Number(value / second);
  const two = (number: number) => String(number).padStart(2, '0');
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const fraction = String(value % second)
    .padStart(FRACTION_DIGITS[unit], '0')
    .replace(/0+$/, '');
  return `${clock}${fraction && '.'}${fraction}${utc ? '+00' : ''}`;
}

/** Bytes as uppercase hexadecimal digits. */
export function hexText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex').toUpperCase();
}

/** 16 bytes as a UUID is written. */
export function uuidText(bytes: Uint8Array): string {
  const hex = hexText(bytes).toLowerCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The value of an IEEE half by its bits. */
export function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
