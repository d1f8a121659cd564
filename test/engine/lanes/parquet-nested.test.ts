import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { JsLane } from '../../../engine/lanes/js/lane.ts';
import { WasmLane } from '../../../engine/lanes/wasm/lane.ts';
import { scalarAt } from '../../../engine/scalars.ts';
import type { ByteSource, Lane, RowRange, ScanPlan } from '../../../engine/task.ts';
import { bindFragment } from '../../../query/bind.ts';
import type { LaneName } from '../../../query/fragment.ts';
import { planFragment } from '../../../query/plan.ts';
import { parseSql } from '../../../query/sql/parse-sql.ts';
import { describeBytes, readBytes } from '../parquet-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-nested-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Flat columns beside a struct with members, and a list; the list takes most of the bytes. */
const TABLE = `
  SELECT i, i % 10 AS code, 'word ' || i % 50 AS word,
    CASE WHEN i % 7 > 0 THEN {'n': i * 3, 'text': CASE WHEN i % 5 > 0 THEN 'm' || i % 300 END} END AS s,
    CASE WHEN i % 11 > 0 THEN [i * 7919 % 100003, i, i * 31 % 1009] END AS list
  FROM range(9000) r(i)`;

let bytes: Uint8Array;
beforeAll(async () => {
  const path = join(folder, 'nested.parquet');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`COPY (${TABLE}) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 6144)`);
  connection.closeSync();
  bytes = readBytes(path);
});

interface ScanOptions {
  readonly wrap?: (source: ByteSource) => ByteSource;
  readonly ranges?: readonly RowRange[];
}

/** The rows as text, and how many bytes were read. */
async function scan(lane: Lane, name: LaneName, sql: string, { wrap, ranges }: ScanOptions = {}) {
  const { source, description } = await describeBytes('t.parquet', bytes);
  const { fragment } = planFragment(await parseSql(sql), description.schema, name);
  const plan: ScanPlan = { object: description, fragment: bindFragment(fragment, description.schema), lane: name };
  if (description.format.kind !== 'parquet') throw new Error('not parquet');
  const rows: string[] = [];
  let [rowsScanned, bytesRead] = [0, 0];
  for (const index of description.format.groupRows.keys()) {
    const part = { kind: 'row-group', index, ...(ranges && { ranges }) } as const;
    const result = await lane.run(plan, part, wrap?.(source) ?? source, () => false);
    rowsScanned += result.rowsScanned;
    bytesRead += result.bytesRead;
    for (const { columns, length } of result.batches)
      for (let row = 0; row < length; row++) rows.push(columns.map((column) => scalarAt(column, row)).join(' | '));
  }
  return { rows: sql.includes('GROUP BY') ? rows.sort() : rows, rowsScanned, bytesRead };
}

const wasm = new WasmLane();
const js = new JsLane();

async function expectSame(sql: string, options?: ScanOptions): Promise<number> {
  const { rows } = await scan(js, 'js', sql, { ...options, wrap: (source) => source });
  const actual = await scan(wasm, 'wasm', sql, options);
  expect(actual.rows).toEqual(rows);
  return rows.length;
}

const QUERIES = [
  'SELECT * FROM t',
  'SELECT s, list FROM t',
  'SELECT i, list FROM t WHERE code = 3',
  'SELECT list, word FROM t WHERE i > 5900 AND i < 6300',
  'SELECT i, s.n, s.text FROM t WHERE s.n > 20000 AND code < 4',
  "SELECT i, list FROM t WHERE s LIKE '%m29_%' AND word <> 'word 3'",
  'SELECT i, s FROM t WHERE s IS NULL OR s.text IS NULL',
  'SELECT s, i FROM t WHERE code = 5 LIMIT 30',
  'SELECT sum(s.n) AS a, count(list) AS b, max(s.text) AS c FROM t WHERE code > 2',
  'SELECT s.text, count(*) AS n, sum(i) AS m FROM t WHERE code <> 4 GROUP BY s.text',
  'SELECT code, max(list) AS m, sum(s.n + i) AS x FROM t GROUP BY code',
];

test.each(QUERIES)('%s', async (sql) => {
  expect(await expectSame(sql)).toBeGreaterThan(0);
});

test('ranges of rows, and a source that makes one wait', async () => {
  const ranges = [
    { first: 3, end: 40 },
    { first: 100, end: 101 },
    { first: 500, end: 2700 },
  ];
  const wrap = (source: ByteSource): ByteSource => ({
    name: source.name,
    size: source.size,
    read: async (offset, target) => source.read(offset, target.subarray(0, 1000)),
    close: () => {},
  });
  for (const sql of QUERIES) {
    await expectSame(sql, { ranges });
    await expectSame(sql, { ranges, wrap });
  }
});

test('nested columns of the output are only read where a row passes the filter', async () => {
  const both = await scan(wasm, 'wasm', 'SELECT list FROM t WHERE i * 2 IN (16, 16000)');
  const one = await scan(wasm, 'wasm', 'SELECT list FROM t WHERE i * 2 = 16000');
  const none = await scan(wasm, 'wasm', 'SELECT list FROM t WHERE i * 2 = 5');
  expect(both.rows).toEqual(['[63352,8,248]', '[50101,8000,795]']);
  expect([one.rows, none.rows]).toEqual([['[50101,8000,795]'], []]);
  // The row groups have 6,144 rows and the rest.
  expect(one.bytesRead - none.bytesRead).toBeGreaterThan(10_000);
  expect(both.bytesRead - one.bytesRead).toBeGreaterThan(20_000);
  expect(none.rowsScanned).toBe(9000);
});
