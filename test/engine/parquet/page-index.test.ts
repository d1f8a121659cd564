import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Int32, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import * as parquetWasm from 'parquet-wasm';
import { afterAll, describe, expect, test } from 'vitest';
import { LocalTransport } from '../../../compute-tier/local-transport.ts';
import { QueryRunner } from '../../../compute-tier/query-runner.ts';
import { chunkFetch, coalesce, rowsWithin } from '../../../engine/formats/parquet/fetch-plan.ts';
import { isLeaf } from '../../../engine/formats/parquet/file-columns.ts';
import { readFooter } from '../../../engine/formats/parquet/footer.ts';
import { parseColumnIndex, parseOffsetIndex } from '../../../engine/formats/parquet/page-index.ts';
import { readPageIndexes } from '../../../engine/formats/parquet/page-index-reader.ts';
import { ParquetColumns } from '../../../engine/lanes/js/parquet-columns.ts';
import { Executor } from '../../../engine/run/executor.ts';
import { scalarAt } from '../../../engine/scalars.ts';
import { LANE_NAMES, type LaneName } from '../../../query/fragment.ts';
import type { Scalar } from '../../../query/types.ts';
import { PARQUET_SUITE } from '../../conformance/suite.ts';
import { describeBytes, MemorySource, readBytes } from '../parquet-files.ts';

const data = join(PARQUET_SUITE, 'data');

/** Two row groups of 5000 rows in pages of 500 and of 200: `i` is the row's number, `text` rises with it. */
function pagedFile(): Uint8Array {
  const rows = Array.from({ length: 10_000 }, (_, i) => i);
  const table = new Table({
    i: vectorFromArray(rows, new Int32()),
    text: vectorFromArray(
      rows.map((i) => (i % 7 === 0 ? null : `text ${String(i).padStart(5, '0')}`)),
      new Utf8(),
    ),
  });
  const properties = new parquetWasm.WriterPropertiesBuilder()
    .setMaxRowGroupSize(5000)
    .setWriteBatchSize(100)
    .setDataPageSizeLimit(2000)
    .setDictionaryEnabled(false)
    .setStatisticsEnabled(parquetWasm.EnabledStatistics.Page)
    .build();
  return parquetWasm.writeParquet(parquetWasm.Table.fromIPCStream(tableToIPC(table, 'stream')), properties);
}

const bytes = pagedFile();

test('an index is read once a footer, with its neighbours in one read', async () => {
  const { source, description } = await describeBytes('paged', bytes);
  const { footer } = await readFooter(source, description.location.version);
  const places = [0, 1].flatMap((group) => [0, 1].map((column) => ({ group, column })));
  const { columns, bytesRead } = await readPageIndexes(source, footer, places, true);
  const [i, text] = [Array(10).fill(500), Array(25).fill(200)];
  expect(columns.map((column) => column?.pages.map(({ rows }) => rows))).toEqual([i, text, i, text]);
  expect(columns[2]?.zones?.[3]).toMatchObject({ min: 6500, max: 6999, mayBeNull: false });
  expect(bytesRead).toBeGreaterThan(0);
  expect(await readPageIndexes(source, footer, places, true)).toEqual({ columns, bytesRead: 0 });
});

test('only pages that hold wanted rows are read, and the rows are those', async () => {
  const { source, description } = await describeBytes('paged', bytes);
  const reader = new ParquetColumns();
  const all = await reader.read(source, description, 1, [0, 1]);
  const ranges = [
    { first: 0, end: 3 },
    { first: 1499, end: 1501 },
    { first: 4999, end: 5000 },
  ];
  const some = await reader.read(source, description, 1, [0, 1], ranges);
  expect(some.columns[0]).toMatchObject({ length: 6, values: Int32Array.of(5000, 5001, 5002, 6499, 6500, 9999) });
  expect(some.columns[1]?.length).toBe(6);
  expect(some.bytesRead).toBeLessThan(all.bytesRead);
});

test('damaged indexes are passed over, or say where pages are and are found out by them', async () => {
  const { footer } = await readFooter(new MemorySource('whole', bytes), 'whole');
  const { offsetIndex, columnIndex } = footer.metadata.rowGroups[0]!.chunks[0]!;
  const reader = new ParquetColumns();
  let state = 1;
  const random = (limit: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % limit;
  };
  let passed = 0;
  for (let i = 0; i < 400; i++) {
    const damaged = bytes.slice();
    const { offset, size } = i % 2 === 0 ? offsetIndex! : columnIndex!;
    damaged[offset + random(size)] = random(256);
    const { source, description } = await describeBytes('damaged', damaged);
    const { footer: own } = await readFooter(source, description.location.version);
    const { columns } = await readPageIndexes(source, own, [{ group: 0, column: 0 }], true);
    if (!columns[0]) passed++;
    const read = reader.read(source, description, 0, [0], [{ first: 1200, end: 1203 }]);
    const answer = await read.catch((error: Error) => error.message);
    if (typeof answer === 'string') expect(answer).toMatch(/"damaged": column "i" of row group 0 is damaged/);
    else expect(answer.columns[0]).toMatchObject({ length: 3, values: Int32Array.of(1200, 1201, 1202) });
  }
  expect(passed).toBeGreaterThan(20);
});

describe.skipIf(!existsSync(data))('indexes of other writers', () => {
  test.each([
    'alltypes_tiny_pages.parquet',
    'alltypes_tiny_pages_plain.parquet',
    'int32_with_null_pages.parquet',
    'data_index_bloom_encoding_stats.parquet',
    'data_index_bloom_encoding_with_length.parquet',
    'binary_truncated_min_max.parquet',
    'floating_orders_nan_count.parquet',
  ])('%s', async (name) => {
    const source = new MemorySource(name, readBytes(join(data, name)));
    const { footer } = await readFooter(source, name);
    let indexes = 0;
    for (const { rows, chunks } of footer.metadata.rowGroups)
      for (const column of footer.columns.filter(isLeaf)) {
        const chunk = chunks[column.chunk]!;
        if (!chunk.offsetIndex || !chunk.columnIndex) continue;
        const read = ({ offset, size }: { offset: number; size: number }) => {
          const target = new Uint8Array(size);
          source.read(offset, target);
          return target;
        };
        const pages = parseOffsetIndex(read(chunk.offsetIndex), chunk, rows);
        expect(pages.reduce((sum, page) => sum + page.rows, 0)).toBe(rows);
        expect(parseColumnIndex(read(chunk.columnIndex), column, pages)).toHaveLength(pages.length);
        indexes++;
      }
    expect(indexes).toBeGreaterThan(0);
  });
});

describe('a fetch plan', () => {
  const page = (firstRow: number) => ({ offset: 100 + firstRow, size: 10, firstRow, rows: 10 });
  const pages = [page(0), page(10), page(20), page(30)];
  const chunk = { offset: 90, size: 50 } as Parameters<typeof chunkFetch>[0];

  test('takes the dictionary page and the pages of the wanted rows', () => {
    const ranges = [
      { first: 9, end: 11 },
      { first: 35, end: 36 },
    ];
    const fetch = chunkFetch(chunk, pages, ranges);
    expect(fetch.pieces).toEqual([
      { start: 90, end: 120 },
      { start: 130, end: 140 },
    ]);
    expect(fetch.pages).toEqual([pages[0], pages[1], pages[3]]);
    expect([...rowsWithin(fetch.pages!, ranges)]).toEqual([9, 10, 25]);
    expect(chunkFetch(chunk, undefined, ranges)).toEqual({ pieces: [{ start: 90, end: 140 }] });
    expect(chunkFetch(chunk, pages, undefined)).toEqual({ pieces: [{ start: 90, end: 140 }] });
  });

  test('reads on over small gaps', () => {
    const ranges = [
      { start: 50, end: 60 },
      { start: 0, end: 10 },
      { start: 15, end: 20 },
    ];
    expect(coalesce(ranges, 5)).toEqual([
      { start: 0, end: 20 },
      { start: 50, end: 60 },
    ]);
    expect(coalesce(ranges, 30)).toEqual([{ start: 0, end: 60 }]);
  });
});

describe('queries', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-pages-'));
  const path = join(folder, 'paged.parquet');
  writeFileSync(path, bytes);
  const executor = new Executor({ threads: 1 });
  const runner = new QueryRunner(new LocalTransport(executor, new Map([['t', path]])));
  afterAll(async () => {
    await executor.close();
    rmSync(folder, { recursive: true });
  });

  async function run(text: string, lane: LaneName) {
    const query = await runner.run({ text, lane, strategy: 'push', cache: false });
    const rows: Scalar[] = [];
    for await (const { columns, length } of query.batches)
      for (let row = 0; row < length; row++) rows.push(scalarAt(columns[0]!, row));
    const { rowsScanned, tasks } = query.statistics();
    return { rows, rowsScanned, tasks };
  }

  test.each(LANE_NAMES)('in the %s lane tell what they did not read', async (lane) => {
    const found = await run("SELECT text FROM t WHERE i BETWEEN 6001 AND 6002 AND text > 'text 0'", lane);
    expect(found.rows).toEqual(['text 06001', 'text 06002']);
    expect(found.tasks).toMatchObject({ total: 2, pruned: 1, pages: { total: 35, pruned: 31 } });
    expect(found.tasks.bytesPruned).toBeGreaterThan(bytes.length / 2);
    const plain = await run('SELECT count(*) FROM t', lane);
    expect(plain.tasks).toEqual({ total: 2, pruned: 0 });
  });

  test.each(LANE_NAMES)('with a limit alone read the first row groups, in the %s lane', async (lane) => {
    const first = await run('SELECT i FROM t LIMIT 3', lane);
    expect(first.rows).toEqual([0, 1, 2]);
    expect(first.tasks).toMatchObject({ total: 2, pruned: 1, pages: { total: 10, pruned: 9 } });
    const more = await run('SELECT i FROM t LIMIT 5003', lane);
    expect(more.rows).toHaveLength(5003);
    expect(more.tasks).toMatchObject({ total: 2, pruned: 0, pages: { total: 10, pruned: 9 } });
    expect((await run('SELECT i FROM t LIMIT 5 OFFSET 4999', lane)).rows).toEqual([4999, 5000, 5001, 5002, 5003]);
    expect((await run('SELECT i FROM t WHERE i % 5000 = 4999 LIMIT 3', lane)).rows).toEqual([4999, 9999]);
  });
});
