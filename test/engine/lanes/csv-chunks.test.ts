import { describe, expect, test } from 'vitest';
import { LANE_NAMES, type LaneName } from '../../../query/fragment.ts';
import { parseType, type Scalar, type Schema } from '../../../query/types.ts';
import { scanCsv } from './scan-csv.ts';

const SCHEMA: Schema = [
  { name: 'id', type: parseType('bigint') },
  { name: 'text', type: parseType('varchar') },
  { name: 'price', type: parseType('decimal(10,2)') },
  { name: 'day', type: parseType('date') },
];

const ROWS: Scalar[][] = [
  [1n, 'plain', 1050n, 0],
  [2n, 'a, comma', -5n, 10957],
  [3n, 'a "quote"', null, null],
  [4n, 'two\nlines, "and"\r\nmore', 99999999n, -1],
  [null, '', 0n, 19782],
  [6n, null, 12300n, 1],
  [-9223372036854775808n, '"', 7n, 2],
  [8n, `${'long '.repeat(40)}ü`, 100n, 3],
];

const TEXT = [
  '1,plain,10.50,1970-01-01',
  '2,"a, comma",-0.05,2000-01-01',
  '3,"a ""quote""",,',
  '4,"two\nlines, ""and""\r\nmore",999999.99,1969-12-31',
  ',"",0.00,2024-02-29',
  '6,,"123.00",1970-01-02',
  '-9223372036854775808,"""",0.07,1970-01-03',
  `8,${'long '.repeat(40)}ü,1.00,1970-01-04`,
];

async function read(lane: LaneName, content: string, chunk?: number) {
  return (await scanCsv({ lane, content, schema: SCHEMA, ...(chunk && { chunk }) })).rows;
}

describe.each(LANE_NAMES)('CSV chunks on the %s lane', (name) => {
  test.each([
    ['LF', TEXT.join('\n')],
    ['LF and a final newline', `${TEXT.join('\n')}\n`],
    ['CRLF', `${TEXT.join('\r\n')}\r\n`],
    ['blank lines', `${TEXT.join('\n\n')}\n\n`],
  ])('give the same rows whatever is cut at a border (%s)', async (_, text) => {
    for (let chunk = 1; chunk <= Buffer.byteLength(text); chunk++)
      expect(await read(name, text, chunk), `chunks of ${chunk} bytes`).toEqual(ROWS);
  });

  test('give long quoted texts as they are, wherever a doubled quote, a line break or a character stands in them', async () => {
    const rows: Scalar[][] = [];
    for (let length = 60; length <= 140; length += 3)
      for (let at = 0; at < length; at += 2) {
        const odd = ['"', '""', '\n', '","', 'ü', '"\n'][(at >> 1) % 6] as string;
        rows.push([null, 'x'.repeat(at) + odd + 'y'.repeat(length - at), 100n, 0]);
      }
    const lines = rows.map(([, text]) => `,"${String(text).replaceAll('"', '""')}",1.00,1970-01-01\n`);
    for (const chunk of [undefined, 1000, 64 * 1024]) expect(await read(name, lines.join(''), chunk)).toEqual(rows);
  });

  test('are guessed at by texts that look like the ends of rows, and yet give the same rows', async () => {
    const looks = [
      '\n9,"',
      '",1.00,2000-01-01\n9,"',
      ',"",',
      '","',
      '\n"",\n',
      '""',
      'a",',
      ',"a',
      '"\r\n"',
      '","\n","',
    ];
    const rows: Scalar[][] = looks.map((look, i) => [BigInt(i), `${look.repeat(3)}, ${look}`, 100n, 0]);
    const quoted = rows.map(([id, text]) => `${id},"${String(text).replaceAll('"', '""')}",1.00,1970-01-01\n`);
    const text = quoted.join('');
    for (let chunk = 1; chunk <= Buffer.byteLength(text); chunk++)
      expect(await read(name, text, chunk), `chunks of ${chunk} bytes`).toEqual(rows);
  });

  test.each([
    ['a row that is too short', '1,a,1.00,1970-01-01\n2,b\n', 'rows.csv: row at byte 22: expected 4 fields, found 2'],
    ['a row that is too long', '1,a,1.00,1970-01-01,9\n', 'row at byte 2: expected 4 fields, found 5'],
    ['letters in a number', '1x,a,1.00,1970-01-01\n', 'row at byte 2: column "id": "1x" is not a valid bigint'],
    ['a day that is not', '1,a,1.00,1970-02-30\n', '"1970-02-30" is not a valid date'],
    ['a quote inside a field', '1,a"b"c,1.00,1970-01-01\n', 'quote'],
    ['text behind a closing quote', '1,"a"b,1.00,1970-01-01\n', 'quote'],
    ['a quote that is never closed', '1,"a,1.00,1970-01-01\n', 'quote'],
    ['too many digits', '1,a,123456789.00,1970-01-01\n', '"123456789.00" is not a valid decimal(10,2)'],
  ])('refuse %s, and the lane lives on', async (_, body, message) => {
    await expect(read(name, `\n\n${body}`)).rejects.toThrow(message);
    expect(await read(name, TEXT.join('\n'))).toEqual(ROWS);
  });
});
