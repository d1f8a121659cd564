import { expect, test } from 'vitest';
import { bindFragment } from '../../query/bind.ts';
import { SluiceError } from '../../query/error.ts';
import { parseFragment } from '../../query/parse-fragment.ts';
import { planFragment } from '../../query/plan.ts';
import { parseSql } from '../../query/sql/parse-sql.ts';
import { parseType, type Schema } from '../../query/types.ts';

const SCHEMA: Schema = [
  { name: 'a', type: parseType('integer') },
  { name: 's', type: parseType('varchar') },
  { name: 'd', type: parseType('date') },
  { name: 'é', type: parseType('decimal(12,2)') },
];

async function failureOf(text: string): Promise<SluiceError> {
  try {
    planFragment(await parseSql(text), SCHEMA, 'wasm');
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error(`no error for ${text}`);
}

/** The text with the place of the error marked by a circumflex accent before it. */
const CASES: readonly (readonly [code: string, marked: string])[] = [
  ['syntax', '^selec a from t'],
  ['syntax', 'select a from t where^'],
  ['syntax', "select 'é😀', a from ^where"],
  ['syntax', "select a from t where s = ^'abc"],
  ['syntax', "select a, ^'x"],
  ['unsupported', '^delete from t'],
  ['unsupported', '^explain select a from t'],
  ['unsupported', 'select a from t; select ^a from t'],
  ['unsupported', 'select * from t ^join u using (a)'],
  ['unsupported', 'select * from ^t, u'.replace('^t, u', 't, ^u')],
  ['unsupported', 'select * from (select ^1) t'],
  ['unsupported', "select * from ^read_csv('/etc/passwd')"],
  ['unsupported', "select '😀', ^(select 1) from t"],
  ['unsupported', 'select a from t where a in ^(select 1)'.replace('a in ^(select', 'a ^in (select')],
  ['unsupported', 'select ^row_number() over () from t'],
  ['unsupported', '^with x as (select 1) select * from x'],
  ['unsupported', '^select 1 union select 2'],
  [
    'unsupported',
    'select a from t qualify ^row_number() over () = 1'.replace('^row_number() over () =', 'row_number() over () ^='),
  ],
  ['unsupported', 'select a from ^t tablesample 10%'],
  ['unsupported', 'select a from t limit ^10%'],
  ['unsupported', 'select a from t group by rollup(^a)'],
  ['unsupported', 'select distinct on (^a) a from t'],
  ['unsupported', 'select ^* exclude (a) from t'],
  ['unsupported', 'select a^::smallint from t'],
  ['unknown-name', "select 'é😀', ^nope from t"],
  ['unknown-name', "select 'é😀', a from t where d < '2020-01-01' and ^nope(a) = 1"],
  ['unknown-name', 'select ^u.a from t'],
  ['unknown-name', 'select a from t order by ^3'],
  ['unknown-name', 'select a from t group by a, ^nope'],
  ['type', "select 'é😀', é ^+ s from t"],
  ['type', 'select a from t where ^d'],
  ['type', 'select a from t where ^sum(a) > 1'],
  ['type', 'select ^a, count(*) from t'],
  ['type', 'select sum(^sum(a)) from t'],
  ['type', 'select distinct a from t order by ^d'],
  ['type', 'select sum(^s) from t'],
  ['bad-value', "select a from t where d ^< '2020-13-01'"],
  ['bad-value', "select a from t where a > 1 and d ^< '2020-13-01'"],
  ['bad-value', 'select 2147483647 ^+ 1 from t'],
  ['unsupported', 'select interval ^1 day from t'],
  ['type', 'select ^sqrt(s) from t'],
  ['type', 'select a, case when a > 1 then coalesce(^a, s) end from t'],
  ['type', 'select quantile_cont(^a, a) from t'],
  ['type', 'select ^upper(a) filter (where a > 1) from t'],
  ['bad-value', 'select a from t limit ^-1'],
];

test.each(CASES)('%s at the mark in: %s', async (code, marked) => {
  const error = await failureOf(marked.replace('^', ''));
  const { position } = error;
  expect(error.code).toBe(code);
  expect(position && `${position.text.slice(0, position.offset)}^${position.text.slice(position.offset)}`).toBe(marked);
});

test('a query without a statement is a syntax error', async () => {
  expect((await failureOf(' -- nothing')).code).toBe('syntax');
});

test.each([
  ['parentheses', `select ${'('.repeat(20_000)}a${')'.repeat(20_000)} from t`],
  ['additions', `select a${'+a'.repeat(900)} from t`],
  ['negations', `select ${'not '.repeat(5_000)}true from t`],
  ['a huge text', `select '${'x'.repeat(70_000)}' from t`],
  [
    'nested BETWEEN, which doubles its operand',
    `select ${'('.repeat(30)}true${' between false and true)'.repeat(30)} from t`,
  ],
  [
    'aliases of aliases',
    `select a as x0, ${Array.from({ length: 30 }, (_, i) => `x${i} + x${i} as x${i + 1}`).join(', ')} from t`,
  ],
])('%s beyond all measure are refused, not run out of memory over', async (_what, text) => {
  expect((await failureOf(text)).code).toBe('unsupported');
});

test.each([
  ['1,000 conjuncts', `select a from t where ${Array.from({ length: 1_000 }, (_, i) => `a > ${i}`).join(' and ')}`],
  ['1,000 disjuncts', `select a from t where ${Array.from({ length: 1_000 }, (_, i) => `a = ${i}`).join(' or ')}`],
  ['10,000 items', `select a from t where a in (${Array.from({ length: 10_000 }, (_, i) => i).join(',')})`],
  [
    '500 branches',
    `select case ${Array.from({ length: 500 }, (_, i) => `when a = ${i} then ${i}`).join(' ')} end from t`,
  ],
  ['5,000 parentheses', `select ${'('.repeat(5_000)}a${')'.repeat(5_000)} from t`],
  ['100 nested branches', `select ${'case when a > 1 then 1 else '.repeat(100)}0${' end'.repeat(100)} from t`],
])('%s are planned, and their fragment binds again after JSON', async (_what, text) => {
  const { fragment } = planFragment(await parseSql(text), SCHEMA, 'wasm');
  const read = parseFragment(JSON.parse(JSON.stringify(fragment)));
  expect(bindFragment(read, SCHEMA)).toEqual(bindFragment(fragment, SCHEMA));
});

test.each([
  ['nullif, which repeats its operand', `select ${'nullif('.repeat(60)}a${', 1)'.repeat(60)} from t`],
  ['greatest', `select ${'greatest('.repeat(20)}a${', 1, 2, 3)'.repeat(20)} from t`],
  ['branches', `select ${'case when a > 1 then 1 else '.repeat(900)}0${' end'.repeat(900)} from t`],
  ['casts', `select ${'cast('.repeat(900)}a${' as bigint)'.repeat(900)} from t`],
])('deeply nested %s are refused', async (_what, text) => {
  expect((await failureOf(text)).code).toBe('unsupported');
});

test('a list of a few thousand constants is fine', async () => {
  const list = Array.from({ length: 3_000 }, (_, i) => i).join(',');
  const { fragment } = planFragment(await parseSql(`select a from t where a in (${list})`), SCHEMA, 'wasm');
  expect(fragment.output.kind).toBe('rows');
});
