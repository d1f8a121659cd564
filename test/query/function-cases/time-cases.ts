import type { Scalar } from '../../../query/types.ts';
import { type CaseTable, each, pairs } from './cases.ts';
import {
  DATE_EDGES,
  INT32_EDGES,
  INT64_EDGES,
  SOME_DATES,
  SOME_DAYS,
  SOME_TIMESTAMPS,
  TIMESTAMP_EDGES,
} from './values.ts';

const PARTS = [
  ...['year', 'quarter', 'month', 'day', 'dayofweek', 'isodow', 'dayofyear', 'week', 'isoyear', 'yearweek'],
  ...['decade', 'century', 'millennium', 'era', 'hour', 'minute', 'second', 'millisecond', 'microsecond'],
  ...['nanosecond', 'epoch', 'julian', 'epoch_ms', 'epoch_us', 'epoch_ns', 'monthname', 'dayname'],
];
const DAY_UNITS = ['millennium', 'century', 'decade', 'year', 'isoyear', 'quarter', 'month', 'week', 'day'];
const CLOCK_UNITS = ['hour', 'minute', 'second', 'millisecond', 'microsecond'];
const UNITS = [...DAY_UNITS, ...CLOCK_UNITS];
const WORDS = ['year', 'mon', 'W', 'dow', 'yearweek', 'epoch', 'julian', 'era', 'h', 'msec', 'us', 'fortnight', ''];
const WHOLE_PARTS = WORDS.filter((word) => word !== 'epoch' && word !== 'julian');

const FORMATS = [
  ...['%Y-%m-%d %H:%M:%S.%f', '%y %j %a %A %b %B %p %I', '%-d.%-m.%-y %-H:%-M:%-S %-I %-j', '100%% naïve %d'],
  ...['%c', '%x %X %T', '%g %n', '%U %W %V %G %u %w', '%h %z %Z|', 'plain'],
];

const DAYS = SOME_DAYS.slice(0, 9);

const table = (names: readonly string[], cases: (name: string) => [string, CaseTable[string]][]): CaseTable =>
  Object.fromEntries(names.flatMap(cases));

const withWord = (times: readonly Scalar[]): Scalar[][] =>
  WORDS.flatMap((word) => pairs(times, times).map(([start, end]) => [word, start!, end!]));

/** Operands of the functions of dates and timestamps. */
export const TIME_CASES: CaseTable = {
  ...table(PARTS, (part) => [
    [`${part}(date)`, { rows: each(DATE_EDGES) }],
    [`${part}(timestamp)`, { rows: each(TIMESTAMP_EDGES) }],
  ]),
  'epoch_ms(bigint)': { rows: each([...INT64_EDGES, 9223372036854775n, 9223372036854776n, -9223372022400001n]) },
  ...table(UNITS, (unit) => [
    [`date_trunc_${unit}(date)`, { sql: `date_trunc('${unit}', $1)`, rows: each(DATE_EDGES) }],
    [`date_trunc_${unit}(timestamp)`, { sql: `date_trunc('${unit}', $1)`, rows: each(TIMESTAMP_EDGES) }],
    [`date_diff_${unit}(date, date)`, { sql: `date_diff('${unit}', $1, $2)`, rows: pairs(SOME_DATES, SOME_DATES) }],
    [
      `date_diff_${unit}(timestamp, timestamp)`,
      { sql: `date_diff('${unit}', $1, $2)`, rows: pairs(SOME_TIMESTAMPS, SOME_TIMESTAMPS) },
    ],
  ]),
  ...table(
    UNITS.filter((unit) => unit !== 'isoyear'),
    (unit) => [
      [
        `date_sub_${unit}(timestamp, timestamp)`,
        { sql: `date_sub('${unit}', $1, $2)`, rows: pairs(SOME_TIMESTAMPS, SOME_TIMESTAMPS) },
      ],
    ],
  ),
  // As constants, epoch and julian are doubles: `expand` sees to them.
  'date_part(varchar, date)': { rows: pairs(WHOLE_PARTS, DAYS) },
  'date_part(varchar, timestamp)': { rows: pairs(WHOLE_PARTS, SOME_TIMESTAMPS) },
  'date_trunc(varchar, date)': { rows: pairs(WORDS, SOME_DATES) },
  'date_trunc(varchar, timestamp)': { rows: pairs(WORDS, SOME_TIMESTAMPS) },
  'date_diff(varchar, date, date)': { rows: withWord([0, 18321, -719529, null]) },
  'date_diff(varchar, timestamp, timestamp)': { rows: withWord([0n, 1582934399999999n, -1n, null]) },
  'date_sub(varchar, timestamp, timestamp)': { rows: withWord([0n, 1582934399999999n, -1n, null]) },
  'add_interval(timestamp, integer, integer, bigint)': {
    sql: '$1 + (to_months($2) + to_days($3) + to_microseconds($4))',
    rows: SOME_TIMESTAMPS.flatMap((time) => [
      ...[null, 0, 1, -1, 11, -12, 13, 1200, -120000, 3_000_000].map((months) => [time, months, 0, 0n]),
      ...[0, 1, -31, 366, 100_000_000].map((days) => [time, 0, days, 0n]),
      ...[0n, 1n, -1n, 90_000_000_000n, -9223372036854775807n].map((micros) => [time, 0, 0, micros]),
      ...[[1, -1, 3_600_000_000n] as const, [-1, 31, -86_400_000_000n] as const].map((span) => [time, ...span]),
    ]),
  },
  'last_day(date)': { rows: each([...DATE_EDGES.filter((days) => days !== 2147483646), 2147483628]) },
  'last_day(timestamp)': { rows: each(TIMESTAMP_EDGES) },
  'make_date(bigint, bigint, bigint)': {
    rows: [null, 0n, 1n, -1n, 1582n, 2019n, 2020n, 1900n, 2000n, 9999n, -5877641n, 5881580n, 5881581n].flatMap((year) =>
      [0n, 1n, 2n, 4n, 12n, 13n, null].flatMap((month) =>
        [0n, 1n, 28n, 29n, 30n, 31n, 32n].map((day) => [year, month, day]),
      ),
    ),
  },
  'make_date(integer)': { rows: each(INT32_EDGES.filter((days) => days === null || Math.abs(days) < 2147483647)) },
  'make_timestamp(bigint, bigint, bigint, bigint, bigint, double)': {
    rows: [
      ...[0, 59.999999, 59.9999996, 0.0000005, 60, 60.5, 61, -1, -0.5, NaN, Infinity, 1e10].map((seconds) => [
        ...[2020n, 2n, 29n, 23n, 59n],
        seconds,
      ]),
      ...[-1n, 0n, 23n, 24n, 25n].map((hour) => [2020n, 2n, 29n, hour, 0n, 0]),
      ...[-1n, 0n, 59n, 60n].map((minute) => [2020n, 2n, 29n, 0n, minute, 0]),
      [2021n, 2n, 29n, 0n, 0n, 0],
      [2020n, 2n, 29n, 24n, 0n, 1],
      [294247n, 1n, 10n, 4n, 0n, 54.775806],
      [294247n, 1n, 10n, 4n, 0n, 55],
      [-290308n, 12n, 22n, 0n, 0n, 0],
      [-290308n, 12n, 21n, 23n, 0n, 0],
      [null, 1n, 1n, 1n, 1n, 1],
    ],
  },
  'make_timestamp(bigint)': { rows: each([...INT64_EDGES, 9223372036854775806n, -9223372022400000001n]) },
  'strftime(date, varchar)': { rows: pairs([...DAYS, -755688, 3652424], FORMATS) },
  'strftime(timestamp, varchar)': { rows: pairs(SOME_TIMESTAMPS, FORMATS) },
};
