import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type RecordBatch, RecordBatchStreamWriter } from 'apache-arrow';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { readOffsetIndex } from 'hyparquet/src/indexes.js';
import { compressors } from 'hyparquet-compressors';
import { Table, transformParquetStream, WriterPropertiesBuilder } from 'parquet-wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arrowBatch, arrowSchema } from '../../../datasets/arrow-batch.ts';
import { findDataset } from '../../../datasets/catalogue.ts';
import { takeRows } from '../../../datasets/column.ts';
import { writeDataset } from '../../../datasets/write-dataset.ts';
import { type EncodeOptions, encodeParquet } from '../../../engine/write/encode-parquet.ts';
import { readThrift, writeThrift } from '../../../engine/write/thrift-tree.ts';
import { formatScalar } from '../../../query/format-value.ts';
import { Subject } from '../../differential/subject.ts';

const ROWS = 5000;
const edge = findDataset('edge')!;
const schema = arrowSchema(edge.columns);
const batches: RecordBatch[] = Array.from(takeRows(edge.batches({ scale: 0.1, seed: 5 }), ROWS), (batch) =>
  arrowBatch(schema, batch),
);

let folder: string;
let duckdb: DuckDBConnection;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-encode-'));
  duckdb = await (await DuckDBInstance.create()).connect();
  const csv = join(folder, 'edge.csv');
  await writeDataset({ name: 'edge', format: 'csv', path: csv, scale: 0.1, seed: 5, rows: ROWS });
  const columns = JSON.parse(await readFile(`${csv}.schema.json`, 'utf8')).columns as { name: string; type: string }[];
  const types = columns.map(({ name, type }) => `'${name}': '${type}'`).join(', ');
  await duckdb.run(`CREATE TABLE edge AS FROM read_csv('${csv}', header = true, quote = '"', escape = '"', nullstr = '',
    allow_quoted_nulls = false, auto_detect = false, parallel = false, columns = {${types}})`);
});
afterAll(async () => {
  duckdb.closeSync();
  await rm(folder, { recursive: true });
});

async function encode(options?: EncodeOptions, rows: Iterable<RecordBatch> = batches): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(encodeParquet(schema, rows, options)));
}

async function query(sql: string): Promise<unknown[][]> {
  return (await duckdb.runAndReadAll(sql)).getRowsJson();
}

const LAYOUTS: [string, EncodeOptions][] = [
  ['zstd', { codec: 'zstd', rowGroupRows: 777 }],
  ['no dictionaries', { dictionary: false, rowGroupRows: 1000 }],
  ['small pages', { pageBytes: 512, rowGroupRows: 2048 }],
  ['no statistics', { statistics: 'none', rowGroupRows: 1999 }],
  ['statistics of chunks', { statistics: 'chunk', rowGroupRows: 100 }],
  ['one row group', {}],
];

const pathOf = (name: string) => join(folder, `${name.replaceAll(' ', '-')}.parquet`);

describe('row groups joined to a file', () => {
  const files = new Map<string, ArrayBuffer>();
  let subject: Subject;
  beforeAll(async () => {
    for (const [name, options] of LAYOUTS) {
      const bytes = Uint8Array.from(await encode({ ...options, threads: 1 }));
      await writeFile(pathOf(name), bytes);
      files.set(name, bytes.buffer);
    }
    subject = new Subject(new Map(LAYOUTS.map(([name]) => [name, pathOf(name)])), 1);
  }, 30_000);
  afterAll(() => subject.close());

  test.each(LAYOUTS)('hold the same rows for DuckDB: %s', async (name, { rowGroupRows = ROWS }) => {
    expect(await query(`FROM edge EXCEPT ALL FROM '${pathOf(name)}'`)).toEqual([]);
    expect(await query(`SELECT count(*) FROM '${pathOf(name)}'`)).toEqual([[`${ROWS}`]]);
    expect(await query(`SELECT count(DISTINCT row_group_id) FROM parquet_metadata('${pathOf(name)}')`)).toEqual([
      [`${Math.ceil(ROWS / rowGroupRows)}`],
    ]);
  });

  test.each(LAYOUTS)('hold them in order for hyparquet: %s', async (name) => {
    const rows = await parquetReadObjects({ file: files.get(name)!, compressors, columns: ['id', 'txt'] });
    expect(rows).toEqual((await duckdb.runAndReadAll('SELECT id, txt FROM edge')).getRowObjects());
  });

  test.each(['id >= 4321 AND id < 4325', "k_text = 'blue' AND k_int > 10", 'dec IS NULL AND flag', 'i64 < -99999999'])(
    'give both lanes the rows where %s',
    async (where) => {
      const sum = 'count(*), sum(id), min(txt), max(moment), sum(dec)';
      const wanted = await query(`SELECT ${sum} FROM edge WHERE ${where}`);
      for (const [name] of LAYOUTS)
        for (const lane of ['wasm', 'js'] as const) {
          const { rows, types } = await subject.answer(`SELECT ${sum} FROM "${name}" WHERE ${where}`, lane);
          const texts = rows.map((row) =>
            row.map((value, i) => (value === null ? null : formatScalar(value, types[i]!))),
          );
          expect(texts, `${name}, ${lane}`).toEqual(wanted);
        }
    },
  );

  test.each(LAYOUTS)('have their page index where the footer says, if they have one: %s', (name) => {
    const buffer = files.get(name)!;
    for (const { columns } of parquetMetadata(buffer).row_groups)
      for (const { meta_data, offset_index_offset, offset_index_length } of columns) {
        if (offset_index_offset === undefined) continue;
        const view = new DataView(buffer, Number(offset_index_offset), offset_index_length);
        const [first] = readOffsetIndex({ view, offset: 0 }).page_locations;
        expect(first!.offset).toBe(meta_data!.data_page_offset);
      }
  });
});

test('row groups joined give the very bytes that parquet-wasm writes in one go', async () => {
  const source = new ReadableStream({
    start(controller) {
      for (const batch of batches) {
        const stream = RecordBatchStreamWriter.writeAll([batch]).toUint8Array(true);
        for (const part of Table.fromIPCStream(stream).recordBatches()) controller.enqueue(part);
      }
      controller.close();
    },
  });
  const properties = new WriterPropertiesBuilder().setMaxRowGroupSize(1000).setDictionaryEnabled(true).build();
  const whole = await Array.fromAsync((await transformParquetStream(source, properties)) as ReadableStream<Uint8Array>);
  const joined = await encode({ codec: 'uncompressed', rowGroupRows: 1000, threads: 2 });
  expect(joined.equals(Buffer.concat(whole))).toBe(true);
});

test('the bytes depend neither on the number of threads nor on how rows come', async () => {
  const options = { rowGroupRows: 500 };
  const wanted = await encode({ ...options, threads: 1 });
  const pieces = batches.flatMap((batch) => {
    const cuts = [0, 1, 8, 13, 1500, batch.numRows].filter((cut) => cut <= batch.numRows);
    return cuts.slice(1).map((end, i) => batch.slice(cuts[i]!, end));
  });
  expect((await encode({ ...options, threads: 3 }, pieces)).equals(wanted)).toBe(true);
});

test('a file without rows has its schema', async () => {
  const path = join(folder, 'empty.parquet');
  await writeFile(path, await encode({}, []));
  expect(await query(`SELECT count(*) FROM '${path}'`)).toEqual([['0']]);
  expect((await query(`DESCRIBE FROM '${path}'`)).map(([name]) => name)).toEqual(edge.columns.map(({ name }) => name));
});

test('what goes wrong with the rows is what is thrown', async () => {
  async function* failing() {
    yield batches[0]!;
    throw new RangeError('the rows have run out');
  }
  await expect(Array.fromAsync(encodeParquet(schema, failing(), { rowGroupRows: 10 }))).rejects.toThrow(
    'the rows have run out',
  );
});

test('a footer that is read and written again is the same, byte for byte', async () => {
  const path = join(folder, 'duckdb.parquet');
  await duckdb.run(`COPY edge TO '${path}' (ROW_GROUP_SIZE 2048)`);
  for (const file of [await readFile(path), await encode({ rowGroupRows: 300 })]) {
    const footer = file.subarray(file.length - 8 - file.readUInt32LE(file.length - 8), file.length - 8);
    expect(Buffer.from(writeThrift(readThrift(footer))).equals(footer)).toBe(true);
  }
});
