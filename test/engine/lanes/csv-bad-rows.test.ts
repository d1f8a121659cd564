import { describe, expect, test } from 'vitest';
import { LANE_NAMES } from '../../../query/fragment.ts';
import { parseType, type Scalar, type Schema } from '../../../query/types.ts';
import { scanCsv } from './scan-csv.ts';

const SCHEMA: Schema = [
  { name: 'id', type: parseType('bigint') },
  { name: 'text', type: parseType('varchar') },
  { name: 'price', type: parseType('decimal(10,2)') },
];

const COLUMN = (name: string) => ({ kind: 'column', name }) as const;
const GREATER = (name: string, value: number) =>
  ({
    kind: 'call',
    function: '>',
    args: [COLUMN(name), { kind: 'literal', type: { kind: 'int64' }, value: String(value) }],
  }) as const;

interface Case {
  readonly what: string;
  readonly content: string | Uint8Array;
  readonly nulled: readonly Scalar[][];
  readonly valuesNulled: number;
  readonly skipped: readonly Scalar[][];
  readonly rowsSkipped: number;
  /** Rows that are left out under `null` too. */
  readonly linesLost?: number;
  readonly error: string;
}

const FIRST: Scalar[] = [1n, 'a', 100n];
const LAST: Scalar[] = [9n, 'two\nlines', 900n];
const frame = (row: string) => `1,a,1\n${row}\n9,"two\nlines",9.00\n`;

const CASES: readonly Case[] = [
  {
    what: 'letters in a number',
    content: frame('x2,b,2'),
    nulled: [FIRST, [null, 'b', 200n], LAST],
    valuesNulled: 1,
    skipped: [FIRST, LAST],
    rowsSkipped: 1,
    error: 'rows.csv: row at byte 6: column "id": "x2" is not a valid bigint',
  },
  {
    what: 'two bad values in a row',
    content: frame('x2,b,12345678901'),
    nulled: [FIRST, [null, 'b', null], LAST],
    valuesNulled: 2,
    skipped: [FIRST, LAST],
    rowsSkipped: 1,
    error: 'row at byte 6: column "',
  },
  {
    what: 'a row that is too short',
    content: frame('2'),
    nulled: [FIRST, [2n, null, null], LAST],
    valuesNulled: 2,
    skipped: [FIRST, LAST],
    rowsSkipped: 1,
    error: 'row at byte 6: expected 3 fields, found 1',
  },
  {
    what: 'a row that is too long',
    content: frame('2,b,2,3,4'),
    nulled: [FIRST, [2n, 'b', 200n], LAST],
    valuesNulled: 2,
    skipped: [FIRST, LAST],
    rowsSkipped: 1,
    error: 'row at byte 6: expected 3 fields, found 5',
  },
  {
    what: 'quoted fields in a row that is too long',
    content: frame('2,"b, ""c""",2,"3\n4"'),
    nulled: [FIRST, [2n, 'b, "c"', 200n], LAST],
    valuesNulled: 1,
    skipped: [FIRST, LAST],
    rowsSkipped: 1,
    error: 'row at byte 6: expected 3 fields, found 4',
  },
  {
    what: 'a carriage return behind the last column of a row that is too long',
    content: frame('2,b,\r,3'),
    nulled: [FIRST, [2n, 'b', null], LAST],
    valuesNulled: 2,
    skipped: [FIRST, LAST],
    rowsSkipped: 1,
    error: 'row at byte 6: expected 3 fields, found 4',
  },
  {
    what: 'a quote within unquoted text',
    content: frame('2,5" pipe,2'),
    nulled: [FIRST, LAST],
    valuesNulled: 0,
    skipped: [FIRST, LAST],
    rowsSkipped: 1,
    linesLost: 1,
    error: 'row at byte 6: ',
  },
  {
    what: 'text behind a closing quote',
    content: frame('2,"b" c,2'),
    nulled: [FIRST, LAST],
    valuesNulled: 0,
    skipped: [FIRST, LAST],
    rowsSkipped: 1,
    linesLost: 1,
    error: 'row at byte 6: ',
  },
  {
    what: 'a quote opened by mistake before quoted fields',
    content: frame('2,"b,2\n3,c,3\n4,"d",4'),
    nulled: [FIRST, [3n, 'c', 300n], [4n, 'd', 400n], LAST],
    valuesNulled: 0,
    skipped: [FIRST, [3n, 'c', 300n], [4n, 'd', 400n], LAST],
    rowsSkipped: 1,
    linesLost: 1,
    error: 'row at byte 6: ',
  },
  {
    what: 'a quote that is never closed',
    content: '1,a,1\n2,"b,2\n3,c,3\n4,d,4',
    nulled: [FIRST, [3n, 'c', 300n], [4n, 'd', 400n]],
    valuesNulled: 0,
    skipped: [FIRST, [3n, 'c', 300n], [4n, 'd', 400n]],
    rowsSkipped: 1,
    linesLost: 1,
    error: 'row at byte 6: a quote is opened and never closed',
  },
  {
    what: 'a quote opened in the last row',
    content: '1,a,1\n2,b,"2',
    nulled: [FIRST],
    valuesNulled: 0,
    skipped: [FIRST],
    rowsSkipped: 1,
    linesLost: 1,
    error: 'row at byte 6: a quote is opened and never closed',
  },
  {
    what: 'text that is not UTF-8',
    content: Buffer.from(frame('2,b\xff\xe9,2'), 'latin1'),
    nulled: [FIRST, [2n, null, 200n], LAST],
    valuesNulled: 1,
    skipped: [FIRST, LAST],
    rowsSkipped: 1,
    error: 'row at byte 6: column "text": ',
  },
];

describe.each(LANE_NAMES)('bad rows on the %s lane', (lane) => {
  test.each(CASES)('$what: an error tells where, the lane lives on', async ({ content, error }) => {
    await expect(scanCsv({ lane, content, schema: SCHEMA })).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining(error),
    });
    expect((await scanCsv({ lane, content: '1,a,1\n', schema: SCHEMA })).rows).toEqual([FIRST]);
  });

  test.each(CASES)('$what: values become NULL and are counted, whatever the chunks', async (bad) => {
    const expected = {
      rows: bad.nulled,
      rowsScanned: bad.nulled.length,
      rejected: { rowsSkipped: bad.linesLost ?? 0, valuesNulled: bad.valuesNulled },
    };
    for (let chunk = 1; chunk <= bad.content.length; chunk++)
      expect(
        await scanCsv({ lane, content: bad.content, schema: SCHEMA, dialect: { badRows: 'null' }, chunk }),
        `chunks of ${chunk} bytes`,
      ).toEqual(expected);
  });

  test.each(CASES)('$what: the row is skipped and counted, whatever the chunks', async (bad) => {
    const expected = {
      rows: bad.skipped,
      rowsScanned: bad.skipped.length,
      rejected: { rowsSkipped: bad.rowsSkipped, valuesNulled: 0 },
    };
    for (let chunk = 1; chunk <= bad.content.length; chunk++)
      expect(
        await scanCsv({ lane, content: bad.content, schema: SCHEMA, dialect: { badRows: 'skip' }, chunk }),
        `chunks of ${chunk} bytes`,
      ).toEqual(expected);
  });

  test('a skipped row is in no aggregate and takes no place under a limit', async () => {
    const content = '1,a,1\n2,b,x\n3,c\n4,d,4\n5,e,5\n';
    const scan = { lane, content, schema: SCHEMA, dialect: { badRows: 'skip' } } as const;
    const aggregates = [
      { name: 'rows', function: 'count_star', args: [] },
      { name: 'sum', function: 'sum', args: [COLUMN('price')] },
    ] as const;
    expect((await scanCsv({ ...scan, output: { kind: 'groups', keys: [], aggregates } })).rows).toEqual([[3n, 1000n]]);
    const columns = ['id', 'price'].map((name) => ({ name, expression: COLUMN(name) }));
    const { rows } = await scanCsv({ ...scan, output: { kind: 'rows', columns, limit: 2 } });
    expect(rows.slice(0, 2)).toEqual([
      [1n, 100n],
      [4n, 400n],
    ]);
  });

  test('a value is not looked at in columns that the query does not use, and behind a filter that says no', async () => {
    const content = '1,a,1\n2,b,x\ny,c,3\n';
    const dialect = { badRows: 'skip' } as const;
    const output = { kind: 'rows', columns: [{ name: 'text', expression: COLUMN('text') }] } as const;
    expect(await scanCsv({ lane, content, schema: SCHEMA, dialect, output })).toMatchObject({
      rows: [['a'], ['b'], ['c']],
      rejected: { rowsSkipped: 0 },
    });
    const prices = { kind: 'rows', columns: [{ name: 'price', expression: COLUMN('price') }] } as const;
    expect(
      await scanCsv({ lane, content, schema: SCHEMA, dialect, output: prices, filter: GREATER('id', 2) }),
    ).toMatchObject({ rows: [], rejected: { rowsSkipped: 1, valuesNulled: 0 } });
    expect(
      await scanCsv({ lane, content, schema: SCHEMA, dialect, output: prices, filter: GREATER('id', 0) }),
    ).toMatchObject({ rows: [[100n]], rejected: { rowsSkipped: 2, valuesNulled: 0 } });
  });

  test('text that is not UTF-8 is replaced as browsers do it, by option', async () => {
    const texts = ['plain', 'gr\xfc\xdfe', '\xe2\x82', '\xf0\x9f\x98\x80', '\xed\xa0\x80', '\xc0\xaf,"', '\xff'];
    const content = Buffer.from(texts.map((text, i) => `${i},"${text.replaceAll('"', '""')}",1\n`).join(''), 'latin1');
    const expected = texts.map((text) => Buffer.from(text, 'latin1').toString());
    for (const chunk of [1, 7, 1000]) {
      const { rows } = await scanCsv({
        lane,
        content,
        schema: SCHEMA,
        dialect: { invalidUtf8: 'replace', badRows: 'skip' },
        chunk,
      });
      expect(rows.map(([, text]) => text)).toEqual(expected);
    }
  });
});

test.each(['wasm', 'js'] as const)(
  'a byte that is no UTF-8 is found wherever it stands in long rows (%s)',
  async (lane) => {
    const schema: Schema = [
      { name: 'id', type: { kind: 'int32' } },
      { name: 'text', type: { kind: 'utf8' } },
    ];
    for (const length of [10, 70, 5000, 300_000, 700_000])
      for (const quote of ['', '"'])
        for (const at of [0, 63, 64, length >> 1, length - 1]) {
          const row = (text: string) => Buffer.from(`1,${quote}${text}${quote}\n`);
          const bad = row('x'.repeat(length));
          bad[2 + quote.length + Math.min(at, length - 1)] = 0xff;
          const content = Buffer.concat([row('before'), row('y'.repeat(200)), bad, row('behind')]);
          const rows = (invalidUtf8: 'error' | 'replace') =>
            scanCsv({ lane, content, schema, dialect: { invalidUtf8 } }).then((outcome) => outcome.rows);
          await expect(rows('error')).rejects.toMatchObject({ code: 'bad-data' });
          expect((await rows('replace')).map(([, text]) => String(text).includes('\ufffd'))).toEqual([
            false,
            false,
            true,
            false,
          ]);
        }
  },
);
