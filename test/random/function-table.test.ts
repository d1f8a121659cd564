import { afterAll, beforeAll, expect, test } from 'vitest';
import { FUNCTIONS } from '../../query/functions.ts';
import { FORMATS, RandomCheck } from './random-check.ts';

/**
 * Select lists, by the entry of the function table that they show. Entries with overloads have their cases in
 * test/query/function-cases/; all others have one here.
 */
const SHOWN: Readonly<Record<string, string>> = {
  and: 'b AND i > 3, i > 0 AND l > 0',
  or: 'b OR i > 3, i > 0 OR NULL',
  not: 'NOT b, NOT (i > 3)',
  eq: 'i = l, s = t, d = 1, f = wild_f',
  ne: 'i <> l, s != t',
  lt: 'i < l, s < t, day < ts',
  le: 'i <= l, d <= f',
  gt: 'i > l, w > e',
  ge: 'i >= l, ts >= day',
  is_distinct_from: 'i IS DISTINCT FROM l, s IS DISTINCT FROM NULL',
  is_not_distinct_from: 'i IS NOT DISTINCT FROM l, wild_f IS NOT DISTINCT FROM wild_f',
  in: "i IN (1, 2, NULL), s IN ('a', t), d NOT IN (1, 2.5)",
  is_null: 'i IS NULL, s IS NULL',
  is_not_null: 'i IS NOT NULL, w IS NOT NULL',
  like: "s LIKE 'a%', t LIKE '%a_%', s LIKE t, t LIKE '%!_%' ESCAPE '!'",
  ilike: "s ILIKE 'A%', t NOT ILIKE '%Å%'",
  case: "CASE WHEN i > 3 THEN s WHEN b THEN t ELSE 'x' END, CASE i WHEN 1 THEN d END",
  coalesce: 'coalesce(i, l, 0), coalesce(s, t)',
  add: 'i + 1, l + i, d + e, w + l, f + d, day + 1',
  subtract: 'i - 1, l - i, d - e, w - d, day - day, day - 1',
  multiply: 'i * 2, l * i, d * e, d * f, w * 2',
  divide: 'i / 2, l / i, d / e, f / 0',
  integer_divide: 'i // 2, l // i, f // 2, d // 0',
  modulo: 'i % 3, l % i, f % 2, d % 1, e % d',
  negate: '-i, -l, -f, -d, -w',
  nullif: 'nullif(i, 1), nullif(s, t)',
  ifnull: 'ifnull(i, l), ifnull(s, t)',
  mod: 'mod(i, 3), mod(d, i)',
  pi: 'pi() * 2 > 6',
  greatest: 'greatest(i, l), greatest(s, t, NULL)',
  least: 'least(d, e), least(day, ts)',
  concat: "concat(s, i, NULL, d, day), concat('a')",
  concat_ws: "concat_ws('-', s, NULL, i), concat_ws(NULL, s)",
  now: 'year(now()) > 2019',
  today: "today() > DATE '2020-01-01'",
  strftime: "strftime(ts, '%Y-%m-%d %H:%M:%S'), strftime(day, '%j')",
  count_star: 'count(*), count(*) FILTER (WHERE b)',
  count: 'count(i), count(DISTINCT s), count(w) FILTER (WHERE i > 3)',
  sum: 'sum(i), sum(l), sum(d), sum(w), sum(b), sum(DISTINCT e)',
  avg: 'avg(i), avg(l)',
  min: 'min(i), min(s), min(w), min(day), min(b), min(wild_f)',
  max: 'max(l), max(t), max(big_w), max(ts), max(b), max(wild_f)',
  bool_and: 'bool_and(b), bool_and(i > -100)',
  bool_or: 'bool_or(b), bool_or(i > 100)',
  first: 'first(i), first(s), first(w) FILTER (WHERE b)',
  last: 'last(i), last(s), last(w) FILTER (WHERE b)',
  any_value: 'any_value(i), any_value(s), any_value(w)',
  arg_min: 'arg_min(s, i), arg_min(i, s), arg_min(w, day)',
  arg_max: 'arg_max(s, i), arg_max(i, s), arg_max(w, big_w)',
  var_samp: 'round(var_samp(i), 6)',
  var_pop: 'round(var_pop(i), 6)',
  stddev_samp: 'round(stddev_samp(f), 6)',
  stddev_pop: 'round(stddev_pop(d), 6)',
  median: 'median(i), median(d), median(day)',
  quantile_cont: 'quantile_cont(i, 0.25), quantile_cont(d, 0.5)',
  quantile_disc: 'quantile_disc(i, 0.25), quantile_disc(s, 0.5), quantile_disc(w, 0.9)',
  approx_quantile: 'approx_quantile(i, 0.5) BETWEEN quantile_disc(i, 0.4) AND quantile_disc(i, 0.6)',
  approx_count_distinct: 'approx_count_distinct(l) BETWEEN 0.8 * count(DISTINCT l) AND 1.2 * count(DISTINCT l)',
  string_agg: "string_agg(s), string_agg(t, '; '), string_agg(s, '') FILTER (WHERE b)",
};

const listed = FUNCTIONS.filter(
  (entry) => entry.kind !== 'function' || (!entry.internal && entry.overloads.every(({ internal }) => internal)),
);

let check: RandomCheck;
beforeAll(async () => {
  check = await RandomCheck.open({ seed: 4, from: 0, to: 3000 });
});
afterAll(() => check?.close());

test.each(listed)('$name answers as in DuckDB, on both lanes and from every format', async ({ name, kind }) => {
  const items = SHOWN[name];
  expect(items, `${name} has no differential case`).toBeDefined();
  const text = `SELECT ${items} FROM random${kind === 'aggregate' ? '' : ' ORDER BY id'}`;
  const grouped = `SELECT i % 5, ${items} FROM random GROUP BY i % 5`;
  for (const format of FORMATS) {
    const query = { table: 'random', select: [], rest: '', order: 'exact', text } as const;
    expect(await check.disagreement(query, format)).toBeUndefined();
    if (kind === 'aggregate')
      expect(await check.disagreement({ ...query, order: 'any', text: grouped }, format)).toBeUndefined();
  }
});
