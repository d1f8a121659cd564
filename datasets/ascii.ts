import { civilOf } from './calendar.ts';

// Values as ASCII bytes. Each function writes at `at` and returns where it stopped; the caller has made room.

/** No value of a fixed width type needs more bytes than this. */
export const LONGEST_VALUE = 32;

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const MICROS_PER_DAY = 86_400_000_000n;

/** An ASCII string that is not worth a faster way. */
export function writeAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** `digits` digits of a non-negative 32-bit integer, with leading zeros. */
function writePadded(bytes: Uint8Array, at: number, value: number, digits: number): number {
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    const next = (rest / 10) | 0;
    bytes[i] = ZERO + rest - next * 10;
    rest = next;
  }
  return at + digits;
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let rest = (value / 10) | 0; rest > 0; rest = (rest / 10) | 0) digits++;
  return digits;
}

/** Any 32-bit integer. */
export function writeInt32(bytes: Uint8Array, at: number, value: number): number {
  if (value >= 0) return writePadded(bytes, at, value, digitsOf(value));
  if (value === -0x8000_0000) return writeAscii(bytes, at, '-2147483648');
  bytes[at] = MINUS;
  return writePadded(bytes, at + 1, -value, digitsOf(-value));
}

/** A 32-bit integer, scaled by 10^scale, with all digits of its scale; -2^31 excepted. */
export function writeDecimal32(bytes: Uint8Array, at: number, unscaled: number, scale: number): number {
  let start = at;
  let magnitude = unscaled;
  if (unscaled < 0) {
    bytes[start++] = MINUS;
    magnitude = -unscaled;
  }
  if (scale === 0) return writePadded(bytes, start, magnitude, digitsOf(magnitude));
  const digits = Math.max(digitsOf(magnitude), scale + 1);
  const end = writePadded(bytes, start, magnitude, digits);
  bytes.copyWithin(end - scale + 1, end - scale, end);
  bytes[end - scale] = POINT;
  return end + 1;
}

export function writeDecimal(bytes: Uint8Array, at: number, unscaled: bigint, scale: number): number {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const sign = unscaled < 0n ? '-' : '';
  return writeAscii(bytes, at, scale === 0 ? sign + digits : `${sign}${whole}.${digits.slice(-scale)}`);
}

/** `YYYY-MM-DD`, of days since 1970-01-01. */
export function writeDate(bytes: Uint8Array, at: number, days: number): number {
  const civil = civilOf(days);
  const year = (civil / 10_000) | 0;
  const month = ((civil / 100) | 0) - year * 100;
  writePadded(bytes, at, year, 4);
  bytes[at + 4] = MINUS;
  writePadded(bytes, at + 5, month, 2);
  bytes[at + 7] = MINUS;
  return writePadded(bytes, at + 8, civil - year * 10_000 - month * 100, 2);
}

/** `YYYY-MM-DD HH:MM:SS[.ffffff]`, of µs since 1970-01-01. */
export function writeTimestamp(bytes: Uint8Array, at: number, micros: bigint): number {
  const ofDay = ((micros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY;
  const end = writeDate(bytes, at, Number((micros - ofDay) / MICROS_PER_DAY));
  const seconds = Number(ofDay / 1_000_000n);
  const fraction = Number(ofDay % 1_000_000n);
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = ` ${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return writeAscii(bytes, end, fraction === 0 ? clock : `${clock}.${String(fraction).padStart(6, '0')}`);
}

/** The shortest digits that read back the same; finite values only. */
export function writeFloat64(bytes: Uint8Array, at: number, value: number): number {
  return writeAscii(bytes, at, Object.is(value, -0) ? '-0.0' : String(value));
}
