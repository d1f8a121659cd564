/** Proleptic Gregorian civil dates as days since 1970-01-01, and timestamps as µs since then (no time zone). */

export const MICROS_PER_DAY = 86_400_000_000n;

export interface CivilDate {
  readonly year: number;
  /** 1..12 */
  readonly month: number;
  /** 1..31 */
  readonly day: number;
}

/** Days since 1970-01-01. Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil. */
export function daysFromCivil({ year, month, day }: CivilDate): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

/** The inverse of `daysFromCivil`. */
export function civilFromDays(days: number): CivilDate {
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const dayOfEra = z - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const mp = Math.floor((5 * dayOfYear + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * mp + 2) / 5) + 1,
  };
}

export function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}

/** Adds months; a day beyond the end of the month becomes its last day, as SQL's INTERVAL does. */
export function addMonths(days: number, months: number): number {
  const { year, month, day } = civilFromDays(days);
  const index = year * 12 + (month - 1) + months;
  const y = Math.floor(index / 12);
  const m = index - y * 12 + 1;
  return daysFromCivil({ year: y, month: m, day: Math.min(day, daysInMonth(y, m)) });
}

/** The greatest date and timestamp; one more means infinity, and -infinity is its negative. */
const LAST_DAY = 2_147_483_646;
const LAST_MICROS = 9_223_372_036_854_775_806n;
const FIRST_MICROS = -9_223_372_022_400_000_000n;
const INFINITE_DAYS = LAST_DAY + 1;
const INFINITE_MICROS = LAST_MICROS + 1n;

const DATE_FORM = /^[ \t-\r]*(-?)(\d{1,9})([- /\\])(\d{1,2})\3(\d{1,2})(?!\d)([ \t-\r]\(bc\))?/i;
const WORD_FORM = /^[ \t-\r]*(-?)(infinity|inf|epoch)[ \t-\r]*$/i;
// Seconds may be missing, but then nothing follows. An offset is read and not applied, as in DuckDB.
const CLOCK_FORM =
  /^[ T]?[ \t-\r]*(\d{1,9}):(?:(\d{1,2})(?::(?:(\d{1,2})(?:\.(\d*))?(?:Z|[+-]\d\d(?::?(?:\d\d(?::(?:\d\d)?)?)?)?| [uU][tT][cC])?[ \t-\r]*)?)?)?$/;

/**
 * Days of a text, as DuckDB's cast reads it: `YYYY-MM-DD`, also between blanks or slashes, `(BC)` behind it, then
 * anything but a digit; or `infinity` and `epoch`. Undefined when the text is no date.
 */
export function parseDate(text: string): number | undefined {
  return datePrefix(text)?.days ?? wordOf(text, INFINITE_DAYS);
}

function datePrefix(text: string): { readonly days: number; readonly rest: string } | undefined {
  const match = DATE_FORM.exec(text);
  if (!match) return undefined;
  const [prefix, sign, yearText, , monthText, dayText, beforeChrist] = match;
  if (beforeChrist && (sign || Number(yearText) === 0)) return undefined;
  const year = beforeChrist ? 1 - Number(yearText) : sign ? -Number(yearText) : Number(yearText);
  const [month, day] = [Number(monthText), Number(dayText)];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  const days = daysFromCivil({ year, month, day });
  return Math.abs(days) <= LAST_DAY ? { days, rest: text.slice(prefix.length) } : undefined;
}

/** `infinity` with its sign, or 0 for `epoch`; undefined for other words. */
function wordOf<T extends number | bigint>(text: string, infinity: T): T | undefined {
  const match = WORD_FORM.exec(text);
  if (!match) return undefined;
  const zero = (typeof infinity === 'bigint' ? 0n : 0) as T;
  if (match[2]!.toLowerCase() === 'epoch') return zero;
  return match[1] ? ((zero - infinity) as T) : infinity;
}

/**
 * µs of a text, as DuckDB's cast reads it: a date, and a time `HH:MM[:SS[.ffffff]]` behind it. Digits beyond µs are cut
 * off. Undefined when the text is no timestamp.
 */
export function parseTimestamp(text: string): bigint | undefined {
  const date = datePrefix(text);
  if (!date) return wordOf(text, INFINITE_MICROS);
  const clock = date.rest === '' ? 0n : parseClock(date.rest);
  if (clock === undefined) return undefined;
  const micros = BigInt(date.days) * MICROS_PER_DAY + clock;
  return micros >= FIRST_MICROS && micros <= LAST_MICROS ? micros : undefined;
}

/** µs since midnight; 24:00:00 is the next one. */
function parseClock(text: string): bigint | undefined {
  const match = CLOCK_FORM.exec(text);
  if (!match) return undefined;
  const [hour, minute, second] = [Number(match[1]), Number(match[2] ?? 0), Number(match[3] ?? 0)];
  const fraction = BigInt((match[4] ?? '').slice(0, 6).padEnd(6, '0'));
  const micros = BigInt(hour * 3600 + minute * 60 + second) * 1_000_000n + fraction;
  return minute < 60 && second < 60 && micros <= MICROS_PER_DAY ? micros : undefined;
}

/** The timestamp at which a date begins; undefined when there is none. */
export function timestampOfDays(days: number): bigint | undefined {
  if (Math.abs(days) > LAST_DAY) return days > 0 ? INFINITE_MICROS : -INFINITE_MICROS;
  const micros = BigInt(days) * MICROS_PER_DAY;
  return micros >= FIRST_MICROS && micros <= LAST_MICROS ? micros : undefined;
}

/** The date that a timestamp belongs to. */
export function daysOfTimestamp(micros: bigint): number {
  if (micros >= INFINITE_MICROS || micros <= -INFINITE_MICROS) return micros > 0n ? INFINITE_DAYS : -INFINITE_DAYS;
  const days = micros / MICROS_PER_DAY;
  return Number(micros % MICROS_PER_DAY < 0n ? days - 1n : days);
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** `YYYY-MM-DD`; years before 1 as `YYYY-MM-DD (BC)`, as DuckDB writes them. */
export function formatDate(days: number): string {
  if (Math.abs(days) > LAST_DAY) return days > 0 ? 'infinity' : '-infinity';
  const { year, month, day } = civilFromDays(days);
  const text = `${pad(year > 0 ? year : 1 - year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  return year > 0 ? text : `${text} (BC)`;
}

/** `YYYY-MM-DD HH:MM:SS[.ffffff]` without trailing zeros in the fraction. */
export function formatTimestamp(micros: bigint): string {
  const days = daysOfTimestamp(micros);
  const date = formatDate(days);
  if (Math.abs(days) > LAST_DAY) return date;
  const rest = micros - BigInt(days) * MICROS_PER_DAY;
  const seconds = Number(rest / 1_000_000n);
  const fraction = rest % 1_000_000n;
  const clock = `${pad(Math.floor(seconds / 3600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`;
  const tail = fraction === 0n ? '' : `.${fraction.toString().padStart(6, '0').replace(/0+$/, '')}`;
  return `${date} ${clock}${tail}`;
}
