import { describe, expect, test } from 'vitest';
import { RFC_4180 } from '../../../engine/csv-format.ts';
import { openLane } from '../../../engine/lanes/lane-registry.ts';
import { scalarAt } from '../../../engine/scalars.ts';
import type { ByteSource, Lane, ScanPlan } from '../../../engine/task.ts';
import { bindFragment } from '../../../query/bind.ts';
import { LANE_NAMES } from '../../../query/fragment.ts';
import { parseType, type Scalar, type Schema } from '../../../query/types.ts';

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
  'id,text,price,day',
  '1,plain,10.50,1970-01-01',
  '2,"a, comma",-0.05,2000-01-01',
  '3,"a ""quote""",,',
  '4,"two\nlines, ""and""\r\nmore",999999.99,1969-12-31',
  ',"",0.00,2024-02-29',
  '6,,"123.00",1970-01-02',
  '-9223372036854775808,"""",0.07,1970-01-03',
  `8,${'long '.repeat(40)}ü,1.00,1970-01-04`,
];

function sourceOf(text: string): ByteSource {
  const bytes = Buffer.from(text);
  return {
    name: 'rows.csv',
    size: bytes.length,
    read: (offset, target) => bytes.copy(target, 0, offset, offset + target.length),
    close: () => {},
  };
}

function planOf(text: string, lane: ScanPlan['lane']): ScanPlan {
  const columns = SCHEMA.map(({ name }) => ({ name, expression: { kind: 'column', name } as const }));
  const fragment = { version: 1, object: 'rows.csv', lane, output: { kind: 'rows', columns } } as const;
  return {
    lane,
    fragment: bindFragment(fragment, SCHEMA),
    object: {
      location: { kind: 'file', name: 'rows.csv', path: '', size: Buffer.byteLength(text), version: '1' },
      format: { kind: 'csv', ...RFC_4180, dataStart: text.indexOf('\n') + 1, header: true },
      schema: SCHEMA,
    },
  };
}

async function readInChunks(lane: Lane, text: string, name: ScanPlan['lane'], chunk: number): Promise<Scalar[][]> {
  const plan = planOf(text, name);
  const size = Buffer.byteLength(text);
  const rows: Scalar[][] = [];
  let firstRow: number | undefined;
  for (let start = text.indexOf('\n') + 1; start < size; start += chunk) {
    const part = {
      kind: 'csv-chunk',
      start,
      end: Math.min(start + chunk, size),
      ...(firstRow && { firstRow }),
    } as const;
    const { batches, rowBounds } = await lane.run(plan, part, sourceOf(text), () => false);
    for (const batch of batches)
      for (let row = 0; row < batch.length; row++) rows.push(batch.columns.map((column) => scalarAt(column, row)));
    firstRow = rowBounds?.next ?? firstRow;
  }
  return rows;
}

describe.each(LANE_NAMES)('CSV chunks on the %s lane', (name) => {
  test.each([
    ['LF', TEXT.join('\n')],
    ['LF and a final newline', `${TEXT.join('\n')}\n`],
    ['CRLF', `${TEXT.join('\r\n')}\r\n`],
    ['blank lines', `${TEXT.join('\n\n')}\n\n`],
  ])('give the same rows whatever is cut at a border (%s)', async (_, text) => {
    const lane = await openLane(name);
    for (let chunk = 1; chunk < text.length; chunk++)
      expect(await readInChunks(lane, text, name, chunk), `chunks of ${chunk} bytes`).toEqual(ROWS);
  });

  test.each([
    ['a row that is too short', '1,a,1.00,1970-01-01\n2,b\n', 'rows.csv: row at byte 40: expected 4 fields, found 2'],
    ['a row that is too long', '1,a,1.00,1970-01-01,9\n', 'row at byte 20: expected 4 fields, found 5'],
    ['letters in a number', '1x,a,1.00,1970-01-01\n', 'row at byte 20: column "id": "1x" is not a valid bigint'],
    ['a day that is not', '1,a,1.00,1970-02-30\n', '"1970-02-30" is not a valid date'],
    ['a quote inside a field', '1,a"b"c,1.00,1970-01-01\n', 'quote'],
    ['text behind a closing quote', '1,"a"b,1.00,1970-01-01\n', 'quote'],
    ['a quote that is never closed', '1,"a,1.00,1970-01-01\n', 'quote'],
    ['too many digits', '1,a,123456789.00,1970-01-01\n', '"123456789.00" is not a valid decimal(10,2)'],
  ])('refuse %s, and the lane lives on', async (_, body, message) => {
    const lane = await openLane(name);
    await expect(readInChunks(lane, `id,text,price,day,\n\n${body}`, name, 1 << 20)).rejects.toThrow(message);
    expect(await readInChunks(lane, TEXT.join('\n'), name, 1 << 20)).toEqual(ROWS);
  });
});
