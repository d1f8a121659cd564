import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BadRowPolicy } from '../../../engine/csv-format.ts';
import { formatDate } from '../../../query/calendar.ts';
import type { Fragment } from '../../../query/fragment.ts';
import type { Schema } from '../../../query/types.ts';
import { scanCsv } from './scan-csv.ts';

const SCHEMA: Schema = [
  { name: 'number', type: { kind: 'int64' } },
  { name: 'price', type: { kind: 'decimal', precision: 15, scale: 2 } },
  { name: 'text', type: { kind: 'utf8' } },
  { name: 'day', type: { kind: 'date' } },
];
const ROWS = 6000;
const PRICE = { kind: 'decimal', precision: 15, scale: 2 } as const;
const ALL: Fragment['output'] = {
  kind: 'rows',
  columns: SCHEMA.map(({ name }) => ({ name, expression: { kind: 'column', name } })),
};
const COUNT: Fragment['output'] = {
  kind: 'groups',
  keys: [],
  aggregates: [{ name: 'n', function: 'count_star', args: [] }],
};

/** Rows from `from` on have a day of 2001, others one of 1999. */
function rowsFrom(from: number, change: (row: number, fields: string[]) => readonly string[] = (_, fields) => fields) {
  const fields = (row: number) => [
    String(row),
    `${row % 100}.25`,
    `t${row % 7}`,
    formatDate(row < from ? 10_700 : 11_400),
  ];
  return Array.from({ length: ROWS }, (_, row) => `${change(row, fields(row)).join(',')}\n`);
}

function compare(
  operator: string,
  name: string,
  type: Schema[number]['type'],
  value: string | number,
): Fragment['filter'] {
  return {
    kind: 'call',
    function: operator,
    args: [
      { kind: 'column', name },
      { kind: 'literal', type, value },
    ],
  };
}

/** The day is after the millennium. */
const FILTER = compare('ge', 'day', { kind: 'date' }, 10_957);

/** What both lanes make of it, which must be the same. */
async function outcome(
  lines: readonly string[],
  filter: Fragment['filter'],
  badRows: BadRowPolicy = 'error',
  output: Fragment['output'] = ALL,
) {
  const [wasm, js] = await Promise.all(
    (['wasm', 'js'] as const).map((lane) =>
      scanCsv({ lane, content: lines.join(''), schema: SCHEMA, dialect: { badRows }, filter, output }).catch(
        (error) => ({
          error: String(error),
        }),
      ),
    ),
  );
  expect(wasm).toEqual(js);
  return wasm as Awaited<ReturnType<typeof scanCsv>> & { error?: string };
}

test.each([0, 1, 60, 3000, 5999, 6000])('rows from %i on pass a bound', async (from) => {
  const { rows } = await outcome(rowsFrom(from), FILTER);
  expect(rows.map(([number]) => number)).toEqual(Array.from({ length: ROWS - from }, (_, i) => BigInt(from + i)));
});

test('the last condition counts, also where nothing is left for the output', async () => {
  const both: Fragment['filter'] = {
    kind: 'call',
    function: 'and',
    args: [FILTER as never, compare('ge', 'price', PRICE, '5000') as never],
  };
  for (const lane of ['wasm', 'js'] as const) {
    const { rows } = await scanCsv({
      lane,
      content: rowsFrom(60).join(''),
      schema: SCHEMA,
      filter: both,
      output: COUNT,
    });
    const passing = Array.from({ length: ROWS }, (_, row) => row).filter((row) => row >= 60 && row % 100 >= 50);
    expect(rows).toEqual([[BigInt(passing.length)]]);
  }
});

test('a value of the output that makes no sense matters only in rows that pass the filter', async () => {
  const bad = (at: number) =>
    rowsFrom(60, (row, [number, ...rest]) => [row === at ? 'x' : (number as string), ...rest]);
  expect((await outcome(bad(5), FILTER)).rows).toHaveLength(ROWS - 60);
  for (const at of [60, 2500, 5999]) expect((await outcome(bad(at), FILTER)).error).toContain('"x"');
  expect((await outcome(bad(5), FILTER, 'skip')).rejected).toEqual({ rowsSkipped: 0, valuesNulled: 0 });
  expect((await outcome(bad(2500), FILTER, 'skip')).rejected).toEqual({ rowsSkipped: 1, valuesNulled: 0 });
  expect((await outcome(bad(2500), FILTER, 'null')).rejected).toEqual({ rowsSkipped: 0, valuesNulled: 1 });
});

test('a bounded value that makes no sense is bad wherever it stands; a NULL lies within no bounds', async () => {
  const day = (at: number, text: string) =>
    rowsFrom(0, (row, fields) => [...fields.slice(0, 3), row === at ? text : (fields[3] as string)]);
  for (const at of [0, 2500, 5999]) {
    expect((await outcome(day(at, 'never'), FILTER)).error).toContain('"never"');
    expect((await outcome(day(at, ''), FILTER)).rows).toHaveLength(ROWS - 1);
    expect((await outcome(day(at, '"2001-02-03"'), FILTER)).rows).toHaveLength(ROWS);
    expect((await outcome(day(at, '1900-02-28'), FILTER)).rows).toHaveLength(ROWS - 1);
    expect((await outcome(day(at, '2000-02-29'), FILTER)).rows).toHaveLength(ROWS);
  }
});

test('random rows pass random bounds alike in both lanes', async () => {
  const field = (text: fc.Arbitrary<string>) =>
    fc.oneof({ weight: 40, arbitrary: text }, fc.constantFrom('', '"7"', '-3'));
  const row = fc.tuple(
    field(fc.nat(50).map(String)),
    field(fc.nat(9999).map((cents) => (cents / 100).toFixed(2))),
    fc.constantFrom('a', 'b,', ''),
    fc.integer({ min: 10_900, max: 11_000 }).map((days) => formatDate(days)),
  );
  const some = fc.sample(row, { numRuns: 300, seed: 4 });
  const quoted = (text: string) => (text.includes(',') ? `"${text}"` : text);
  const lines = Array.from({ length: ROWS }, (_, i) => `${(some[(i * 7) % 300] as string[]).map(quoted).join(',')}\n`);
  const operator = fc.constantFrom('eq', 'ne', 'lt', 'le', 'gt', 'ge');
  const comparison = fc.oneof(
    fc.tuple(operator, fc.nat(50)).map(([of, value]) => compare(of, 'number', { kind: 'int64' }, String(value))),
    fc.tuple(operator, fc.nat(999_999)).map(([of, value]) => compare(of, 'price', PRICE, String(value))),
    fc
      .tuple(operator, fc.integer({ min: 10_900, max: 11_000 }))
      .map(([of, value]) => compare(of, 'day', { kind: 'date' }, value)),
  );
  const filters = fc.sample(fc.array(comparison, { minLength: 1, maxLength: 3 }), { numRuns: 60, seed: 4 });
  const outputs: readonly Fragment['output'][] = [ALL, COUNT];
  for (const [i, args] of filters.entries()) {
    const filter = args.length === 1 ? args[0] : { kind: 'call' as const, function: 'and', args: args as never };
    expect((await outcome(lines, filter, 'error', outputs[i % 2])).error).toBeUndefined();
  }
});
