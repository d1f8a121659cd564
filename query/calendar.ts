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

const DATE_FORM = /^\s*(-?\d{1,6})-(\d{1,2})-(\d{1,2})\s*$/;
const TIMESTAMP_FORM =
  /^\s*(-?\d{1,6}-\d{1,2}-\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|[+]00(?::?00)?)?)?\s*$/;

/** Days of `YYYY-MM-DD`; undefined when the text is no date. */
export function parseDate(text: string): number | undefined {
  const match = DATE_FORM.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return daysFromCivil({ year, month, day });
}

/** µs of `YYYY-MM-DD[ HH:MM[:SS[.ffffff]]]`; undefined when the text is no timestamp. Digits beyond µs are cut off. */
export function parseTimestamp(text: string): bigint | undefined {
  const match = TIMESTAMP_FORM.exec(text);
  const days = match?.[1] === undefined ? undefined : parseDate(match[1]);
  if (!match || days === undefined) return undefined;
  const [hour, minute, second] = [Number(match[2] ?? 0), Number(match[3] ?? 0), Number(match[4] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const micros = BigInt((match[5] ?? '').slice(0, 6).padEnd(6, '0'));
  return BigInt(days) * MICROS_PER_DAY + BigInt(hour * 3600 + minute * 60 + second) * 1_000_000n + micros;
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** `YYYY-MM-DD`; years before 1 as `YYYY-MM-DD (BC)`, as DuckDB writes them. */
export function formatDate(days: number): string {
  const { year, month, day } = civilFromDays(days);
  const text = `${pad(year > 0 ? year : 1 - year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  return year > 0 ? text : `${text} (BC)`;
}

/** `YYYY-MM-DD HH:MM:SS[.ffffff]` without trailing zeros in the fraction. */
export function formatTimestamp(micros: bigint): string {
  const rest = ((micros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY;
  const days = Number((micros - rest) / MICROS_PER_DAY);
  const seconds = Number(rest / 1_000_000n);
  const fraction = rest % 1_000_000n;
  const clock = `${pad(Math.floor(seconds / 3600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`;
  const tail = fraction === 0n ? '' : `.${fraction.toString().padStart(6, '0').replace(/0+$/, '')}`;
  const date = formatDate(days);
  return date.endsWith(' (BC)') ? `${date.slice(0, -5)} ${clock}${tail} (BC)` : `${date} ${clock}${tail}`;
}
