import type { DuckDBConnection } from '@duckdb/node-api';
import { beforeAll, describe, expect, test } from 'vitest';
import { bindFragment } from '../../query/bind.ts';
import { SluiceError } from '../../query/error.ts';
import { evaluate } from '../../query/evaluate.ts';
import { formatScalar } from '../../query/format-value.ts';
import { planFragment } from '../../query/plan.ts';
import { parseSql } from '../../query/sql/parse-sql.ts';
import { formatType } from '../../query/types.ts';
import { ask, normalText, openDuckDb, ROW, SCHEMA } from './duckdb-values.ts';
import { ARITHMETIC, CALLS, CONSTRUCTS, MOMENTS, SPELLINGS } from './expressions.ts';

let duckdb: DuckDBConnection;
beforeAll(async () => {
  duckdb = await openDuckDb();
});

interface Ours {
  readonly type: string;
  readonly value: string | null;
  readonly name: string;
}

/** The expression through our front end, split, both halves evaluated by the reference interpreter. */
async function ours(expression: string): Promise<Ours> {
  const { fragment, residual } = planFragment(await parseSql(`SELECT ${expression} FROM t`), SCHEMA, 'js');
  const { output } = bindFragment(fragment, SCHEMA);
  if (output.kind !== 'rows') throw new Error('expected rows');
  const row = output.columns.map((column) => evaluate(column.expression, ROW));
  const [result] = residual.columns;
  const { type } = result!.expression;
  const value = evaluate(result!.expression, row);
  return { type: formatType(type), value: value === null ? null : formatScalar(value, type), name: result!.name };
}

/** `refused`: the code of our error, a string. */
async function compare(expression: string): Promise<{ ours: Ours | string; theirs: Ours | string }> {
  const theirs = await ask(duckdb, expression);
  try {
    const mine = await ours(expression);
    if (typeof theirs === 'string') return { ours: mine, theirs };
    const { type } = SCHEMA.find(({ type }) => formatType(type) === mine.type) ?? {};
    const double = mine.type === 'double' ? { kind: 'float64' as const } : type;
    return { ours: mine, theirs: { ...theirs, value: double ? normalText(theirs.value, double) : theirs.value } };
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code === 'internal') throw error;
    return { ours: error.code, theirs };
  }
}

const OPERANDS = [
  'i',
  'l',
  'd',
  'p',
  'q',
  'r',
  'n',
  'da',
  'ts',
  'b',
  's',
  '1',
  '0',
  '300',
  '5000000000',
  '1.5',
  '0.05',
  '3.250000',
  '1e0',
  'w',
  "'7'",
  "'2020-01-31'",
  'NULL',
  "date '2020-02-29'",
];

const OPERATORS = ['+', '-', '*', '/', '//', '%', '=', '<>', '<', '<=', '>', '>='];

/** Every third operand: any two meet under a third of the operators. */
function partners(operator: string, left: string): readonly string[] {
  const first = OPERATORS.indexOf(operator) + OPERANDS.indexOf(left);
  return OPERANDS.filter((_, i) => (i + first) % 3 === 0);
}

describe.each(OPERATORS)('operator %s', (operator) => {
  test.each(OPERANDS)('with %s on the left agrees with DuckDB wherever Sluice does not refuse', async (left) => {
    for (const right of partners(operator, left)) {
      const expression = `${left} ${operator} ${right}`;
      const result = await compare(expression);
      if (typeof result.ours === 'string') {
        // We may refuse what DuckDB does, but a mistake of the user must be one in both.
        if (result.ours !== 'unsupported' && result.ours !== 'type')
          expect(result.theirs, expression).toBeTypeOf('string');
        continue;
      }
      expect(result.ours, expression).toEqual(result.theirs);
    }
  });
});

const EXPRESSIONS = [
  'q * (1 - p)',
  'q * (1 - p) * (1 + p)',
  'r * r',
  'r * r * r',
  'r + q + l',
  'p * 100 - q / 3',
  '-i',
  '-l',
  '-q',
  '-d',
  '-(-2147483648)',
  '-7 // 2',
  '-7 % 3',
  '5.5 % 2',
  'd % 1',
  'i IN (1, -7)',
  'i IN (1, 7.0)',
  'i IN (1, -7.0, NULL)',
  'i IN (1.5)',
  'i IN (1.5, NULL)',
  'n IN (1, 2)',
  'n IN (1.5)',
  "i IN ('-7')",
  'i IN (l, -7)',
  'i IN (d, 1)',
  'q IN (-12.5, 3)',
  'q IN (-12.501)',
  'd IN (1, 1.5)',
  'i IN (1e0, -7)',
  "s IN ('a', 'naïve 😀')",
  "da IN ('2020-01-31', date '2020-02-01')",
  'b IN (true)',
  'i NOT IN (1, 2)',
  'i NOT IN (-7, NULL)',
  '1 IN (2, NULL)',
  'NULL IN (1)',
  'i BETWEEN -8 AND -6.5',
  'i BETWEEN NULL AND -8',
  'i NOT BETWEEN 1 AND 2',
  "i BETWEEN -8 AND '-6'",
  "da BETWEEN '2020-01-01' AND timestamp '2020-01-31 00:00:00.000001'",
  'i = 1.5',
  'n = 1.5',
  'n <> 1.5',
  'i <> 1.5',
  'i < -6.9',
  'i > -7.1',
  'i >= -7.0001',
  'i <= 5000000000',
  'i > 5000000000',
  'i < -5000000000',
  'n > -5000000000',
  'i = 5000000000',
  'l < 9223372036854775807.5',
  'l > 99999999999999999999',
  'l <> 99999999999999999999',
  'l = 9007199254740993.0',
  'l = 9007199254740992.9',
  'p = 3.2500000',
  'p < 3.2500001',
  'p >= 3.2499999',
  "p = '3.25'",
  "p = '3.251'",
  "i = '-7'",
  "i = '-7.2'",
  "d = '1.5'",
  "b = 'true'",
  "'2020-01-31' = da",
  "da < timestamp '2020-01-31 00:00:00'",
  "da <= timestamp '2020-01-31 00:00:00'",
  "da < timestamp '2020-01-31 12:00:00'",
  "da = timestamp '2020-01-31 12:00:00'",
  "ts > '2020-01-31'",
  "ts = timestamp '2020-01-31 01:02:03.5'",
  "s LIKE '%'",
  "s LIKE 'na_ve%'",
  "s LIKE '%_😀'",
  "s LIKE '______😀'",
  "s LIKE '_______'",
  "s NOT LIKE 'n%e%'",
  's LIKE NULL',
  "NULL LIKE 'a'",
  "s < 'b'",
  "'a' < 'B'",
  "'\uffff' < '😀'",
  'NOT b',
  'NOT NULL',
  'NULL AND b',
  'NULL OR b',
  'n IS NULL',
  'n IS NOT NULL',
  'i IS NULL',
  'NULL IS NULL',
  'n + 1 IS NULL',
  'b AND i < 0 OR n > 1',
  'n > 1 AND b',
  'true AND NOT false',
  '1 = 1',
  "date '1998-12-01' - interval '90' day",
  "date '2020-01-31' + interval 1 month",
  "date '2020-03-31' - interval 13 month + interval 1 day",
  "interval 2 year + date '2020-02-29'",
  "timestamp '2020-02-29 10:00:00.25' - interval 1 year",
  "timestamp '2020-02-29 10:00:00' + interval 15 hour",
  "date '2020-01-31' + interval (-3) week",
  'da + 1',
  '1 + da',
  'da - 30',
  "da - date '2019-12-31'",
  'da + NULL',
  '1.50',
  "'it''s'",
  'NULL',
  'true',
  '-3',
  '1e20',
  '1e-7',
  '12345678.125e0',
  '99999999999999999999 + 1',
  'CAST(i AS BIGINT)',
  'i::DOUBLE',
  'q::DECIMAL(18,4)',
  'q::DECIMAL(5,1)',
  'r::DECIMAL(3,2)',
  'p::INTEGER',
  'd::INTEGER',
  'l::DOUBLE',
  'r::DOUBLE',
  'da::TIMESTAMP',
  'ts::DATE',
  'i::VARCHAR',
  'q::VARCHAR',
  'ts::VARCHAR',
  'b::INTEGER',
  'i::BOOLEAN',
  "'2.5'::INTEGER",
  "'1e2'::BIGINT",
  "' 5 '::INTEGER",
  "'1.005'::DECIMAL(5,2)",
  "'2020-1-5'::DATE",
  "'2020-01-05 10:00'::TIMESTAMP",
  "'2020-01-05T10:00:00Z'::TIMESTAMP",
  '2.5::INTEGER',
  '-2.5::INTEGER',
  '2.5e0::INTEGER',
  '3.5e0::INTEGER',
  '1.005e0::DECIMAL(5,2)',
  '2147483647 + 1',
  '9223372036854775807 + 1',
  'i * 2147483647',
  'l * 9007199254740993',
  'p * 99999999999999999',
  "'2020-13-01'::DATE",
  "da < '2020-02-30'",
  "i < 'x'",
  '500::DECIMAL(3,1)',
  'I + L',
  't.i',
];

test.each([...CONSTRUCTS, ...ARITHMETIC, ...CALLS, ...SPELLINGS, ...MOMENTS])(
  '%s means what it means to DuckDB',
  async (expression) => {
    const { ours, theirs } = await compare(expression);
    if (typeof theirs === 'string') expect(ours).toBeTypeOf('string');
    else expect(ours).toEqual(theirs);
  },
);

/** A constant that fails matters where a row gets to it. */
const GUARDED = [
  'i > 100000 and ln(-1) > 0',
  "i < 100000 or cast('x' as int) = i",
  "case when i > 100000 then 'x' else i end",
  "coalesce(i, cast('x' as int))",
  "case when i > 100000 then da < '2020-13-01' end",
  'case when i < 100000 then ln(-1) end',
  'case when i > 100000 then 2147483647 + 1 end',
  'n > 3 and 2147483647 + 1 > i',
];

test.each(GUARDED)('%s fails only if DuckDB does', async (expression) => {
  const { ours, theirs } = await compare(expression);
  expect(typeof ours).toBe(typeof theirs);
});

test.each(EXPRESSIONS)('%s has the type, value and column name that DuckDB gives', async (expression) => {
  const { ours, theirs } = await compare(expression);
  if (typeof theirs === 'string') expect(ours).toBe(/No function|Cannot compare/.test(theirs) ? 'type' : 'bad-value');
  else expect(ours).toEqual(theirs);
});
