import { expect, test } from 'vitest';
import { searchedColumns } from '../../../engine/operators/searched-columns.ts';
import { bindFragment } from '../../../query/bind.ts';
import { planFragment } from '../../../query/plan.ts';
import { parseSql } from '../../../query/sql/parse-sql.ts';
import type { Schema } from '../../../query/types.ts';

const SCHEMA: Schema = ['a', 'b', 'c'].map((name) => ({ name, type: { kind: 'utf8' } }));

/** Names of the columns whose texts a condition only searches for texts without a quote. */
async function searchedBy(condition: string, output = 'count(*)'): Promise<string> {
  const query = await parseSql(`SELECT ${output} FROM t WHERE ${condition}`);
  const { conjuncts, output: bound } = bindFragment(planFragment(query, SCHEMA, 'wasm').fragment, SCHEMA);
  const outputs = bound.kind === 'rows' ? bound.columns.map(({ expression }) => expression) : [];
  return [...searchedColumns([...conjuncts, ...outputs], '"')].map((index) => SCHEMA[index]?.name).join('');
}

test.each([
  ["a LIKE '%x%'", 'a'],
  ["a LIKE 'x%' AND b LIKE '%x'", 'ab'],
  ["a LIKE 'x%y%z' OR NOT contains(b, 'x')", 'ab'],
  ["a LIKE '%x%' AND a LIKE '%y%'", 'a'],
])('%s only searches', async (condition, columns) => {
  expect(await searchedBy(condition)).toBe(columns);
});

test.each([
  ["a LIKE '%\"%'", 'a quote that is searched for'],
  ["a LIKE '%x_y%'", 'a wildcard that may stand for a quote'],
  ["a LIKE '%x$%y%z' ESCAPE '$'", 'an escape'],
  ['a LIKE b', 'a pattern that is no constant'],
  ["a LIKE '%x%' AND length(a) > 3", 'another use of the column'],
  ["upper(a) LIKE '%x%'", 'a text that is made of the column'],
])('%s does not: %s', async (condition) => {
  expect(await searchedBy(condition)).toBe('');
});

test('A column of the output is not only searched.', async () => {
  expect(await searchedBy("a LIKE '%x%' AND b LIKE '%x%'", 'b')).toBe('a');
});
