import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { Compression, Encoding, Table, WriterPropertiesBuilder, WriterVersion, writeParquet } from 'parquet-wasm/node';
import { PARQUET_SUITE } from '../conformance/suite.ts';

/** A sound file to damage. */
export interface SoundFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Larger files only cost time. */
const LARGEST = 100_000;

const TABLE = `SELECT i AS n, CAST(i % 7 AS INTEGER) AS few, i / 7.0 AS x, i % 3 = 0 AS flag,
  CASE WHEN i % 5 > 0 THEN 'text ' || i % 20 END AS word, CAST(i * 1000003 AS DECIMAL(25,3)) AS wide,
  TIMESTAMP '2020-01-01' + INTERVAL (i) SECOND AS at, encode('b' || i) AS raw, [i, NULL, i + 1] AS list,
  {'a': i, 'b': {'c': 'deep ' || i % 4}} AS pair, MAP {'k' || i % 3: i} AS pairs FROM range(700) r(i)`;

/** Files of all codecs, page versions and encodings, and those of the conformance suite where it is there. */
export async function corpus(folder: string): Promise<SoundFile[]> {
  const suites = ['data', 'bad_data'].map((part) => join(PARQUET_SUITE, part)).filter(existsSync);
  const files = suites.flatMap((part) => readdirSync(part).flatMap((name) => read(join(part, name))));
  return [...(await writtenByDuckdb(folder)), ...writtenByParquetWasm(), ...files];
}

function read(path: string): SoundFile[] {
  if (!path.endsWith('.parquet')) return [];
  const bytes = readFileSync(path);
  return bytes.length > LARGEST ? [] : [{ name: path, bytes }];
}

async function writtenByDuckdb(folder: string): Promise<SoundFile[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const files: SoundFile[] = [];
  for (const codec of ['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'])
    for (const version of ['V1', 'V2']) {
      const name = `duckdb-${codec}-${version}.parquet`;
      const path = join(folder, name);
      await connection.run(
        `COPY (${TABLE}) TO '${path}' (FORMAT parquet, COMPRESSION ${codec}, PARQUET_VERSION ${version}, ROW_GROUP_SIZE 400)`,
      );
      files.push({ name, bytes: readFileSync(path) });
    }
  connection.closeSync();
  return files;
}

function writtenByParquetWasm(): SoundFile[] {
  const rows = Array.from({ length: 700 }, (_, i) => i);
  const arrow = tableFromArrays({
    n: BigInt64Array.from(rows, (i) => BigInt(i) * 1000003n),
    few: Int32Array.from(rows, (i) => i % 7),
    x: Float64Array.from(rows, (i) => i / 7),
    word: rows.map((i) => (i % 5 === 0 ? null : `text ${i % 20}`)),
  });
  const small = () =>
    new WriterPropertiesBuilder().setMaxRowGroupSize(400).setDataPageSizeLimit(512).setWriteBatchSize(32);
  const files = {
    dictionary: small().setCompression(Compression.SNAPPY).setDictionaryPageSizeLimit(64),
    plain: small().setDictionaryEnabled(false).setCompression(Compression.ZSTD).setWriterVersion(WriterVersion.V2),
    delta: small()
      .setDictionaryEnabled(false)
      .setColumnEncoding('n', Encoding.DELTA_BINARY_PACKED)
      .setColumnEncoding('few', Encoding.DELTA_BINARY_PACKED)
      .setColumnEncoding('x', Encoding.BYTE_STREAM_SPLIT)
      .setColumnEncoding('word', Encoding.DELTA_BYTE_ARRAY),
    lengths: small().setDictionaryEnabled(false).setColumnEncoding('word', Encoding.DELTA_LENGTH_BYTE_ARRAY),
  };
  return Object.entries(files).map(([name, properties]) => ({
    name: `parquet-wasm-${name}.parquet`,
    bytes: writeParquet(Table.fromIPCStream(tableToIPC(arrow, 'stream')), properties.build()),
  }));
}
