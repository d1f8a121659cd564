import { daysInMonth } from '../../../query/calendar.ts';
import { BOOL, DATE, type DataType, FLOAT64, INT64, TIMESTAMP, UTF8 } from '../../../query/types.ts';

/** A set of types, as bits. */
export const KINDS = { bool: 1, int64: 2, float64: 4, date: 8, timestamp: 16, all: 31 };

/** The narrower first. */
const TYPES: readonly (readonly [number, DataType])[] = [
  [KINDS.bool, BOOL],
  [KINDS.int64, INT64],
  [KINDS.float64, FLOAT64],
  [KINDS.date, DATE],
  [KINDS.timestamp, TIMESTAMP],
];

/** The narrowest type of a set; utf8 of the empty one. */
export function narrowestOf(kinds: number): DataType {
  return TYPES.find(([kind]) => (kinds & kind) !== 0)?.[1] ?? UTF8;
}

const NUMBER = KINDS.int64 | KINDS.float64;
const TIME = KINDS.date | KINDS.timestamp;
const BOOLEAN_FORM = /^(?:true|false|t|f|yes|no)$/i;
const REAL_FORM = /^ *(?:-?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|nan|[+-]?inf) *$/i;
const TIME_FORM = /^(\d{4})([-/])(\d\d?)\2(\d\d?)(?:[ T](?:[01]?\d|2[0-3]):[0-5]?\d(?::[0-5]?\d(?:\.\d{1,6})?)?)?$/;

/**
 * The types that a text may be of. Numbers with zeros in front are text, as in DuckDB: they are codes more often than
 * numbers.
 */
export function kindsOfText(text: string): number {
  const first = text.charCodeAt(0);
  if (first > 57) return BOOLEAN_FORM.test(text) ? KINDS.bool : REAL_FORM.test(text) ? KINDS.float64 : 0;
  if (REAL_FORM.test(text)) return isInteger(text) ? NUMBER : KINDS.float64;
  const match = TIME_FORM.exec(text);
  if (!match) return 0;
  const [year, month, day] = [Number(match[1]), Number(match[3]), Number(match[4])];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return 0;
  return text.length <= 10 ? TIME : KINDS.timestamp;
}

function isInteger(text: string): boolean {
  if (!/^ *-?\d{1,19} *$/.test(text)) return false;
  return text.length < 19 || BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

const MINUS = 45;
const ZERO = 48;

/** As `kindsOfText`, of bytes: what is but a few digits needs no text. */
export function kindsOfBytes(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start] === MINUS ? start + 1 : start;
  if (end - first > 0 && end - first < 18 && (bytes[first] !== ZERO || end - first === 1)) {
    let p = first;
    while (p < end && isDigit(bytes[p])) p++;
    if (p === end) return NUMBER;
    if (p > first && bytes[p] === 46) {
      p++;
      while (p < end && isDigit(bytes[p])) p++;
      if (p === end) return KINDS.float64;
    }
  }
  return end - start > 64
    ? 0
    : kindsOfText(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'));
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}

/** One field of a sample, its escapes resolved. */
export interface SampleField {
  readonly text: string;
  readonly quoted: boolean;
}

/** The narrowest type of bool, int64, float64, date, timestamp and utf8 that all fields fit; utf8 if all are NULL. */
export function narrowestType(fields: readonly SampleField[]): DataType {
  const filled = fields.filter(({ text, quoted }) => text !== '' || quoted);
  return filled.length === 0
    ? UTF8
    : narrowestOf(filled.reduce((kinds, { text }) => kinds & kindsOfText(text), KINDS.all));
}
