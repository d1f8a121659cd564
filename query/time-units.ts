import { SluiceError } from './error.ts';
import type { BoundExpression } from './expression.ts';

/** Words for one unit of time, the first of which is its own name. */
const WORDS = [
  ['year', 'yr', 'y', 'years', 'yrs'],
  ['quarter', 'quarters'],
  ['month', 'mon', 'months', 'mons'],
  ['week', 'weeks', 'w', 'weekofyear'],
  ['day', 'days', 'd', 'dayofmonth'],
  ['hour', 'hr', 'hours', 'hrs', 'h'],
  ['minute', 'min', 'minutes', 'mins', 'm'],
  ['second', 'sec', 'seconds', 'secs', 's'],
  ['millisecond', 'milliseconds', 'ms', 'msec', 'msecs', 'msecond', 'mseconds'],
  ['microsecond', 'microseconds', 'us', 'usec', 'usecs', 'usecond', 'useconds'],
  ['decade', 'dec', 'decades', 'decs'],
  ['century', 'cent', 'centuries', 'c'],
  ['millennium', 'mil', 'millenniums', 'millennia', 'mils', 'millenium'],
  ['dayofweek', 'dow', 'weekday'],
  ['isodow'],
  ['dayofyear', 'doy'],
  ['isoyear'],
  ['yearweek'],
  ['era'],
  ['epoch'],
  ['julian', 'jd'],
] as const;

export type TimeUnit = (typeof WORDS)[number][0];

/** Units below a day, in µs. */
export const CLOCK_UNITS = {
  hour: 3_600_000_000n,
  minute: 60_000_000n,
  second: 1_000_000n,
  millisecond: 1000n,
  microsecond: 1n,
} as const;

/** What units that only name a part are where whole units count. */
export const WHOLE_UNITS: Partial<Record<TimeUnit, TimeUnit>> = {
  dayofweek: 'day',
  isodow: 'day',
  dayofyear: 'day',
  julian: 'day',
  yearweek: 'week',
  epoch: 'second',
};

const UNITS: ReadonlyMap<string, TimeUnit> = new Map(
  WORDS.flatMap((words) => words.map((word) => [word, words[0]] as const)),
);

/** The unit that a word stands for, letter case aside, as `date_part` and its kin know it. Throws `bad-value`. */
export function timeUnit(word: string): TimeUnit {
  const unit = UNITS.get(word.toLowerCase());
  if (!unit) throw new SluiceError('bad-value', `"${word}" is not a unit of time`);
  return unit;
}

/** The unit that a constant names, null for NULL; undefined when the expression is no constant text. */
export function constantUnit(expression: BoundExpression | undefined): TimeUnit | null | undefined {
  if (expression?.kind !== 'literal') return undefined;
  if (expression.value === null) return null;
  return typeof expression.value === 'string' ? timeUnit(expression.value) : undefined;
}
