import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LocalTransport } from '../../compute-tier/local-transport.ts';
import { QueryRunner } from '../../compute-tier/query-runner.ts';
import { Executor } from '../../engine/run/executor.ts';
import { scalarAt } from '../../engine/scalars.ts';

let folder: string;
let executor: Executor;
let runner: QueryRunner;
let duckdb: DuckDBConnection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-copy-'));
  const rows = Array.from(
    { length: 3000 },
    (_, i) => `${i},${i % 7 === 0 ? '' : `text ${i % 11}`},${(i / 4).toFixed(2)}`,
  );
  await writeFile(join(folder, 't.csv'), `a,b,c\n${rows.join('\n')}\n`);
  await writeFile(
    join(folder, 't.csv.schema.json'),
    '{"columns": [{"name": "a", "type": "integer"}, {"name": "b", "type": "varchar"}, {"name": "c", "type": "decimal(12,2)"}]}',
  );
  executor = new Executor({ threads: 1 });
  runner = new QueryRunner(new LocalTransport(executor, new Map([['t', join(folder, 't.csv')]])));
  duckdb = await (await DuckDBInstance.create()).connect();
  await duckdb.run(`CREATE TABLE t AS FROM read_csv('${join(folder, 't.csv')}',
    columns = {a: 'integer', b: 'varchar', c: 'decimal(12,2)'}, nullstr = '')`);
});
afterAll(async () => {
  duckdb.closeSync();
  await executor.close();
  await rm(folder, { recursive: true });
});

async function copy(text: string): Promise<unknown[][]> {
  const query = await runner.run({ text, lane: 'wasm', strategy: 'push', cache: false, copies: { threads: 2 } });
  const rows: unknown[][] = [];
  for await (const { columns, length } of query.batches)
    for (let row = 0; row < length; row++) rows.push(columns.map((column) => scalarAt(column, row)));
  return rows;
}

const query = async (sql: string) => (await duckdb.runAndReadAll(sql)).getRowsJson();
const out = (name: string) => join(folder, name);

test('COPY writes what DuckDB would, in order, and tells how many rows', async () => {
  const sql = "SELECT b, a % 5 AS k, c * 2 AS d, DATE '2020-01-01' AS day FROM t WHERE a > 10 ORDER BY c DESC, a";
  const path = out('ordered.parquet');
  expect(await copy(`COPY (${sql}) TO '${path}' (COMPRESSION zstd, ROW_GROUP_SIZE 500, DICTIONARY false)`)).toEqual([
    [2989n],
  ]);
  expect(await query(`FROM '${path}'`)).toEqual(await query(sql));
  expect(await query(`SELECT DISTINCT compression FROM parquet_metadata('${path}')`)).toEqual([['ZSTD']]);
});

test('COPY replaces a file even where it reads it', async () => {
  const path = out('self.parquet');
  await copy(`COPY t TO '${path}' (ROW_GROUP_SIZE 1000)`);
  await copy(`COPY (SELECT a FROM '${path}' WHERE a < 100) TO '${path}'`);
  expect(await query(`SELECT count(*), sum(a) FROM '${path}'`)).toEqual([['100', '4950']]);
});

test('a query that fails while it runs leaves the old file, and nothing else', async () => {
  const path = out('kept.parquet');
  await copy(`COPY (SELECT a FROM t) TO '${path}'`);
  const before = await readFile(path);
  const failing = `COPY (SELECT 100 / (2999 - a) AS x, CAST(b AS INTEGER) AS y FROM t WHERE b IS NOT NULL) TO '${path}'`;
  await expect(copy(failing)).rejects.toMatchObject({ code: 'bad-value' });
  expect((await readFile(path)).equals(before)).toBe(true);
  expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
});

test('a disk that is full is a sentence', async () => {
  // Every write to this device fails so.
  await expect(copy("COPY t TO '/dev/full' (FORMAT parquet)")).rejects.toMatchObject({
    code: 'bad-request',
    message: 'cannot write "/dev/full": it exists and is not a file',
  });
});

test.each([
  ["COPY t TO 'x.csv'", 'unsupported', 'COPY writes Parquet; for "x.csv" say so: (FORMAT parquet)'],
  ["COPY t TO 'x' (FORMAT csv)", 'bad-value', 'COPY: format cannot be "csv"'],
  ["COPY t TO 'x.parquet' (WRITE_BLOOM_FILTER true)", 'unsupported', 'COPY cannot write Bloom filters'],
  ["COPY t TO 'x.parquet' (CODEC lzo)", 'bad-value', 'COPY: codec cannot be "lzo"'],
  ["COPY t TO 'x.parquet' (COMPRESSION lzo)", 'bad-value', 'COPY: compression cannot be "lzo"'],
  ["COPY t TO 'x.parquet' (ROW_GROUP_SIZE 0)", 'bad-value', 'COPY: row_group_size cannot be "0"'],
  [
    "COPY (SELECT a, b AS a FROM t) TO 'x.parquet'",
    'bad-request',
    'COPY: two columns are named "a"; give one another name with AS',
  ],
])('%s is refused', async (text, code, message) => {
  await expect(copy(text)).rejects.toMatchObject({ code, message });
});

test('a folder that is there, or one that is not, is named', async () => {
  await mkdir(out('folder.parquet'));
  await expect(copy(`COPY t TO '${out('folder.parquet')}'`)).rejects.toMatchObject({
    message: `cannot write "${out('folder.parquet')}": it exists and is not a file`,
  });
  await expect(copy(`COPY t TO '${out('none/x.parquet')}'`)).rejects.toMatchObject({ code: 'not-found' });
});

test('an error in the query points to its place in the statement', async () => {
  const text = "COPY (SELECT a, nope FROM t) TO 'x.parquet'";
  await expect(copy(text)).rejects.toMatchObject({ code: 'unknown-name', position: { offset: text.indexOf('nope') } });
});

test('COPY is refused where files are not to be written, as by a gateway', async () => {
  const asked = runner.run({ text: "COPY t TO 'x.parquet'", lane: 'wasm', strategy: 'push', cache: true });
  await expect(asked).rejects.toMatchObject({ code: 'unsupported' });
});
