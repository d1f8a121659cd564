import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, test } from 'vitest';
import type { Batch } from '../../engine/column.ts';
import { RFC_4180 } from '../../engine/csv-format.ts';
import { JsLane } from '../../engine/lanes/js/lane.ts';
import { finalizeGroups, mergePartials } from '../../engine/run/merge.ts';
import { scalarAt } from '../../engine/scalars.ts';
import type { ScanPlan } from '../../engine/task.ts';
import { bindFragment } from '../../query/bind.ts';
import type { AggregateFunction, Expression } from '../../query/expression.ts';
import { formatScalar } from '../../query/format-value.ts';
import type { FragmentOutput } from '../../query/fragment.ts';
import { type DataType, parseType, type Schema } from '../../query/types.ts';
import { memorySource } from './memory-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'js-lane-'));
const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
afterAll(() => rmSync(folder, { recursive: true }));

const column = (name: string): Expression => ({ kind: 'column', name });
const literal = (type: string, value: string | number | boolean | null): Expression => ({
  kind: 'literal',
  type: parseType(type),
  value,
});
const call = (name: string, ...args: Expression[]): Expression => ({ kind: 'call', function: name, args });
const cast = (arg: Expression, to: string): Expression => ({ kind: 'cast', to: parseType(to), arg });
const rows = (...columns: Expression[]): FragmentOutput => ({
  kind: 'rows',
  columns: columns.map((expression, i) => ({ name: `c${i}`, expression })),
});
const groups = (keys: Expression[], ...aggregates: [AggregateFunction, Expression?][]): FragmentOutput => ({
  kind: 'groups',
  keys: keys.map((expression, i) => ({ name: `k${i}`, expression })),
  aggregates: aggregates.map(([name, arg], i) => ({ name: `a${i}`, function: name, args: arg ? [arg] : [] })),
});

function schemaOf(columns: string): Schema {
  return columns.split(', ').map((text) => {
    const [name = '', ...type] = text.split(' ');
    return { name, type: parseType(type.join(' ')) };
  });
}

interface Scan {
  csv: string;
  schema: Schema;
  filter?: Expression;
  output: FragmentOutput;
  chunkSize?: number;
  delimiter?: string;
}

const lane = new JsLane();

/** Scans all chunks in order, each with what the one before said of quotes. */
async function scan({ csv, schema, filter, output, chunkSize, delimiter = ',' }: Scan): Promise<string[]> {
  const bytes = Buffer.from(csv);
  const source = memorySource(bytes, 'data.csv');
  const fragment = bindFragment(
    { version: 1, object: 'data.csv', lane: 'js', ...(filter && { filter }), output },
    schema,
  );
  const plan: ScanPlan = {
    object: {
      location: { kind: 'file', name: 'data.csv', path: '', size: bytes.length, version: '1' },
      format: { kind: 'csv', ...RFC_4180, delimiter: delimiter.charCodeAt(0), dataStart: 0, header: false },
      schema,
    },
    fragment,
    lane: 'js',
  };
  const batches: Batch[] = [];
  let firstRow = 0;
  const step = chunkSize ?? bytes.length;
  for (let start = 0; start < bytes.length; start += step) {
    const end = Math.min(bytes.length, start + step);
    const part = { kind: 'csv-chunk', start, end, firstRow } as const;
    const result = await lane.run(plan, part, source, () => false);
    firstRow = result.rowBounds?.next ?? firstRow;
    batches.push(...result.batches);
  }
  const merged =
    fragment.output.kind === 'groups'
      ? [finalizeGroups(fragment.output, mergePartials(fragment.output, batches))]
      : batches;
  return merged.flatMap((batch) => Array.from({ length: batch.length }, (_, row) => lineOf(batch, row)));
}

function lineOf(batch: Batch, row: number): string {
  return batch.columns
    .map((values, k) => shown(scalarAt(values, row), (batch.schema[k] as { type: DataType }).type))
    .join('|');
}

function shown(value: ReturnType<typeof scalarAt>, type: DataType): string {
  return value === null ? 'NULL' : formatScalar(value, type);
}

/** DuckDB's answer over the same text. */
async function answer(csv: string, schema: Schema, sql: string): Promise<string[]> {
  const path = join(folder, 'oracle.csv');
  writeFileSync(path, csv);
  const columns = schema.map(({ name, type }) => `'${name}': '${sqlType(type)}'`).join(', ');
  const from = `read_csv('${path}', header = false, auto_detect = false, delim = ',', quote = '"', escape = '"',
    allow_quoted_nulls = false, columns = {${columns}})`;
  const result = await duckdb.runAndReadAll(sql.replace(' t', ` (from ${from})`));
  const types = result.columnTypes().map(String);
  return result
    .getRows()
    .map((row) =>
      row
        .map((value, i) =>
          value === null
            ? 'NULL'
            : types[i] === 'DOUBLE'
              ? formatScalar(Number(value), { kind: 'float64' })
              : String(value),
        )
        .join('|'),
    );
}

function sqlType(type: DataType): string {
  return type.kind === 'decimal'
    ? `decimal(${type.precision},${type.scale})`
    : type.kind === 'utf8'
      ? 'varchar'
      : type.kind === 'int64'
        ? 'bigint'
        : type.kind === 'float64'
          ? 'double'
          : type.kind;
}

const SCHEMA = schemaOf('i integer, l bigint, d decimal(12,2), x double, day date, ts timestamp, s varchar, b boolean');
const DATA = [
  '1,10,1.50,0.5,2020-01-01,2020-01-01 10:00:00,apple,true',
  '-2,-20,-2.25,-1.25,1969-12-31,1969-12-31 23:59:59.5,"b,anana",false',
  ',,,,,,,',
  '3,9007199254740993,100.00,1e10,2000-02-29,2000-02-29 00:00:00.000001,"say ""hi""",true',
  '4,-9223372036854775808,0.05,3.14159,1995-06-17,1995-06-17 01:02:03,"",false',
  '5,9223372036854775807,9999999999.99,123456789012345678,2020-12-31,2020-12-31 23:59:59,"line\nbreak",true',
  '2147483647,7,-0.01,-0.0,2020-01-01,2020-01-01 10:00:00,größe,',
  '-2147483648,7,1,1e-5,2020-01-02,2020-01-01 10:00:01,apple,false',
  '1,"12","3.5","2.5","1999-01-01",2020-01-01 10:00:00,pear,true',
].join('\n');

describe('against DuckDB', () => {
  const cases: [string, Expression | undefined, FragmentOutput, string][] = [
    ['all columns', undefined, rows(...SCHEMA.map(({ name }) => column(name))), 'select * from t'],
    ['count', undefined, groups([], ['count_star'], ['count', column('l')]), 'select count(*), count(l) from t'],
    [
      'exact sums',
      undefined,
      groups([], ['sum', column('l')], ['sum', column('d')], ['sum', column('i')], ['avg', column('l')]),
      'select sum(l), sum(d), sum(i), avg(l) from t',
    ],
    [
      'min and max of all types',
      undefined,
      groups(
        [],
        ...SCHEMA.flatMap(({ name }): [AggregateFunction, Expression][] => [
          ['min', column(name)],
          ['max', column(name)],
        ]),
      ),
      `select ${SCHEMA.map(({ name }) => `min(${name}), max(${name})`).join(', ')} from t`,
    ],
    [
      'nothing passes',
      call('>', column('i'), literal('bigint', '9999999999')),
      groups([], ['count_star'], ['sum', column('d')], ['min', column('s')]),
      'select count(*), sum(d), min(s) from t where i > 9999999999',
    ],
    [
      'groups by text',
      undefined,
      groups([column('s')], ['count_star'], ['sum', column('i')]),
      'select s, count(*), sum(i) from t group by s',
    ],
    [
      'groups by boolean and date',
      undefined,
      groups([column('b'), column('day')], ['count_star'], ['max', column('ts')]),
      'select b, day, count(*), max(ts) from t group by all',
    ],
    [
      'groups by double and bigint',
      call('<>', column('l'), literal('integer', 7)),
      groups([column('x'), column('l')], ['count_star']),
      'select x, l, count(*) from t where l <> 7 group by all',
    ],
    [
      'three-valued logic',
      call(
        'or',
        call('=', column('b'), literal('boolean', true)),
        call('not', call('>', column('i'), literal('integer', 0))),
      ),
      rows(column('i')),
      'select i from t where b = true or not (i > 0)',
    ],
    ['IS NULL', call('is_null', column('b')), rows(column('i')), 'select i from t where b is null'],
    [
      'IN of text',
      call('in', column('s'), literal('varchar', 'apple'), literal('varchar', 'größe')),
      rows(column('i'), column('s')),
      "select i, s from t where s in ('apple', 'größe')",
    ],
    [
      'LIKE',
      call('like', column('s'), literal('varchar', '%a_p%')),
      rows(column('s')),
      "select s from t where s like '%a_p%'",
    ],
    [
      'LIKE by characters',
      call('like', column('s'), literal('varchar', 'gr__e')),
      rows(column('s')),
      "select s from t where s like 'gr__e'",
    ],
    [
      'dates',
      call('<', column('day'), literal('date', 10957)),
      rows(column('day')),
      "select day from t where day < date '2000-01-01'",
    ],
    [
      'decimal arithmetic',
      call('<', column('i'), literal('integer', 5)),
      rows(call('*', column('d'), call('-', literal('integer', 1), column('d')))),
      'select d * (1 - d) from t where i < 5',
    ],
    [
      'casts',
      call('<', column('i'), literal('integer', 5)),
      rows(cast(column('d'), 'double'), cast(column('i'), 'bigint'), cast(column('day'), 'timestamp')),
      'select d::double, i::bigint, day::timestamp from t where i < 5',
    ],
    [
      'integer division',
      call('>', column('i'), literal('integer', -100)),
      rows(
        call('//', column('i'), literal('integer', 2)),
        call('%', column('l'), literal('integer', 0)),
        call('%', column('i'), literal('integer', 2)),
      ),
      'select i // 2, l % 0, i % 2 from t where i > -100',
    ],
  ];
  for (const [name, filter, output, sql] of cases) {
    test(name, async () => {
      const expected = await answer(DATA, SCHEMA, sql);
      const scanned = await scan({ csv: DATA, schema: SCHEMA, output, ...(filter && { filter }) });
      expect(output.kind === 'groups' ? scanned.sort() : scanned).toEqual(
        output.kind === 'groups' ? expected.sort() : expected,
      );
    });
  }
});

describe('chunks', () => {
  const schema = schemaOf('a integer, s varchar, z varchar');
  const csv = '1,"x,\n""y""\n",end\r\n2,"""\n""",\n\n3,plain,"a\r\nb"\n4,"",""\n,,\n5,,last';
  test('rows are the same wherever the borders of chunks are', async () => {
    const expected = ['1|x,\n"y"\n|end', '2|"\n"|NULL', '3|plain|a\r\nb', '4||', 'NULL|NULL|NULL', '5|NULL|last'];
    for (let chunkSize = 1; chunkSize <= csv.length; chunkSize++)
      expect(await scan({ csv, schema, output: rows(column('a'), column('s'), column('z')), chunkSize })).toEqual(
        expected,
      );
  });

  test('a blank line is NULL where there is one column', async () => {
    const one = schemaOf('a integer');
    expect(await scan({ csv: '1\n\n2', schema: one, output: rows(column('a')) })).toEqual(['1', 'NULL', '2']);
  });

  test('a row longer than the buffer is read whole', async () => {
    const long = `1,"${'ab\n'.repeat(2_000_000)}",z\n2,b,c\n`;
    const scanned = await scan({ csv: long, schema, output: rows(column('a'), column('z')), chunkSize: 1 << 20 });
    expect(scanned).toEqual(['1|z', '2|c']);
  });

  test('a limit stops the scan early', async () => {
    const csv = `${'1,a,b\n'.repeat(10)}damaged`;
    const output = { ...rows(column('a')), limit: 3 } as FragmentOutput;
    expect(await scan({ csv, schema, output })).toEqual(['1', '1', '1']);
  });

  test('other delimiters', async () => {
    for (const delimiter of ['\t', ';', '|'])
      expect(
        await scan({
          csv: `1${delimiter}"a${delimiter}b"${delimiter}c d\n`,
          schema,
          output: rows(column('s'), column('z')),
          delimiter,
        }),
      ).toEqual([`a${delimiter}b|c d`]);
  });
});

describe('damaged data', () => {
  const schema = schemaOf('a integer, s varchar');
  const damaged: [string, string, RegExp][] = [
    ['too few fields', '1,a\n2\n', /data\.csv: row at byte 4: expected 2 fields, found 1/],
    ['too many fields', '1,a\n2,b,c\n', /row at byte 4: expected 2 fields, found 3/],
    ['a quote inside unquoted text', '1,a"b\n', /row at byte 0: field 2 has a quote inside unquoted text/],
    ['text after a closing quote', '1,"a"b\n', /row at byte 0: field 2 has text after its closing quote/],
    ['an unclosed quote', '1,a\n2,"b\n', /row at byte 4: a quote is opened and never closed/],
    ['no number', '1,a\nx1,b\n', /row at byte 4: column "a": "x1" is not a valid integer/],
    ['a number out of range', '2147483648,b\n', /column "a": "2147483648" is not a valid integer/],
    ['a quoted empty number', '"",b\n', /column "a": "" is not a valid integer/],
  ];
  for (const [name, csv, message] of damaged) {
    test(`${name} is an error that names the row`, async () => {
      await expect(scan({ csv, schema, output: rows(column('a'), column('s')) })).rejects.toMatchObject({
        code: 'bad-data',
        message: expect.stringMatching(message),
      });
    });
  }

  test('overflow is an error, never a wrong number', async () => {
    const output = rows(call('+', column('l'), column('l')));
    await expect(scan({ csv: '9223372036854775807\n', schema: schemaOf('l bigint'), output })).rejects.toMatchObject({
      code: 'bad-value',
      message: expect.stringMatching(/overflow/),
    });
  });
});
