import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, test } from 'vitest';
import { type CsvDialect, RFC_4180 } from '../../../engine/csv-format.ts';
import { castToText } from '../../../query/format-value.ts';
import { LANE_NAMES } from '../../../query/fragment.ts';
import { parseType, type Schema } from '../../../query/types.ts';
import { scanCsv } from './scan-csv.ts';

/** What reading a text gives: cells as text, or `error`. */
type Cells = readonly (readonly (string | null)[])[] | 'error';

interface Example {
  readonly text: string;
  /** Types of the columns, as SQL writes them. */
  readonly types: string;
  readonly dialect?: Partial<CsvDialect>;
  /** What Sluice gives where that is not what DuckDB gives, on purpose. */
  readonly differs?: Cells;
}

const BACKSLASH = 0x5c;
const HASH = 0x23;

const EXAMPLES: Readonly<Record<string, Example>> = {
  'an empty field is NULL, an empty pair of quotes is not': { text: 'a,,""\n', types: 'varchar,varchar,varchar' },
  'blanks of text stay': { text: ' a , ,b\t\n', types: 'varchar,varchar,varchar' },
  'blanks around numbers do not matter': { text: ' 1,2 \n', types: 'bigint,bigint' },
  'quoted numbers': { text: '"1","2.5","2024-02-29"\n', types: 'bigint,double,date' },
  'doubled quotes': { text: '"""a""","b""""c","""",""""""\n', types: 'varchar,varchar,varchar,varchar' },
  'line ends within quotes': { text: '"a\nb","c\r\nd"\n1,2\n', types: 'varchar,varchar' },
  'delimiters within quotes': { text: '"a,b",",",","\n', types: 'varchar,varchar,varchar' },
  'CR LF': { text: 'a,1\r\nb,2\r\n', types: 'varchar,bigint' },
  'no line end at the end': { text: 'a,1\nb,2', types: 'varchar,bigint' },
  'a quoted field at the end': { text: 'a,"1"\nb,"2"', types: 'varchar,bigint' },
  'an empty last field at the end': { text: 'a,1\nb,', types: 'varchar,bigint' },
  'blank lines between rows': { text: 'a,1\n\n\nb,2\n\n', types: 'varchar,bigint' },
  'blank lines of one column': { text: 'a\n\nb\n', types: 'varchar' },
  'CR alone': { text: 'a,1\rb,2\r', types: 'varchar,bigint', dialect: { lineEnd: 13 } },
  'another delimiter': { text: 'a;1\n"b;c";2\n', types: 'varchar,bigint', dialect: { delimiter: 0x3b } },
  'a tab as delimiter': { text: 'a\t1\n\t2\n', types: 'varchar,bigint', dialect: { delimiter: 9 } },
  'another quote': { text: "'a,''b''',\"c\n", types: 'varchar,varchar', dialect: { quote: 0x27, escape: 0x27 } },
  'no quote': { text: '"a,"b"\nc,d"e\n', types: 'varchar,varchar', dialect: { quote: null, escape: null } },
  'an escape byte': { text: '"a\\"b","c\\\\d"\n', types: 'varchar,varchar', dialect: { escape: BACKSLASH } },
  'an escape byte outside of quotes': { text: 'a\\b,c\n', types: 'varchar,varchar', dialect: { escape: BACKSLASH } },
  comments: { text: '#a,b,c\na,1\n#"\nb,2\n', types: 'varchar,bigint', dialect: { comment: HASH } },
  'a comment byte within a row is data, where DuckDB ends the row': {
    text: 'a#b,"#c"\n',
    types: 'varchar,varchar',
    dialect: { comment: HASH },
    differs: [['a#b', '#c']],
  },
  'NULL spellings': {
    text: 'NA,NA,1\n,3,2\n"NA",4,\n',
    types: 'varchar,bigint,bigint',
    dialect: { nulls: ['NA', ''] },
  },
  'NULL spellings without the empty text': {
    text: 'NA,NA\nb,3\n',
    types: 'varchar,bigint',
    dialect: { nulls: ['NA'] },
  },
  'a decimal comma': {
    text: '1,5;-0,25\n',
    types: 'double;decimal(9,2)',
    dialect: { delimiter: 0x3b, decimalMark: ',' },
  },
  'a date format': { text: '29/02/2024,1\n', types: 'date,bigint', dialect: { dateFormat: '%d/%m/%Y' } },
  'a timestamp format': {
    text: '29/02/2024 13:14:15,1\n',
    types: 'timestamp,bigint',
    dialect: { timestampFormat: '%d/%m/%Y %H:%M:%S' },
  },
  signs: { text: '-1,+2,-0.5,+0.5\n', types: 'bigint,bigint,double,decimal(9,2)' },
  'leading zeros': { text: '007,-007,00.50\n', types: 'bigint,integer,decimal(9,2)' },
  'the ends of integers': {
    text: '9223372036854775807,-9223372036854775808,2147483647,-2147483648\n',
    types: 'bigint,bigint,integer,integer',
  },
  'a bigint too large': { text: '9223372036854775808,1\n', types: 'bigint,bigint' },
  'an integer too large': { text: '2147483648,1\n', types: 'integer,bigint' },
  doubles: {
    text: '1e3,-1.5E-3,.5,5.,1e400\n0.1,123456789012345678,1e22,4.35,2.2250738585072011e-308\n',
    types: 'double,double,double,double,double',
  },
  'doubles that are no numbers': { text: 'nan,inf,-inf,NaN\n', types: 'double,double,double,double' },
  'decimals without or with a short fraction': {
    text: '1,1.5,-1.,.5\n',
    types: 'decimal(9,2),decimal(9,2),decimal(9,2),decimal(9,2)',
  },
  'wide decimals': {
    text: '1234567890123456789012345678.0123456789,-0.0000000001\n',
    types: 'decimal(38,10),decimal(38,10)',
  },
  booleans: { text: 'true,false,TRUE,False\n', types: 'boolean,boolean,boolean,boolean' },
  timestamps: {
    text: '2024-02-29 13:14:15,2024-02-29T13:14:15.5,2024-02-29 13:14:15.123456,1969-12-31 23:59:59.999999\n',
    types: 'timestamp,timestamp,timestamp,timestamp',
  },
  'a day that is not': { text: '2023-02-29,1\n', types: 'date,bigint' },
  'letters in a number': { text: '1x,1\n', types: 'bigint,bigint' },
  'too few fields': { text: 'a,1\nb\n', types: 'varchar,bigint' },
  'too many fields': { text: 'a,1\nb,2,3\n', types: 'varchar,bigint' },
  'a quote that is never closed': { text: 'a,1\n"b,2\n', types: 'varchar,bigint' },
  'text behind a closing quote': { text: '"a"b,1\n', types: 'varchar,bigint' },
  'a quote within a field that is not quoted, where DuckDB takes it as data': {
    text: 'a"b"c,1\n',
    types: 'varchar,bigint',
    differs: 'error',
  },
  'zeros in text': { text: 'a\0b,"\0"\n', types: 'varchar,varchar' },
  'characters of several bytes': { text: 'ä€🙂,"é,ü"\n', types: 'varchar,varchar' },
};

function schemaOf({ types }: Example): Schema {
  return types.split(/[,;](?![^(]*\))/).map((type, i) => ({ name: `c${i}`, type: parseType(type) }));
}

const folder = mkdtempSync(join(tmpdir(), 'sluice-csv-texts-'));
const instance = DuckDBInstance.create(':memory:');
afterAll(async () => {
  (await instance).closeSync();
  rmSync(folder, { recursive: true });
});

async function byDuckdb(example: Example): Promise<Cells> {
  const path = join(folder, 'text.csv');
  writeFileSync(path, example.text);
  const dialect = { ...RFC_4180, ...example.dialect };
  const columns = schemaOf(example).map(({ name }, i) => `'${name}': '${example.types.split(/[,;](?![^(]*\))/)[i]}'`);
  const string = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const byte = (code: number | null) => string(code === null ? '' : String.fromCharCode(code));
  const options = [
    'auto_detect = false',
    'header = false',
    'allow_quoted_nulls = false',
    `columns = {${columns.join(', ')}}`,
    `delim = ${byte(dialect.delimiter)}`,
    `quote = ${byte(dialect.quote)}`,
    `escape = ${byte(dialect.escape)}`,
    `comment = ${byte(dialect.comment)}`,
    `nullstr = [${dialect.nulls.map(string).join(', ')}]`,
    `decimal_separator = ${string(dialect.decimalMark)}`,
    ...(dialect.dateFormat ? [`dateformat = ${string(dialect.dateFormat)}`] : []),
    ...(dialect.timestampFormat ? [`timestampformat = ${string(dialect.timestampFormat)}`] : []),
    ...(dialect.lineEnd === 13 ? ["new_line = '\\r'"] : []),
  ];
  const connection = await (await instance).connect();
  try {
    const query = `SELECT CAST(COLUMNS(*) AS varchar) FROM read_csv(${string(path)}, ${options.join(', ')})`;
    return (await connection.runAndReadAll(query)).getRows() as Cells;
  } catch (error) {
    if (!/CSV Error|Conversion Error/.test((error as Error).message)) throw error;
    return 'error';
  } finally {
    connection.closeSync();
  }
}

describe.each(LANE_NAMES)('on the %s lane CSV means what it means to DuckDB', (lane) => {
  test.each(Object.keys(EXAMPLES))('%s', async (title) => {
    const example = EXAMPLES[title]!;
    const schema = schemaOf(example);
    const { text: content, dialect = {}, differs } = example;
    const ours = await scanCsv({ lane, content, schema, dialect }).then<Cells, Cells>(
      ({ rows }) =>
        rows.map((row) => row.map((value, i) => (value === null ? null : castToText(value, schema[i]!.type)))),
      () => 'error',
    );
    const theirs = await byDuckdb(example);
    expect(ours).toEqual(differs ?? theirs);
    if (differs) expect(theirs).not.toEqual(differs);
  });
});
