import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  BLOOM_BLOCK_SIZE,
  bloomBlockExcludes,
  bloomBlockOf,
  parseBloomFilter,
} from '../../../engine/formats/parquet/bloom-filter.ts';
import { bloomMayMatch } from '../../../engine/formats/parquet/bloom-reader.ts';
import { type ParquetFooter, readFooter } from '../../../engine/formats/parquet/footer.ts';
import { groupZones } from '../../../engine/formats/parquet/prune.ts';
import { xxhash64 } from '../../../engine/formats/parquet/xxhash64.ts';
import type { BoundExpression, Operator } from '../../../query/expression.ts';
import { BOOL, type Scalar } from '../../../query/types.ts';
import { PARQUET_SUITE } from '../../conformance/suite.ts';
import { MemorySource, readBytes } from '../parquet-files.ts';

const data = join(PARQUET_SUITE, 'data');
const bytesOf = (text: string) => new TextEncoder().encode(text);

test('xxHash64 gives what its authors publish', () => {
  expect(xxhash64(bytesOf(''))).toBe(0xef46db3751d8e999n);
  expect(xxhash64(bytesOf('a'))).toBe(0xd24ec4f1a98c6e5bn);
  expect(xxhash64(bytesOf('abc'))).toBe(0x44bc2cf5ad770999n);
  expect(xxhash64(bytesOf('Nobody inspects the spammish repetition'))).toBe(0xfbcea83c8a378bf1n);
});

test.skipIf(!existsSync(data))("the reference implementation's filter holds its words and no others", () => {
  const bytes = readBytes(join(data, 'bloom_filter.xxhash.bin'));
  const filter = parseBloomFilter(bytes);
  expect(filter.offset + BLOOM_BLOCK_SIZE * filter.blocks).toBe(bytes.length);
  const excludes = (word: string) => {
    const hash = xxhash64(bytesOf(word));
    const start = filter.offset + BLOOM_BLOCK_SIZE * bloomBlockOf(filter, hash);
    return bloomBlockExcludes(bytes.subarray(start, start + BLOOM_BLOCK_SIZE), hash);
  };
  expect(['hello', 'parquet', 'bloom', 'filter'].map(excludes)).toEqual([false, false, false, false]);
  expect(['Hello', 'parquets', '', 'x'].filter(excludes).length).toBeGreaterThan(2);
});

test('a header that makes no sense is an error', () => {
  expect(() => parseBloomFilter(new Uint8Array(64))).toThrow(/./);
  const header = [0x15, 0x40, 0x1c, 0x1c, 0, 0, 0x1c, 0x1c, 0, 0, 0x1c, 0x1c, 0, 0, 0];
  expect(parseBloomFilter(Uint8Array.from(header))).toEqual({ offset: 15, blocks: 1 });
  expect(() => parseBloomFilter(Uint8Array.from([0x15, 0x42, ...header.slice(2)]))).toThrow('33 bytes');
});

/** Whether the first row group may hold a row for which a column equals one of some values. */
async function mayHold(source: MemorySource, footer: ParquetFooter, name: string, ...values: Scalar[]) {
  const index = footer.columns.findIndex((leaf) => leaf.name === name);
  const { type } = footer.columns[index]!;
  const column: BoundExpression = { kind: 'column', index, name, type };
  const literals = values.map((value): BoundExpression => ({ kind: 'literal', value, type }));
  const operator: Operator = values.length === 1 ? 'eq' : 'in';
  const conjunct: BoundExpression = { kind: 'call', operator, args: [column, ...literals], type: BOOL };
  const zones = groupZones(footer.metadata.rowGroups[0]!, footer);
  const { mayMatch, bytesRead } = await bloomMayMatch(source, footer, [{ index: 0, zones }], [conjunct]);
  return { mayMatch: mayMatch[0], bytesRead };
}

describe('filters that DuckDB writes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bloom-'));
  const path = join(folder, 'bloom.parquet');
  let source: MemorySource;
  let footer: ParquetFooter;
  beforeAll(async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(`COPY (SELECT 10 * CAST(i % 100 AS INTEGER) AS i32, 10 * (i % 100) AS i64, CAST(10 * (i % 100) AS UINTEGER) AS u32,
        CAST(10 * (i % 100) AS UBIGINT) AS u64, CAST(10 * (i % 100) - 500 AS DOUBLE) AS f64, CAST(10 * (i % 100) - 500 AS FLOAT) AS f32,
        'k' || lpad(CAST(10 * (i % 100) AS VARCHAR), 3, '0') AS text, CAST(i % 100 AS DECIMAL(9,2)) AS narrow,
        CAST(i % 100 AS DECIMAL(38,2)) AS wide, DATE '2000-01-01' + CAST(10 * (i % 100) AS INTEGER) AS day,
        TIMESTAMP '1970-01-01' + INTERVAL (10 * (i % 100)) SECOND AS at, encode('k' || (i % 100)) AS blob
      FROM range(20000) r(i)) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`);
    connection.closeSync();
    source = new MemorySource('bloom', readBytes(path));
    ({ footer } = await readFooter(source, '1'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const CASES: Record<string, (number: number) => Scalar> = {
    i32: (n) => n,
    i64: (n) => BigInt(n),
    u32: (n) => BigInt(n),
    u64: (n) => BigInt(n),
    f64: (n) => n - 500,
    f32: (n) => n - 500,
    text: (n) => `k${String(n).padStart(3, '0')}`,
    narrow: (n) => BigInt(n * 10),
    day: (n) => 10957 + n,
    at: (n) => BigInt(n) * 1_000_000n,
  };
  test.each(Object.keys(CASES))('hold each value of %s, and few others within its bounds', async (name) => {
    const literal = CASES[name]!;
    let excluded = 0;
    for (let n = 0; n < 990; n++) {
      const { mayMatch } = await mayHold(source, footer, name, literal(n));
      if (n % 10 === 0) expect([n, mayMatch]).toEqual([n, true]);
      else if (!mayMatch) excluded++;
    }
    expect(excluded).toBeGreaterThan(800);
  });

  test('are asked for every value of a list, and not at all where bounds suffice', async () => {
    expect((await mayHold(source, footer, 'i32', 11, 13)).mayMatch).toBe(false);
    expect((await mayHold(source, footer, 'i32', 11, 20)).mayMatch).toBe(true);
    expect((await mayHold(source, footer, 'i32', 5000)).bytesRead).toBe(0);
    expect((await mayHold(source, footer, 'i32', 11)).bytesRead).toBeLessThan(128);
  });

  test('of several row groups are read together', async () => {
    const index = footer.columns.findIndex(({ name }) => name === 'i32');
    const { type } = footer.columns[index]!;
    const column: BoundExpression = { kind: 'column', index, name: 'i32', type };
    const equal: BoundExpression = {
      kind: 'call',
      operator: 'eq',
      args: [column, { kind: 'literal', value: 11, type }],
      type: BOOL,
    };
    const candidates = footer.metadata.rowGroups.map((group, i) => ({ index: i, zones: groupZones(group, footer) }));
    expect(candidates.length).toBeGreaterThan(5);
    const before = source.reads;
    const { mayMatch } = await bloomMayMatch(source, footer, candidates, [equal]);
    expect(mayMatch).toEqual(candidates.map(() => false));
    expect(source.reads - before).toBe(2);
  });

  test('are not asked for a zero, which has two forms', async () => {
    expect(await mayHold(source, footer, 'f64', 0)).toEqual({ mayMatch: true, bytesRead: 0 });
  });
});

test.skipIf(!existsSync(data)).each(['stats', 'with_length'])("parquet-mr's filters: %s", async (kind) => {
  const source = new MemorySource(kind, readBytes(join(data, `data_index_bloom_encoding_${kind}.parquet`)));
  const { footer } = await readFooter(source, kind);
  for (const word of ['Hello', 'This is', 'a', 'test', 'How', 'are you', 'doing ', 'today', 'the quick', 'brown fox'])
    expect([word, (await mayHold(source, footer, 'String', word)).mayMatch]).toEqual([word, true]);
  const others = ['Hellp', 'b', 'hello there', 'brown', 'tess', 'doing'];
  const found = await Promise.all(others.map(async (word) => (await mayHold(source, footer, 'String', word)).mayMatch));
  expect(found).toContain(false);
});
