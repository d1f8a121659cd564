import { daysFromCivil, daysInMonth } from '../../../query/calendar.ts';
import { SluiceError } from '../../../query/error.ts';
import { compareScalars } from '../../../query/evaluate.ts';
import { compareBytes } from '../../compare-bytes.ts';
import { wideAt } from '../../scalars.ts';
import { afterFields, afterQuoted, nextByte, rowEnd, wordsOf } from './csv-words.ts';
import { decodeText } from './strings.ts';
import { equalText } from './text.ts';
import { characterCount } from './text-slice.ts';

/** What generated code may call, under the name R. */
export const runtime = {
  equalText,
  compareBytes,
  compareStrings: compareScalars as (a: string, b: string) => number,
  wideAt,
  wordsOf,
  nextByte,
  rowEnd,
  afterQuoted,
  afterFields,
  string: decodeText,
  characterCount,
  noBytes: new Uint8Array(0),
  /** Powers of ten that are exact doubles. */
  powers: Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`)),

  badValue(message: string): never {
    throw new SluiceError('bad-value', message);
  },

  /** Half away from zero, as casts to decimals do. */
  roundAway(value: number): number {
    return (value < 0 ? -Math.round(-value) : Math.round(value)) + 0;
  },

  /** Half to even, as casts from double to integers do. */
  roundEven(value: number): number {
    const floor = Math.floor(value);
    const rest = value - floor;
    return (rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1) + 0;
  },

  /** value / power, rounded half away from zero; both integers within ±2^53, power even. */
  divideAway(value: number, power: number): number {
    const rest = value % power;
    const quotient = (value - rest) / power;
    return (Math.abs(rest) >= power / 2 ? quotient + (value < 0 ? -1 : 1) : quotient) + 0;
  },

  /** The integer that digits alone make, with a sign or not; NaN for any other text. */
  integer(bytes: Uint8Array, start: number, end: number): number {
    const minus = bytes[start] === 45;
    const first = minus ? start + 1 : start;
    if (first >= end || end - first > 15) return Number.NaN;
    let value = 0;
    for (let p = first; p < end; p++) {
      const digit = (bytes[p] as number) - 48;
      if (digit < 0 || digit > 9) return Number.NaN;
      value = value * 10 + digit;
    }
    return minus ? 0 - value : value;
  },

  /** The integer that up to 15 digits make, read over a decimal point. */
  digits(bytes: Uint8Array, start: number, end: number): number {
    let value = 0;
    for (let p = start; p < end; p++) {
      const byte = bytes[p] as number;
      if (byte !== 46) value = value * 10 + byte - 48;
    }
    return value;
  },

  /** An unscaled decimal within ±2^53 as text. */
  decimalText(value: number, scale: number): string {
    if (scale === 0) return String(value);
    const digits = String(Math.abs(value)).padStart(scale + 1, '0');
    return `${value < 0 ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  },

  /** The bytes themselves where the range has no doubled quotes; else a copy with each pair made one. */
  withoutDoubledQuotes(bytes: Uint8Array, start: number, end: number, quote: number): Uint8Array {
    let p = start;
    while (p < end && bytes[p] !== quote) p++;
    if (p >= end) return bytes;
    const copy = new Uint8Array(end - start);
    let length = 0;
    for (p = start; p < end; p++) {
      copy[length++] = bytes[p] as number;
      if (bytes[p] === quote) p++;
    }
    return copy.slice(0, length);
  },

  /** The double in text that the simple digits-and-point form does not cover; NaN where there is none. */
  double(bytes: Uint8Array, start: number, end: number): number {
    if (end - start > 64) return Number.NaN;
    let text = '';
    for (let p = start; p < end; p++) text += String.fromCharCode(bytes[p] as number);
    const value = Number(text);
    // Number() also takes '', blanks, hexadecimal and 'Infinity'; those go the exact way.
    return /^[+-]?[\d.]/.test(text) && !/[xob]/i.test(text) ? value : Number.NaN;
  },

  /** µs of `YYYY-MM-DD[ T]HH:MM:SS[.ffffff]` given the days of its date; NaN for any other form. */
  timestamp(bytes: Uint8Array, start: number, end: number, days: number): number {
    const length = end - start;
    if (length === 10) return days * 86_400_000_000;
    if (length < 19 || length > 26 || length === 20) return Number.NaN;
    const separator = bytes[start + 10];
    if ((separator !== 32 && separator !== 84) || bytes[start + 13] !== 58 || bytes[start + 16] !== 58)
      return Number.NaN;
    const hour = twoDigits(bytes, start + 11);
    const minute = twoDigits(bytes, start + 14);
    const second = twoDigits(bytes, start + 17);
    if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN;
    let micros = 0;
    if (length > 19) {
      if (bytes[start + 19] !== 46) return Number.NaN;
      for (let p = start + 20; p < start + 26; p++) {
        const digit = p < end ? (bytes[p] as number) - 48 : 0;
        if (digit < 0 || digit > 9) return Number.NaN;
        micros = micros * 10 + digit;
      }
    }
    const result = days * 86_400_000_000 + (hour * 3600 + minute * 60 + second) * 1_000_000 + micros;
    return Number.isSafeInteger(result) ? result : Number.NaN;
  },

  /** Days since 1970-01-01; -2147483648 where there is no such day. */
  days(year: number, month: number, day: number): number {
    if (month < 1 || month > 12 || day < 1 || day > 31) return -2147483648;
    const first = FIRST_DAYS[year * 12 + month - 1] as number;
    return first + day > (FIRST_DAYS[year * 12 + month] as number) ? -2147483648 : first + day - 1;
  },
};

/** Days since 1970-01-01 of the first of every month from year 0 to 9999, and of the month after. */
const FIRST_DAYS = new Int32Array(120_001);
FIRST_DAYS[0] = daysFromCivil({ year: 0, month: 1, day: 1 });
for (let i = 0; i < 120_000; i++)
  FIRST_DAYS[i + 1] = (FIRST_DAYS[i] as number) + daysInMonth(Math.floor(i / 12), (i % 12) + 1);

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - 48;
  const ones = (bytes[at + 1] as number) - 48;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? 99 : tens * 10 + ones;
}
