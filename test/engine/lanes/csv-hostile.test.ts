import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BadRowPolicy } from '../../../engine/csv-format.ts';
import type { ByteSource } from '../../../engine/task.ts';
import { SluiceError } from '../../../query/error.ts';
import { LANE_NAMES } from '../../../query/fragment.ts';
import { BOOL, DATE, FLOAT64, INT32, INT64, type Schema, TIMESTAMP, UTF8 } from '../../../query/types.ts';
import { type CsvScan, scanCsv } from './scan-csv.ts';

const TWO: Schema = [
  { name: 'id', type: INT64 },
  { name: 'text', type: UTF8 },
];

/** `prefix`, then a letter `length` times, then `suffix`, made as it is read. */
function longSource(prefix: string, length: number, suffix: string): ByteSource {
  const size = prefix.length + length + suffix.length;
  return {
    name: 'long.csv',
    size,
    read(offset, target) {
      const count = Math.max(0, Math.min(target.length, size - offset));
      target.fill(0x61, 0, count);
      for (const [text, at] of [
        [prefix, 0],
        [suffix, size - suffix.length],
      ] as const)
        for (let i = Math.max(0, offset - at); i < text.length && at + i < offset + count; i++)
          target[at + i - offset] = text.charCodeAt(i);
      return count;
    },
    close() {},
  };
}

describe.each(LANE_NAMES)('hostile CSV on the %s lane', (lane) => {
  const lives = async () => expect((await scanCsv({ lane, content: '1,a\n', schema: TWO })).rows).toEqual([[1n, 'a']]);

  test.each([
    ['quoted', '1,"', '"\n2,b\n'],
    ['plain', '1,', '\n2,b\n'],
  ])('a field of 100 MB is a value like any other (%s)', async (_, prefix, suffix) => {
    const content = longSource(prefix, 100_000_000, suffix);
    const { rows } = await scanCsv({ lane, content, schema: TWO, chunk: 8 << 20 });
    expect(rows.map(([id, text]) => [id, (text as string).length])).toEqual([
      [1n, 100_000_000],
      [2n, 1],
    ]);
    await lives();
  });

  test('a row that is too long is an error under every policy', async () => {
    const content = longSource('1,"', 260 << 20, '"\n');
    await expect(scanCsv({ lane, content, schema: TWO, dialect: { badRows: 'skip' } })).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringMatching(/^long.csv: row at byte 0: the row is longer than 256 MiB/),
    });
    await lives();
  });

  test('a NUL is a character like any other', async () => {
    const { rows } = await scanCsv({ lane, content: '1,a\0b\n2,"\0"\n', schema: TWO });
    expect(rows).toEqual([
      [1n, 'a\0b'],
      [2n, '\0'],
    ]);
    await expect(scanCsv({ lane, content: '1\0,a\n', schema: TWO })).rejects.toThrow('is not a valid bigint');
  });

  test('10,000 columns are read, and counted', async () => {
    const schema = Array.from({ length: 10_000 }, (_, i) => ({ name: `c${i}`, type: i % 2 === 0 ? INT64 : UTF8 }));
    const row = (at: number) => schema.map((_, i) => `${at + i}`).join();
    const columns = ['c0', 'c1', 'c4999', 'c9998', 'c9999'].map((name) => ({
      name,
      expression: { kind: 'column', name } as const,
    }));
    const scan: CsvScan = { lane, content: `${row(0)}\n${row(7)}\n`, schema, output: { kind: 'rows', columns } };
    expect((await scanCsv(scan)).rows).toEqual([
      [0n, '1', '4999', 9998n, '9999'],
      [7n, '8', '5006', 10005n, '10006'],
    ]);
    await expect(scanCsv({ ...scan, content: `${row(0)}\n${row(7)},8\n` })).rejects.toThrow(
      'expected 10000 fields, found 10001',
    );
  });

  test.each([
    ['one quote', '"', 'a quote is opened and never closed'],
    ['three quotes', '"""', 'a quote is opened and never closed'],
    ['an odd number of quotes', '"'.repeat(10_001), 'a quote is opened and never closed'],
    ['an even number', '""', 'expected 2 fields, found 1'],
    ['nothing but delimiters', ','.repeat(5000), 'expected 2 fields, found 5001'],
    ['nothing but NULs', '\0'.repeat(5000), 'expected 2 fields, found 1'],
    ['nothing but carriage returns', '\r'.repeat(5000), 'expected 2 fields, found 1'],
  ])('%s: an error that says why', async (_, content, message) => {
    await expect(scanCsv({ lane, content, schema: TWO })).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining(message),
    });
    await lives();
  });

  test('a file of nothing but line ends has no rows, or as many NULLs where there is one column', async () => {
    expect((await scanCsv({ lane, content: '\n'.repeat(5000), schema: TWO })).rows).toEqual([]);
    const { rows } = await scanCsv({ lane, content: '\n'.repeat(5000), schema: [{ name: 'a', type: UTF8 }] });
    expect(rows).toEqual(Array(5000).fill([null]));
  });

  test('an object that ends early is an error or a shorter answer, never a trap', async () => {
    const content = { ...longSource('1,', 5 << 20, '\n'), read: () => 0 };
    await expect(
      scanCsv({ lane, content, schema: TWO }).catch((error) => expect(error).toBeInstanceOf(SluiceError)),
    ).resolves.toBeDefined();
    await lives();
  });
});

const TYPES = [
  INT64,
  UTF8,
  FLOAT64,
  DATE,
  TIMESTAMP,
  BOOL,
  INT32,
  { kind: 'decimal', precision: 6, scale: 2 },
] as const;
const PIECES = [
  '"',
  '""',
  ',',
  '\n',
  '\r\n',
  '\r',
  '1',
  '-2.5',
  'true',
  '2024-02-29',
  ' 00:00:00',
  'a',
  'ü',
  '\xff',
  '\0',
  '#',
  '\\',
  ' ',
];

const outcome = async (scan: CsvScan) => {
  try {
    const { rows, rejected, rowsScanned } = await scanCsv(scan);
    return { rows, rejected, rowsScanned };
  } catch (error) {
    return error instanceof SluiceError ? error.code : `${error}`;
  }
};

test('junk gives the same answer in both lanes and at all chunk sizes, or bad-data in all', async () => {
  const junk = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 200 });
  const scans = fc.record({
    content: fc.oneof(
      { weight: 4, arbitrary: junk.map((pieces) => Buffer.from(pieces.join(''), 'latin1')) },
      { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 300 }) },
    ),
    schema: fc
      .array(fc.constantFrom(...TYPES), { minLength: 1, maxLength: 3 })
      .map((types): Schema => types.map((type, i) => ({ name: `c${i}`, type }))),
    dialect: fc.record({
      badRows: fc.constantFrom<BadRowPolicy>('error', 'null', 'skip'),
      invalidUtf8: fc.constantFrom<'error' | 'replace'>('error', 'replace'),
      trim: fc.boolean(),
      lineEnd: fc.constantFrom<10 | 13>(10, 10, 13),
      escape: fc.constantFrom(0x22, 0x22, 0x5c),
      comment: fc.constantFrom(null, null, 0x23),
    }),
    chunk: fc.integer({ min: 1, max: 100 }),
  });
  await fc.assert(
    fc.asyncProperty(scans, async ({ chunk, ...scan }) => {
      const expected = await outcome({ ...scan, lane: 'js' });
      if (typeof expected === 'string') expect(expected).toBe('bad-data');
      for (const lane of LANE_NAMES)
        for (const size of [chunk, 1_000]) expect(await outcome({ ...scan, lane, chunk: size })).toEqual(expected);
    }),
    { numRuns: 400 },
  );
});
