import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { CsvDialect, CsvFormat, CsvOptions } from '../../../../engine/csv-format.ts';
import { describeCsv } from '../../../../engine/formats/csv/describe-csv.ts';
import { formatType } from '../../../../query/types.ts';
import { openDuckDb } from '../../../query/duckdb-values.ts';
import { memorySource } from '../../memory-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-detect-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function detect(content: string, options?: CsvOptions) {
  const { format, schema } = await describeCsv(memorySource(content), options);
  return { format, names: schema.map(({ name }) => name), types: schema.map(({ type }) => formatType(type)) };
}

const code = (text: string): number => text.charCodeAt(0);

interface Case {
  readonly what: string;
  readonly content: string;
  /** What differs from RFC 4180. */
  readonly dialect?: Partial<CsvFormat>;
  readonly types: string;
  /** Where DuckDB's sniffer says otherwise. */
  readonly unlikeDuckDb?: boolean;
}

const CASES: readonly Case[] = [
  { what: 'tabs', content: 'a\tb\n1\tx,y\n', dialect: { delimiter: 9 }, types: 'bigint varchar' },
  {
    what: 'semicolons beside decimal commas',
    content: 'a;b\n1,5;2\n3,5;4\n',
    dialect: { delimiter: code(';') },
    types: 'varchar bigint',
  },
  { what: 'pipes', content: 'a|b\n1|2\n', dialect: { delimiter: code('|') }, types: 'bigint bigint' },
  { what: 'one column', content: 'a\n1\n2\n', types: 'bigint' },
  {
    what: 'apostrophes that quote',
    content: "a,b\n'x,y',1\n'z',2\n",
    dialect: { quote: code("'"), escape: code("'") },
    types: 'varchar bigint',
  },
  { what: 'apostrophes that do not', content: "a,b\nit's,1\nnever,2\n", types: 'varchar bigint' },
  {
    what: 'backslashes that escape',
    content: 'a,b\n"x\\"y",1\n"z",2\n',
    dialect: { escape: code('\\') },
    types: 'varchar bigint',
  },
  { what: 'backslashes that do not', content: 'a,b\n"c:\\",1\n"d:\\x",2\n', types: 'varchar bigint' },
  {
    what: 'quotes as inches',
    content: 'a,b\n5" pipe,1\n3" pipe,2\n',
    dialect: { quote: null, escape: null },
    types: 'varchar bigint',
  },
  {
    what: 'blanks around quotes',
    content: 'a, b\n1, "x"\n2, "y,z"\n',
    dialect: { trim: true },
    types: 'bigint varchar',
  },
  { what: 'CR alone', content: 'a,b\r1,2\r3,4\r', dialect: { lineEnd: 13 }, types: 'bigint bigint' },
  { what: 'CRLF', content: 'a,b\r\n1,2\r\n', types: 'bigint bigint' },
  { what: 'a CR in quotes', content: 'a,b\n"1\r2",2\n', types: 'varchar bigint' },
  { what: 'comments', content: '# hi\na,b\n1,2\n#x\n3,4\n', dialect: { comment: code('#') }, types: 'bigint bigint' },
  { what: 'a # in the header', content: '#id,b\n1,2\n3,4\n', types: 'bigint bigint' },
  { what: 'blank lines before the header', content: '\n\na,b\n\n1,2\n', types: 'bigint bigint' },
  { what: 'booleans', content: 'a,b\nt,YES\nF,no\n', types: 'boolean boolean' },
  { what: 'numbers with zeros in front', content: 'a,b\n007,00.5\n', types: 'varchar varchar' },
  { what: 'numbers with a plus', content: 'a,b\n+5,+1.5\n', types: 'varchar varchar' },
  { what: 'numbers between blanks', content: 'a,b\n 5, 1.5\n', types: 'bigint double' },
  { what: 'reals of all forms', content: 'a,b,c,d\n.5,5.,1e5,-0.5\n', types: 'double double double double' },
  { what: 'an integer beyond 64 bits', content: 'a,b\n99999999999999999999,1\n', types: 'double bigint' },
  { what: 'digits between underscores', content: 'a,b\n1_000,1\n', types: 'varchar bigint' },
  { what: 'words for NULL', content: 'a,b\nNULL,1\nNA,2\n', types: 'varchar bigint' },
  { what: 'short dates', content: 'a,b\n2020-1-5,2020/12/31\n', types: 'date date', dialect: {}, unlikeDuckDb: true },
  { what: 'timestamps without seconds', content: 'a,b\n2020-12-31 10:11,1\n', types: 'timestamp bigint' },
  { what: 'timestamps with T', content: 'a,b\n2020-12-31T10:11:12.5,1\n', types: 'timestamp bigint' },
  {
    what: 'days first',
    content: 'a,b\n31/12/2020,1\n01/02/2020,2\n',
    dialect: { dateFormat: '%d/%m/%Y' },
    types: 'date bigint',
  },
  {
    what: 'months first',
    content: 'a,b\n12-31-2020,1\n01-02-2020,2\n',
    dialect: { dateFormat: '%m-%d-%Y' },
    types: 'date bigint',
  },
  {
    what: 'days between points',
    content: 'a,b\n01.02.2020,1\n',
    dialect: { dateFormat: '%d.%m.%Y' },
    types: 'date bigint',
  },
  {
    what: 'days first with a time',
    content: 'a,b\n31/12/2020 10:11:12,1\n',
    dialect: { timestampFormat: '%d/%m/%Y %H:%M:%S' },
    types: 'timestamp bigint',
  },
  {
    what: 'days or months first, nobody knows',
    content: 'a,b\n01/02/2020,1\n',
    types: 'varchar bigint',
    unlikeDuckDb: true,
  },
  {
    what: 'another column that tells',
    content: 'a,b\n01/02/2020,31/12/2020\n',
    dialect: { dateFormat: '%d/%m/%Y' },
    types: 'date date',
  },
  { what: 'two forms of dates', content: 'a,b\n31/12/2020,2020-01-01\n', types: 'varchar date', unlikeDuckDb: true },
  {
    what: 'dates and timestamps in one column',
    content: 'a,b\n2020-01-01,1\n2020-01-01 10:00:00,2\n',
    types: 'timestamp bigint',
    unlikeDuckDb: true,
  },
  { what: 'a day that is not', content: 'a,b\n2023-02-29,1\n', types: 'varchar bigint' },
];

const DUCKDB_TYPES: Record<string, string> = {
  bigint: 'BIGINT',
  double: 'DOUBLE',
  varchar: 'VARCHAR',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
};

describe('detection', () => {
  test.each(CASES)('sees $what', async ({ content, dialect, types, unlikeDuckDb }) => {
    const { format, types: found } = await detect(content);
    const { kind: _kind, dataStart: _dataStart, header, ...foundDialect } = format;
    const usual: CsvDialect = (await describeCsv(memorySource('a,b\n1,2\n'))).format;
    const expected = { ...usual, ...dialect };
    expect(foundDialect).toEqual(
      Object.fromEntries(Object.keys(foundDialect).map((key) => [key, expected[key as keyof CsvDialect]])),
    );
    expect([found.join(' '), header]).toEqual([types, true]);
    if (unlikeDuckDb) return;
    const path = join(folder, 'case.csv');
    writeFileSync(path, content);
    const duckdb = await openDuckDb();
    const columns = await duckdb.runAndReadAll(`DESCRIBE FROM '${path}'`);
    expect(columns.getRowObjects().map((row) => row.column_type)).toEqual(
      types.split(' ').map((type) => DUCKDB_TYPES[type]),
    );
  });

  test('takes 10,000 columns, many of one name', async () => {
    const row = (cell: (column: number) => string | number) =>
      Array.from({ length: 10_000 }, (_, i) => cell(i)).join(',');
    const { names, types } = await detect(
      `${row((i) => (i < 5000 ? 'x' : `c${i}`))}\n${row((i) => i)}\n${row(() => 7)}\n`,
    );
    expect([names.length, new Set(names).size, new Set(types)]).toEqual([10_000, 10_000, new Set(['bigint'])]);
    expect(names.slice(0, 3)).toEqual(['x', 'x_1', 'x_2']);
  });

  test('reads a header longer than its sample', async () => {
    const header = Array.from({ length: 40_000 }, (_, i) => `a long name of column ${i}`);
    const { names, format } = await detect(`${header.join(';')}\n${header.map((_, i) => i).join(';')}\n`);
    expect([names, format.delimiter]).toEqual([header, code(';')]);
  });

  test('looks at the middle and the end as well', async () => {
    const lines = Array.from({ length: 200_000 }, (_, row) => `${row},${row > 150_000 ? 'x' : row},${row % 9}`);
    expect((await detect(`a,b,c\n${lines.join('\n')}`)).types).toEqual(['bigint', 'varchar', 'bigint']);
  });

  test('goes by the options, and finds the rest', async () => {
    const options: CsvOptions = { decimalMark: ',', thousands: '.', nulls: ['-'], header: false };
    const { format, names, types } = await detect('1.000,5;31.12.2020;-\n-;01.01.2020;2\n', options);
    expect(format).toMatchObject({ ...options, delimiter: code(';'), dateFormat: '%d.%m.%Y', dataStart: 0 });
    expect([names, types]).toEqual([
      ['column0', 'column1', 'column2'],
      ['double', 'date', 'bigint'],
    ]);
  });

  test('leaves columns whose types are given', async () => {
    const types = [{ name: 'B', type: { kind: 'decimal', precision: 9, scale: 2 } }] as const;
    const { schema, guessed } = await describeCsv(memorySource('a,b,c\n1,2,x\n'), { types });
    expect([schema[1], guessed]).toEqual([{ name: 'b', type: types[0].type }, [0]]);
    await expect(describeCsv(memorySource('a,c\n1,2\n'), { types })).rejects.toThrow(
      'there is no column "b"; the columns are "a", "c"',
    );
  });
});
