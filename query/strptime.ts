import { daysFromCivil, daysInMonth, MICROS_PER_DAY, parseTimestamp } from './calendar.ts';
import { SluiceError } from './error.ts';

/** What a text said of a moment so far. */
interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  micros: number;
  /** Seconds east of UTC. */
  offset: number;
  half?: 'am' | 'pm';
  dayOfYear?: number;
  /** 0 is Sunday. */
  weekday?: number;
  week?: { readonly first: 'sunday' | 'monday' | 'iso'; readonly number: number };
}

/** Reads one part of a format at `at`; gives the position behind it, or -1. */
type PartReader = (text: string, at: number, parts: Parts) => number;

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** Up to `width` digits that make a number within the bounds. */
function digits(
  width: number,
  least: number,
  most: number,
  set: (parts: Parts, value: number, width: number) => void,
): PartReader {
  return (text, at, parts) => {
    let value = 0;
    let p = at;
    for (; p < at + width; p++) {
      const digit = text.charCodeAt(p) - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    if (p === at || value < least || value > most) return -1;
    set(parts, value, p - at);
    return p;
  };
}

/** One of some words, without regard to case. */
function word(words: readonly string[], set: (parts: Parts, index: number) => void): PartReader {
  return (text, at, parts) => {
    const rest = text.slice(at, at + 10).toLowerCase();
    const index = words.findIndex((name) => rest.startsWith(name.toLowerCase()));
    if (index < 0) return -1;
    set(parts, index);
    return at + (words[index] as string).length;
  };
}

const fraction = (width: number): PartReader =>
  digits(width, 0, 10 ** width, (parts, value, found) => {
    parts.micros = Math.floor(value * 10 ** (6 - found));
  });

/** ±HH[[:]MM[[:]SS]] */
const offset: PartReader = (text, at, parts) => {
  const match = /^([+-])(\d\d)(?::?(\d\d)(?::?(\d\d))?)?/.exec(text.slice(at, at + 9));
  if (!match) return -1;
  const [all, sign, hours, minutes = '0', seconds = '0'] = match;
  parts.offset = (sign === '-' ? -1 : 1) * (3600 * Number(hours) + 60 * Number(minutes) + Number(seconds));
  return at + all.length;
};

const day = digits(2, 1, 31, (parts, value) => (parts.day = value));
const month = digits(2, 1, 12, (parts, value) => (parts.month = value));
const shortYear = digits(2, 0, 99, (parts, value) => (parts.year = value + (value > 68 ? 1900 : 2000)));
const hour24 = digits(2, 0, 23, (parts, value) => (parts.hour = value));
const hour12 = digits(2, 1, 12, (parts, value) => (parts.hour = value));
const minute = digits(2, 0, 59, (parts, value) => (parts.minute = value));
const second = digits(2, 0, 59, (parts, value) => (parts.second = value));
const dayOfYear = digits(3, 1, 366, (parts, value) => (parts.dayOfYear = value));
const year = digits(4, 0, 9999, (parts, value) => (parts.year = value));
const shortMonth = word(
  MONTHS.map((name) => name.slice(0, 3)),
  (parts, index) => (parts.month = index + 1),
);
const weekOf = (first: 'sunday' | 'monday' | 'iso') =>
  digits(2, first === 'iso' ? 1 : 0, 53, (parts, number) => (parts.week = { first, number }));

/** What stands behind a % in a format. */
const SPECIFIERS: Record<string, PartReader> = {
  a: word(
    DAYS.map((name) => name.slice(0, 3)),
    (parts, index) => (parts.weekday = index),
  ),
  A: word(DAYS, (parts, index) => (parts.weekday = index)),
  b: shortMonth,
  h: shortMonth,
  B: word(MONTHS, (parts, index) => (parts.month = index + 1)),
  d: day,
  '-d': day,
  m: month,
  '-m': month,
  y: shortYear,
  '-y': shortYear,
  Y: year,
  G: year,
  H: hour24,
  '-H': hour24,
  I: hour12,
  '-I': hour12,
  p: word(['am', 'pm'], (parts, index) => (parts.half = index === 0 ? 'am' : 'pm')),
  M: minute,
  '-M': minute,
  S: second,
  '-S': second,
  f: fraction(6),
  g: fraction(3),
  n: fraction(9),
  j: dayOfYear,
  '-j': dayOfYear,
  U: weekOf('sunday'),
  W: weekOf('monday'),
  V: weekOf('iso'),
  u: digits(1, 1, 7, (parts, value) => (parts.weekday = value % 7)),
  w: digits(1, 0, 6, (parts, value) => (parts.weekday = value)),
  z: offset,
  Z: word(['utc'], () => {}),
};

/** Specifiers that stand for several. */
const COMPOSED: Record<string, string> = {
  '%c': '%Y-%m-%d %H:%M:%S',
  '%x': '%Y-%m-%d',
  '%X': '%H:%M:%S',
  '%T': '%H:%M:%S',
};

const isSpace = (text: string, at: number): boolean => /^[ \t-\r]$/.test(text.charAt(at));

/** Text that stands as it is; a run of spaces matches any run of spaces. */
function literal(expected: string): PartReader {
  return (text, at) => {
    let p = at;
    for (let l = 0; l < expected.length; ) {
      if (isSpace(expected, l)) {
        if (!isSpace(text, p)) return -1;
        while (isSpace(text, p)) p++;
        while (isSpace(expected, l)) l++;
      } else if (text[p++] !== expected[l++]) return -1;
    }
    return p;
  };
}

/**
 * A reader of texts in a format of strptime, as DuckDB has it: gives µs since 1970-01-01, of UTC where the format has
 * an offset; undefined for a text of another form, or a day that is not. What the format leaves out is that of
 * 1900-01-01 00:00:00. Throws `bad-value` for a format that is empty or has a specifier that nobody knows.
 */
export function strptime(format: string): (text: string) => bigint | undefined {
  if (format === '') throw new SluiceError('bad-value', 'a format of dates is empty');
  const plain = format.replace(/%[%cxXT]/g, (specifier) => COMPOSED[specifier] ?? specifier);
  const readers = (plain.match(/%-?[\s\S]?|[^%]+/gu) ?? []).map((part) => {
    if (!part.startsWith('%')) return literal(part);
    const reader = part === '%%' ? literal('%') : SPECIFIERS[part.slice(1)];
    if (!reader) throw new SluiceError('bad-value', `a format of dates does not know "${part}"`);
    return reader;
  });
  return (text) => {
    if (/^\s*-?(?:infinity|epoch)\s*$/i.test(text)) return parseTimestamp(text);
    const parts: Parts = { year: 1900, month: 1, day: 1, hour: 0, minute: 0, second: 0, micros: 0, offset: 0 };
    let at = 0;
    while (isSpace(text, at)) at++;
    for (const reader of readers) {
      at = reader(text, at, parts);
      if (at < 0) return undefined;
    }
    while (isSpace(text, at)) at++;
    return at === text.length ? momentOf(parts) : undefined;
  };
}

function momentOf(parts: Parts): bigint | undefined {
  const days = dayOf(parts);
  if (days === undefined || (parts.half && parts.hour > 12)) return undefined;
  const hour = parts.half ? (parts.hour % 12) + (parts.half === 'pm' ? 12 : 0) : parts.hour;
  const seconds = hour * 3600 + parts.minute * 60 + parts.second - parts.offset;
  return BigInt(days) * MICROS_PER_DAY + BigInt(seconds) * 1_000_000n + BigInt(parts.micros);
}

function dayOf({ year, month, day, dayOfYear, week, weekday }: Parts): number | undefined {
  const firstDay = daysFromCivil({ year, month: 1, day: 1 });
  if (dayOfYear !== undefined) return firstDay + dayOfYear - 1;
  if (week) {
    // Week 1 begins at the first Sunday or Monday of the year; an ISO week 1 is the one that holds January 4.
    const isSunday = week.first === 'sunday';
    const begin = week.first === 'iso' ? onOrAfter(firstDay - 3, 1) : onOrAfter(firstDay, isSunday ? 0 : 1);
    const inWeek = isSunday ? (weekday ?? 0) : ((weekday ?? 1) + 6) % 7;
    return begin + 7 * (week.number - 1) + inWeek;
  }
  return day > daysInMonth(year, month) ? undefined : daysFromCivil({ year, month, day });
}

/** The first day from `days` on that is this day of the week, 0 for Sunday. */
function onOrAfter(days: number, weekday: number): number {
  // 1970-01-01 was a Thursday.
  return days + ((((weekday - days - 4) % 7) + 7) % 7);
}
