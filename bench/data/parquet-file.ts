import { createHash } from 'node:crypto';
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { findDataset } from '../../datasets/catalogue.ts';
import { writeDataset } from '../../datasets/write-dataset.ts';
import type { ParquetCodec } from '../../engine/write/parquet-options.ts';
import { type DataRecord, type DataRequest, fileHash, type MakingContext, makeData, makeFile } from './make-data.ts';

/** Raised whenever the same layout gives another file: it takes part in the names of files. */
const VERSION = 1;

export const layoutSchema = z.strictObject({
  /** DuckDB encodes anew what the generator wrote, one page a column chunk; parquet-wasm writes several. */
  writer: z.enum(['duckdb', 'parquet-wasm']).default('duckdb'),
  rowGroupRows: z.int().positive().default(122_880),
  /** Columns that the rows are sorted by; parquet-wasm takes one. */
  sortBy: z.array(z.string()).default([]),
  /** Decimals are written as doubles; by DuckDB only. */
  doubles: z.boolean().default(false),
  /** See `ParquetLayout`; for parquet-wasm only. */
  pageBytes: z.int().positive().optional(),
});

export type Layout = z.infer<typeof layoutSchema>;

/** Makes a data set as a Parquet file of a layout, or finds it among the data: see `makeData`. */
export async function makeParquet(
  request: DataRequest,
  layout: Layout,
  codec: string,
  context: MakingContext,
  root?: string,
): Promise<{ path: string; record: DataRecord }> {
  const { path: folder, records } = await makeData(request, ['parquet'], context, root);
  const base = join(folder, records.get('parquet')!.file);
  const key = createHash('sha256')
    .update(JSON.stringify([VERSION, layout, codec]))
    .digest('hex');
  const file = `${request.name}-${codec}-${key.slice(0, 8)}.parquet`;
  const path = join(folder, file);
  const { writer, rowGroupRows, sortBy, pageBytes } = layout;
  const make = () =>
    writer === 'duckdb'
      ? encodeByDuckDB(base, path, layout, codec, request.name)
      : writeDataset({
          ...request,
          format: 'parquet',
          path,
          layout: { rowGroupRows, codec: codec as ParquetCodec, ...(pageBytes && { pageBytes }) },
          ...(sortBy[0] && { sortBy: sortBy[0] }),
        });
  return { path, record: await makeFile(folder, file, make, context) };
}

/** With one thread, since with several the row groups come out as they happen to. */
async function encodeByDuckDB(
  base: string,
  path: string,
  { rowGroupRows, sortBy, doubles }: Layout,
  codec: string,
  dataset: string,
): Promise<Omit<DataRecord, 'file'>> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const decimals = findDataset(dataset)!.columns.filter(({ type }) => type.kind === 'decimal');
    const casts = decimals.map(({ name }) => `${name}::DOUBLE AS ${name}`);
    const values = doubles && casts.length > 0 ? `* REPLACE (${casts.join(', ')})` : '*';
    const order = sortBy.length === 0 ? '' : `ORDER BY ${sortBy.join(', ')}`;
    const partial = `${path}.partial`;
    const { rowsChanged } = await connection.run(
      `COPY (SELECT ${values} FROM read_parquet('${base}') ${order}) TO '${partial}'
       (FORMAT parquet, COMPRESSION ${codec}, ROW_GROUP_SIZE ${rowGroupRows})`,
    );
    await rename(partial, path);
    return { rows: rowsChanged, bytes: (await stat(path)).size, sha256: await fileHash(path) };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
