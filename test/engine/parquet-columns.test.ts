import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import * as parquetWasm from 'parquet-wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ParquetColumns as JsColumns } from '../../engine/lanes/js/parquet-columns.ts';
import { ParquetColumns as WasmColumns } from '../../engine/lanes/wasm/parquet-columns.ts';
import { SluiceError } from '../../query/error.ts';
import { type ColumnReader, describeBytes, duckdbText, readAsText, readBytes } from './parquet-files.ts';

const readers: [string, () => ColumnReader & { memorySize?: number }][] = [
  ['wasm', () => new WasmColumns()],
  ['js', () => new JsColumns()],
];

const folder = mkdtempSync(join(tmpdir(), 'sluice-parquet-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Every type Sluice reads, with NULLs, long and short runs, low and high cardinality, several row groups. */
const TABLE = `
  SELECT i AS i64, CAST(i % 7 - 3 AS INTEGER) AS i32, CAST(i % 100 - 50 AS TINYINT) AS i8, CAST(i % 65536 AS USMALLINT) AS u16,
    CAST(4294967295 - i AS UINTEGER) AS u32, i % 3 = 0 AS flag, i / 7.0 AS f64, CAST(i / 3.0 AS FLOAT) AS f32,
    CAST(i - 3000 AS DECIMAL(4,0)) AS dec4, CAST((i * 7919 - 9000000) / 100 AS DECIMAL(9,2)) AS dec9,
    CAST((i * 104729 - 30000000) / 100 AS DECIMAL(15,2)) AS price, DATE '1992-01-01' + CAST(i % 2500 AS INTEGER) AS day,
    TIMESTAMP '1969-12-31 23:59:00' + INTERVAL (i) SECOND + INTERVAL (i * 37) MICROSECOND AS at,
    CAST(TIMESTAMP '1960-01-01' + INTERVAL (i * 1001) MILLISECOND AS TIMESTAMP_MS) AS at_ms,
    ['AIR', 'RAIL', '', 'ÄÖ', 'a,b"c'][i % 5 + 1] AS mode, 'comment ' || repeat('x', i % 60) || i AS comment,
    CASE WHEN i % 5 > 0 THEN i * 3 END AS i64n, CASE WHEN i % 2 = 0 THEN 'n' || i % 11 END AS modeN,
    CASE WHEN i % 9 <> 0 THEN i / 9.0 END AS f64n, CASE WHEN i < 2500 THEN i % 2 = 0 END AS flagn,
    CAST(NULL AS INTEGER) AS nothing, CASE WHEN i % 1000 < 990 THEN CAST(i AS DECIMAL(12,3)) END AS decn,
    CAST((i - 2500) * 1000000007 AS DECIMAL(25,4)) * 1000003 AS wide,
    CASE WHEN i % 4 > 0 THEN CAST(i % 13 - 6 AS DECIMAL(38,2)) * 10000000000000000000000000000000000 END AS widen,
    CAST(18446744073709551615 - i AS UBIGINT) AS u64, CAST(TIMESTAMP_NS '1969-12-31 23:59:59.999998001' + INTERVAL (i) MICROSECOND AS TIMESTAMP_NS) AS at_ns,
    TIME '00:00:00' + INTERVAL (i * 17280000 + i % 3) MICROSECOND AS tod, CAST(TIME '10:00:00.5' + INTERVAL (i) SECOND AS TIME_NS) AS tod_ns,
    CAST('10:00:00.05+02' AS TIMETZ) AS tod_tz, CAST(concat('00000000-0000-4abc-8def-', lpad(CAST(i AS VARCHAR), 12, '0')) AS UUID) AS id,
    CASE WHEN i % 3 > 0 THEN encode(repeat(chr(CAST(i % 200 AS INTEGER)), CAST(i % 4 AS INTEGER))) END AS blob,
    CAST('{"a": ' || i || '}' AS JSON) AS json, CAST(['a', 'bb'][i % 2 + 1] AS ENUM ('a', 'bb')) AS enum
  FROM range(5000) r(i)`;

async function duckdb(...statements: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
}

const answers = new Map<string, ReturnType<typeof duckdbText>>();

/** What DuckDB reads of a file, asked once. */
function duckdbAnswer(path: string, schema: Parameters<typeof duckdbText>[1]): ReturnType<typeof duckdbText> {
  const answer = answers.get(path) ?? duckdbText(path, schema);
  answers.set(path, answer);
  return answer;
}

/** `original`: a file of equal content, which DuckDB is asked for instead. */
async function expectSameAsDuckdb(reader: ColumnReader, path: string, original = path): Promise<void> {
  const bytes = readBytes(path);
  const { description } = await describeBytes(path, bytes);
  const expected = await duckdbAnswer(original, description.schema);
  const actual = await readAsText(reader, path, bytes);
  for (const [i, { name }] of description.schema.entries()) {
    const values = actual[i];
    if (!values) continue;
    const row = expected[i]!.findIndex((value, at) => value !== values[at]);
    expect([name, row, values[row], values.length]).toEqual([name, -1, undefined, expected[i]!.length]);
  }
}

const duckdbFiles = ['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'].flatMap((codec) =>
  ['V1', 'V2'].map((version) => ({ codec, version, path: join(folder, `${codec}-${version}.parquet`) })),
);

beforeAll(async () => {
  await duckdb(
    'SET threads = 1',
    `CREATE TABLE t AS ${TABLE}`,
    ...duckdbFiles.map(
      ({ codec, version, path }) =>
        `COPY t TO '${path}' (FORMAT parquet, COMPRESSION ${codec}, PARQUET_VERSION ${version}, ROW_GROUP_SIZE 2048)`,
    ),
  );
});

describe.each(readers)('%s', (_, open) => {
  test.each(duckdbFiles)('reads what DuckDB wrote with $codec in $version', async ({ path }) => {
    await expectSameAsDuckdb(open(), path, duckdbFiles[0]!.path);
  });

  test.each(parquetWasmFiles())('reads what parquet-wasm wrote: $title', async ({ title, properties }) => {
    const path = join(folder, `pw-${title.replaceAll(' ', '-')}.parquet`);
    if (!existsSync(path)) writeFileSync(path, writeWithParquetWasm(properties));
    await expectSameAsDuckdb(open(), path);
  });

  test('reads the wanted columns in the wanted order, and only their bytes', async () => {
    const { source, description } = await describeBytes('t', readBytes(duckdbFiles[2]!.path));
    const index = (name: string) => description.schema.findIndex((field) => field.name === name);
    const before = source.bytesRead;
    const { columns, bytesRead } = await open().read(source, description, 1, [index('price'), index('i32')]);
    expect(columns.map(({ type }) => type.kind)).toEqual(['decimal', 'int32']);
    expect(columns.map(({ length }) => length)).toEqual([2048, 2048]);
    expect(bytesRead).toBe(source.bytesRead - before);
    expect(bytesRead).toBeLessThan(source.size / 8);
    expect((await open().read(source, description, 1, [])).columns).toEqual([]);
  });

  test('flips and truncations give an error that names the object, or an answer', async () => {
    const bytes = readBytes(await tinyFile());
    const random = generator(7);
    const reader = open();
    const outcomes = { answered: 0, refused: 0 };
    for (let i = 0; i < 300; i++) {
      const damaged = i % 10 === 0 ? bytes.slice(0, random(bytes.length)) : bytes.slice();
      if (i % 10 !== 0) for (let flips = 1 + random(3); flips > 0; flips--) damaged[random(bytes.length)] = random(256);
      try {
        await readAsText(reader, 'victim.parquet', damaged);
        outcomes.answered++;
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error;
        expect(error.code).toBe('bad-data');
        expect(error.message).toContain('victim.parquet');
        outcomes.refused++;
      }
    }
    expect(outcomes.refused).toBeGreaterThan(50);
    expect(await readAsText(reader, 'sound', bytes)).toHaveLength(4);
  });

  test('memory does not grow over 200 reads', async () => {
    const { source, description } = await describeBytes('t', readBytes(duckdbFiles[2]!.path));
    const reader = open();
    // Those before the first that parquet-wasm does not read.
    const columns = [...Array(description.schema.findIndex(({ name }) => name === 'u64')).keys()];
    for (let i = 0; i < 5; i++) await reader.read(source, description, 0, columns);
    const before = reader.memorySize ?? 0;
    for (let i = 0; i < 200; i++) await reader.read(source, description, i % 3, columns);
    expect((reader.memorySize ?? 0) - before).toBeLessThanOrEqual(1 << 20);
  });
});

function parquetWasmFiles() {
  const { Compression, Encoding, WriterPropertiesBuilder, WriterVersion } = parquetWasm;
  const plain = () =>
    new WriterPropertiesBuilder().setMaxRowGroupSize(1500).setDataPageSizeLimit(2048).setWriteBatchSize(64);
  return [
    { title: 'dictionary and snappy', properties: () => plain().setCompression(Compression.SNAPPY) },
    {
      title: 'plain and zstd in V2 pages',
      properties: () =>
        plain()
          .setDictionaryEnabled(false)
          .setCompression(Compression.ZSTD)
          .setWriterVersion(WriterVersion.V2)
          .setColumnEncoding('i32', Encoding.PLAIN),
    },
    {
      title: 'dictionary that overflows',
      properties: () => plain().setDictionaryPageSizeLimit(256).setCompression(Compression.LZ4_RAW),
    },
    {
      title: 'delta and byte stream split',
      properties: () =>
        plain()
          .setDictionaryEnabled(false)
          .setColumnEncoding('i32', Encoding.DELTA_BINARY_PACKED)
          .setColumnEncoding('i64', Encoding.DELTA_BINARY_PACKED)
          .setColumnEncoding('f64', Encoding.BYTE_STREAM_SPLIT)
          .setColumnEncoding('text', Encoding.DELTA_BYTE_ARRAY)
          .setColumnEncoding('code', Encoding.DELTA_LENGTH_BYTE_ARRAY),
    },
  ];
}

function writeWithParquetWasm(properties: () => parquetWasm.WriterPropertiesBuilder): Uint8Array {
  const rows = Array.from({ length: 4000 }, (_, i) => i);
  const table = tableFromArrays({
    i32: Int32Array.from(rows, (i) => ((i * 7919) % 1000) - 500),
    i64: BigInt64Array.from(rows, (i) => BigInt(i) * 1000003n - 5n),
    f64: Float64Array.from(rows, (i) => (i % 977) / 13),
    text: rows.map((i) => (i % 6 === 0 ? null : `prefix ${i % 300} ${'y'.repeat(i % 40)}`)),
    code: rows.map((i) => `c${i % 17}`),
  });
  const wasmTable = parquetWasm.Table.fromIPCStream(tableToIPC(table, 'stream'));
  return parquetWasm.writeParquet(wasmTable, properties().build());
}

async function tinyFile(): Promise<string> {
  const path = join(folder, 'tiny.parquet');
  if (!existsSync(path))
    await duckdb(
      `COPY (SELECT i, CASE WHEN i % 3 > 0 THEN 'mode ' || i % 4 END AS mode, CAST(i AS DECIMAL(12,2)) AS price,
        DATE '1992-01-01' + CAST(i AS INTEGER) AS day FROM range(200) r(i)) TO '${path}' (FORMAT parquet)`,
    );
  return path;
}

/** xorshift32: whole numbers below `limit`, by seed. */
function generator(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}
