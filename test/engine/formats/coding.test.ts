import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { TextCoding } from '../../../engine/csv-format.ts';
import { DecodedSource, detectCoding } from '../../../engine/formats/coding/decoded-source.ts';
import { formatOfName, withoutExtension } from '../../../engine/formats/object-name.ts';
import { Executor } from '../../../engine/run/executor.ts';
import { locateFile } from '../../../engine/run/locate.ts';
import { scalarAt } from '../../../engine/scalars.ts';
import { LANE_NAMES, type LaneName } from '../../../query/fragment.ts';
import type { Scalar } from '../../../query/types.ts';
import { memorySource } from '../memory-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-coding-'));
const executor = new Executor({ threads: 2, chunkSize: 1000 });
afterAll(async () => {
  await executor.close();
  rmSync(folder, { recursive: true });
});

const zstd = (bytes: Buffer) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
const COMPRESS = { gzip: (bytes: Buffer) => gzipSync(bytes), zstd };
const COMPRESSIONS = ['gzip', 'zstd'] as const;

async function decoded(bytes: Buffer, coding: TextCoding, invalid?: 'replace', step = 1000): Promise<string> {
  const source = new DecodedSource(memorySource(bytes), coding, invalid);
  const pieces: Buffer[] = [];
  for (let offset = 0; ; ) {
    const piece = Buffer.alloc(step);
    const count = await source.read(offset, piece);
    pieces.push(piece.subarray(0, count));
    if (count < step) return Buffer.concat(pieces).toString();
    offset += count;
  }
}

/** All rows of columns `id` and `text`. */
async function scan(
  name: string,
  bytes: Buffer,
  lane: LaneName,
  { limit, signal }: { limit?: number; signal?: AbortSignal } = {},
) {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const columns = ['id', 'text'].map((column) => ({
    name: column,
    expression: { kind: 'column', name: column } as const,
  }));
  const output = { kind: 'rows', columns, ...(limit !== undefined && { limit }) } as const;
  const object = await executor.describe(await locateFile(path));
  const { batches, statistics } = executor.scan(object, { version: 1, object: name, lane, output }, signal);
  const rows: Scalar[][] = [];
  for await (const batch of batches)
    for (let row = 0; row < batch.length; row++) rows.push(batch.columns.map((column) => scalarAt(column, row)));
  return { rows, statistics: await statistics };
}

const ROWS = Array.from({ length: 4_000 }, (_, i): [bigint, string] => [BigInt(i), `text ${i}, "ä\n🙂"`]);
const CSV = Buffer.from(
  `\ufeffid,text\n${ROWS.map(([id, text]) => `${id},"${text.replaceAll('"', '""')}"\n`).join('')}`,
);
const NDJSON = Buffer.from(ROWS.map(([id, text]) => `${JSON.stringify({ id: Number(id), text })}\n`).join(''));
const utf16 = (text: Buffer) => Buffer.from(text.toString(), 'utf16le');
const bigEndian = (text: Buffer) => utf16(text).swap16();

describe.each(LANE_NAMES)('on the %s lane', (lane) => {
  test.each<[string, string, Buffer]>([
    ['gzip', 'a.csv.gz', COMPRESS.gzip(CSV)],
    ['zstd', 'a.csv.zst', COMPRESS.zstd(CSV)],
    ['two gzip members', 'b.csv.gz', Buffer.concat([gzipSync(CSV.subarray(0, 999)), gzipSync(CSV.subarray(999))])],
    ['two zstd frames', 'b.csv.zst', Buffer.concat([zstd(CSV.subarray(0, 999)), zstd(CSV.subarray(999))])],
    ['gzip that its name does not tell', 'c.csv', COMPRESS.gzip(CSV)],
    ['UTF-8 whose name tells of gzip', 'd.csv.gz', CSV],
    ['UTF-16, low bytes first', 'e.csv', utf16(CSV)],
    ['UTF-16, high bytes first', 'f.csv', bigEndian(CSV)],
    ['UTF-16 without a byte order mark', 'g.csv', utf16(CSV).subarray(2)],
    ['UTF-16 in gzip', 'h.csv.gz', COMPRESS.gzip(bigEndian(CSV))],
    ['NDJSON in zstd', 'i.ndjson.zst', COMPRESS.zstd(NDJSON)],
    ['NDJSON in UTF-16 in gzip', 'j.jsonl.gz', COMPRESS.gzip(utf16(NDJSON))],
  ])('%s is read as the text that it holds', async (_, name, bytes) => {
    const { rows, statistics } = await scan(name, bytes, lane);
    expect(rows).toEqual(ROWS);
    if (!bytes.equals(CSV)) expect(statistics).toMatchObject({ bytesRead: bytes.length, tasks: { total: 1 } });
  });

  test('a text without a final newline, and one without rows, are read to their ends', async () => {
    expect((await scan('k.csv.gz', gzipSync('id,text\n1,a\n2,b'), lane)).rows).toEqual([
      [1n, 'a'],
      [2n, 'b'],
    ]);
    expect((await scan('l.csv.gz', gzipSync('id,text\n'), lane)).rows).toEqual([]);
  });

  test('an error in the text names its byte and line in the text', async () => {
    const bytes = gzipSync(`id,text\n${'1,a\n'.repeat(300_000)}2\n`);
    await expect(scan('m.csv.gz', bytes, lane)).rejects.toMatchObject({
      code: 'bad-data',
      message: 'm.csv.gz: row at byte 1200008 (line 300002): expected 2 fields, found 1',
    });
  });

  test('data cut short fails, however little is missing', async () => {
    for (const compression of COMPRESSIONS) {
      const bytes = COMPRESS[compression](CSV);
      for (const missing of [1, 5, bytes.length / 2, bytes.length - 5])
        await expect(
          scan(`n${missing}.csv.${compression}.csv`, bytes.subarray(0, -missing), lane),
        ).rejects.toMatchObject({
          code: 'bad-data',
          message: expect.stringMatching(`^n.*: ends within its ${compression} data, after \\d+ bytes$`),
        });
    }
  });
});

test('a limit ends a scan, and a text larger than any memory does no harm', async () => {
  // 1 GiB of rows.
  const piece = gzipSync(Buffer.alloc(1 << 24, '1,a\n'));
  const bomb = Buffer.concat([gzipSync('id,text\n'), ...Array.from({ length: 64 }, () => piece)]);
  const { rows, statistics } = await scan('bomb.csv.gz', bomb, 'js', { limit: 10 });
  expect(rows.length).toBe(10);
  expect(statistics.bytesRead).toBeGreaterThan(0);
});

test('a cancelled scan stops its decoder', async () => {
  const bomb = gzipSync(`id,text\n${'1,a\n'.repeat(1 << 22)}`);
  const signal = AbortSignal.timeout(1);
  await expect(scan('cancelled.csv.gz', bomb, 'wasm', { signal })).rejects.toMatchObject({ code: 'cancelled' });
  expect((await scan('after.csv.gz', gzipSync('id,text\n1,a\n'), 'wasm')).rows).toEqual([[1n, 'a']]);
});

describe('decoding', () => {
  const text = `a,ä,€,🙂\n${'1,2,3,4\n'.repeat(100)}`;

  test.each([1, 2, 3, 7, 64, 5000])('gives the same text by reads of %i bytes', async (step) => {
    for (const compression of COMPRESSIONS)
      for (const charset of ['utf-16le', 'utf-16be'] as const) {
        const raw = charset === 'utf-16le' ? utf16(Buffer.from(text)) : bigEndian(Buffer.from(text));
        const bytes = COMPRESS[compression](raw);
        expect(await detectCoding(memorySource(bytes))).toEqual({ compression, charset });
        expect(await decoded(bytes, { compression, charset }, undefined, step)).toBe(text);
      }
  });

  test.each(COMPRESSIONS)('of damaged %s fails with the place, whichever byte is damaged', async (compression) => {
    const bytes = COMPRESS[compression](Buffer.from(text));
    let failed = 0;
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 0xff;
      const result = await decoded(damaged, { compression }).catch((error) => error);
      // A few bytes of a gzip header mean nothing here, such as its time.
      if (typeof result === 'string') expect(result).toBe(text);
      else {
        expect(result).toMatchObject({
          code: 'bad-data',
          message: expect.stringMatching(`^rows.csv: .*${compression} data`),
        });
        failed++;
      }
    }
    expect(failed).toBeGreaterThan(bytes.length - 10);
  });

  test.each(COMPRESSIONS)('%s may be followed by zeros, not by other data', async (compression) => {
    const bytes = COMPRESS[compression](Buffer.from(text));
    expect(await decoded(Buffer.concat([bytes, Buffer.alloc(100_000)]), { compression })).toBe(text);
    for (const rest of ['garbage', '\0\0garbage'])
      await expect(decoded(Buffer.concat([bytes, Buffer.from(rest)]), { compression })).rejects.toMatchObject({
        code: 'bad-data',
        message: expect.stringMatching(`^rows.csv: its ${compression} data (?:ends|is damaged)`),
      });
  });

  test('skips zstd frames that hold no data', async () => {
    const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const frame = zstd(Buffer.from(text));
    const bytes = Buffer.concat([skippable, frame, skippable, skippable, frame]);
    expect(await detectCoding(memorySource(bytes))).toEqual({ compression: 'zstd' });
    expect(await decoded(bytes, { compression: 'zstd' })).toBe(text + text);
  });

  test.each<[string, number[], string, string]>([
    [
      'a second half alone',
      [0x61, 10, 0xdc00, 0x62],
      'a\n\ufffdb',
      'line 2: half of a surrogate pair of UTF-16, byte 4 of',
    ],
    [
      'a first half before a letter',
      [0xd83d, 0x62],
      '\ufffdb',
      'line 1: half of a surrogate pair of UTF-16, byte 0 of',
    ],
    ['a first half before a pair', [0xd83d, 0xd83d, 0xde42], '\ufffd🙂', 'byte 0 of'],
    ['a first half at the end', [10, 0xd83d], '\n\ufffd', 'line 2: half of a surrogate pair of UTF-16, byte 2 of'],
  ])('of UTF-16: %s is an error or U+FFFD', async (_, units, replaced, message) => {
    const bytes = Buffer.from(new Uint16Array(units).buffer);
    for (const [charset, coded] of [
      ['utf-16le', bytes],
      ['utf-16be', Buffer.from(bytes).swap16()],
    ] as const) {
      expect(await decoded(coded, { charset }, 'replace')).toBe(replaced);
      await expect(decoded(coded, { charset })).rejects.toThrow(message);
    }
  });

  test('of UTF-16: half of a code unit at the end is an error or U+FFFD', async () => {
    expect(await decoded(Buffer.from([0x61, 0, 0x62]), { charset: 'utf-16le' }, 'replace')).toBe('a\ufffd');
    await expect(decoded(Buffer.from([0x61, 0, 0x62]), { charset: 'utf-16le' })).rejects.toThrow('half of a code unit');
  });

  test('takes UTF-8 that holds zeros as it stands', async () => {
    expect(await detectCoding(memorySource(Buffer.from('a,b\n\0,\0\0\n1,2\n')))).toBeUndefined();
    expect(await detectCoding(memorySource(Buffer.alloc(0)))).toBeUndefined();
  });
});

test('names of compressed text tell its format', () => {
  expect(formatOfName('sales/2024.CSV.GZ')).toBe('csv');
  expect(formatOfName('x.jsonl.zst')).toBe('ndjson');
  expect(formatOfName('x.gz')).toBeUndefined();
  expect(formatOfName('x.parquet.gz')).toBeUndefined();
  expect(withoutExtension('sales.csv.zst')).toBe('sales');
});
