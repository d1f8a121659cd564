import { daysInMonth } from '../../../query/calendar.ts';

const FORM = /^(\d\d?)([-/.])(\d\d?)\2(\d{4})( \d\d?:\d\d?(:\d\d?)?)?$/;

export interface TimeFormats {
  readonly kind: 'date' | 'timestamp';
  /** As strptime has them. */
  readonly formats: readonly string[];
}

/** The formats other than YYYY-MM-DD in which a text is a date or a timestamp: of a day, or of a day and a time. */
export function timeFormatsOf(text: string): TimeFormats {
  const match = FORM.exec(text);
  if (!match) return { kind: 'date', formats: [] };
  const [, first, separator, second, year, clock = '', seconds] = match;
  const time = clock === '' ? '' : seconds ? ' %H:%M:%S' : ' %H:%M';
  const formats: string[] = [];
  if (isClock(clock)) {
    if (isDay(Number(year), Number(second), Number(first))) formats.push(`%d${separator}%m${separator}%Y${time}`);
    // Nobody writes points between months first.
    if (separator !== '.' && isDay(Number(year), Number(first), Number(second)))
      formats.push(`%m${separator}%d${separator}%Y${time}`);
  }
  return { kind: time === '' ? 'date' : 'timestamp', formats };
}

function isDay(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

function isClock(clock: string): boolean {
  const [hour = 0, minute = 0, second = 0] = clock.trim().split(':').map(Number);
  return hour < 24 && minute < 60 && second < 60;
}
