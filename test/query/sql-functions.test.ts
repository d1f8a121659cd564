import type { DuckDBConnection } from '@duckdb/node-api';
import { beforeAll, expect, test } from 'vitest';
import { bindFragment } from '../../query/bind.ts';
import { SluiceError } from '../../query/error.ts';
import { evaluate } from '../../query/evaluate.ts';
import { formatScalar } from '../../query/format-value.ts';
import { planFragment } from '../../query/plan.ts';
import { parseSql } from '../../query/sql/parse-sql.ts';
import { formatType } from '../../query/types.ts';
import { ask, normalText, openDuckDb, ROW, SCHEMA } from './duckdb-values.ts';

let duckdb: DuckDBConnection;
beforeAll(async () => {
  duckdb = await openDuckDb();
});

interface Answer {
  readonly type: string;
  readonly value: string | null;
}

/** An expression through our front end, evaluated by the reference interpreter; the code of the error instead. */
async function ours(expression: string): Promise<Answer | string> {
  try {
    const { fragment, residual } = planFragment(await parseSql(`SELECT ${expression} FROM t`), SCHEMA, 'js');
    const { output } = bindFragment(fragment, SCHEMA);
    if (output.kind !== 'rows') throw new Error('expected rows');
    const row = output.columns.map((column) => evaluate(column.expression, ROW));
    const { type } = residual.columns[0]!.expression;
    const value = evaluate(residual.columns[0]!.expression, row);
    return { type: formatType(type), value: value === null ? null : formatScalar(value, type) };
  } catch (error) {
    if (error instanceof SluiceError && error.code !== 'internal') return error.code;
    throw error;
  }
}

async function theirs(expression: string): Promise<Answer | string> {
  const answer = await ask(duckdb, expression);
  if (typeof answer === 'string') return answer;
  const type = answer.type === 'tinyint' ? 'integer' : answer.type;
  return { type, value: type === 'double' ? normalText(answer.value, { kind: 'float64' }) : answer.value };
}

const SAME = [
  ...['round(q)', 'round(q, 1)', 'round(q, 5)', 'round(q, -1)', 'round(q, -20)', 'round(r, 3)'],
  ...['round(i)', 'round(l)', 'round(i, 2)', 'round(l, -3)', 'round(d, 1)', 'round(2.5)', 'round(-2.5e0)', 'round(n)'],
  ...['trunc(q)', 'trunc(q, 1)', 'trunc(q, -1)', 'trunc(i)', 'trunc(r, 2)', 'trunc(d)', 'trunc(-12.987e0, 1)'],
  ...['ceil(q)', 'ceiling(i)', 'floor(q)', 'floor(l)', 'ceil(d)', 'floor(12.0::DECIMAL(4,0))'],
  ...['round(99.9::DECIMAL(3,1), -1)', 'round(99.9::DECIMAL(3,1), -2)', 'round(0.9::DECIMAL(1,1))'],
  ...['round(12345.67::DECIMAL(38,2), -2)', 'trunc(-12345.67::DECIMAL(38,2), 1)', 'ceil(-1.5::DECIMAL(38,2))'],
  ...['abs(i)', 'abs(l)', 'abs(q)', 'abs(d)', 'abs(-1.5::DECIMAL(38,2))', '@(-5)', 'abs(n)'],
  ...['sign(i)', 'sign(q)', 'sign(d)', 'sqrt(16)', 'sqrt(p)', 'pow(2, 10)', '2 ** 3', 'power(i, 2)', 'even(p)'],
  ...[
    'pi()',
    'mod(i, 3)',
    'mod(q, 5)',
    'mod(d, 1)',
    'mod(i, 0)',
    'gcd(12, 18)',
    'lcm(i, 4)',
    '5!',
    'factorial(i + 12)',
  ],
  ...['i & 3', 'l | 1', 'xor(i, 5)', '1 << 4', 'i >> 1', 'bit_count(i)', 'log(100)', 'log(2, 8)', 'ln(1)'],
  ...['greatest(i, l)', 'greatest(i, q, d)', 'least(p, q, r)', 'greatest(n, i)', 'least(n, n)', "greatest(s, 'a')"],
  ...['greatest(da, ts)', 'least(i)', 'greatest(1, 2.5, 3)', 'isnan(d)', 'isinf(i)', 'isfinite(da)'],
  ...['year(da)', 'month(ts)', 'quarter(da)', 'dayofweek(da)', 'week(ts)', 'epoch(ts)', 'epoch_ms(ts)', 'hour(da)'],
  ...[
    "date_part('year', da)",
    "date_part('epoch', ts)",
    "date_part('DOW', ts)",
    'date_part(NULL, da)',
    'year(NULL::DATE)',
  ],
  ...['extract(year FROM ts)', 'extract(second FROM ts)', "extract('isodow' FROM da)", 'monthname(da)', 'dayname(ts)'],
  ...["date_trunc('month', da)", "date_trunc('hour', ts)", "date_trunc('julian', ts)", "datetrunc('week', da)"],
  ...[
    "date_diff('month', da, ts)",
    "datediff('day', da, da + 5)",
    "date_sub('month', da, ts)",
    "date_diff('us', ts, ts)",
  ],
  ...['last_day(da)', 'make_date(2020, 2, 29)', 'make_date(i + 2000, 1, 1)', 'make_timestamp(2020, 2, 29, 1, 2, 3.5)'],
  ...["strftime(ts, '%Y-%m-%d %H:%M:%S.%f')", "strftime('%d/%m/%y', da)", 'strftime(da, NULL)', 'epoch_ms(l)'],
  ...['da + INTERVAL 1 MONTH', 'ts - INTERVAL 1 DAY', "da + INTERVAL '1 month 2 days 03:04:05'", 'da + to_days(i)'],
  ...['ts + INTERVAL (i) HOUR', 'date_add(da, INTERVAL 3 WEEK)', 'now() IS NULL', 'current_date > da', 'today() > da'],
];

test.each(SAME)('%s has the type and the value that DuckDB gives', async (expression) => {
  expect(await ours(expression)).toEqual(await theirs(expression));
});

const REFUSED = [
  ...['sqrt(-1)', 'ln(0)', 'ln(i)', 'log2(0)', 'log(1, 5)', "sin('inf'::DOUBLE)", 'acos(2)', 'asin(-1.5)', 'cot(0)'],
  ...['abs((-2147483648)::INTEGER)', 'abs(true)', 'factorial(-1)', 'factorial(34)', '1 << 31', '(-1) << 1'],
  ...[
    'round(q, i)',
    "date_part('fortnight', da)",
    "date_trunc('era', da)",
    "date_diff('era', da, da)",
    "year('2020-01-01')",
  ],
  ...[
    'strftime(da, s)',
    "strftime(da, '%Q')",
    "strftime(da, '')",
    'make_date(2021, 2, 29)',
    'greatest()',
    'date_trunc(ts)',
  ],
  ...['add_interval(ts, 1, 1, 1)', 'date_trunc_month(ts)', "da + INTERVAL '300000 years'", 'round(s)', 'mod(s, 1)'],
];

test.each(REFUSED)('%s is refused, as by DuckDB', async (expression) => {
  expect(await theirs(expression)).toBeTypeOf('string');
  expect(await ours(expression)).toMatch(/^(bad-value|type|unsupported|unknown-name)$/);
});

const WRAPPING = [
  ...['round(2147483647, -1)', 'round((-2147483648)::INTEGER, -1)', 'round(9223372036854775807, -1)'],
  'round(99999999999999999999999999999999999999::DECIMAL(38,0), -1)',
];

test.each(WRAPPING)(
  '%s does not fit its type, so it is an error, where DuckDB 1.5 gives a wrong number',
  async (sql) => {
    expect(await theirs(sql)).toBeTypeOf('object');
    expect(await ours(sql)).toBe('bad-value');
  },
);
