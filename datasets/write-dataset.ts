import { writeFileSync } from 'node:fs';
import type { EncodeOptions } from '../engine/write/encode-parquet.ts';
import { HashedFile } from '../engine/write/hashed-file.ts';
import { DATASETS, findDataset } from './catalogue.ts';
import { type Batch, type ColumnSpec, sqlType, takeRows } from './column.ts';
import { encodeCsv } from './csv.ts';
import type { Dataset } from './dataset.ts';
import { encodeNdjson } from './ndjson.ts';
import { encodeBatches } from './parquet.ts';
import { sortRows } from './sort-rows.ts';

export const DATASET_FORMATS = ['csv', 'parquet', 'ndjson'] as const;
export type DatasetFormat = (typeof DATASET_FORMATS)[number];

export interface DatasetRequest {
  readonly name: string;
  readonly format: DatasetFormat;
  /** An older file here is replaced. CSV and NDJSON get a sidecar `PATH.schema.json`. */
  readonly path: string;
  /** 1 by default. */
  readonly scale?: number;
  /** 1 by default. */
  readonly seed?: number;
  /** At most this many rows, the first ones of the data set at this scale. */
  readonly rows?: number;
  /** Parquet only. */
  readonly layout?: EncodeOptions;
  /** Sorts the rows by this column (after `rows` has cut them); holds all of them in memory. */
  readonly sortBy?: string;
  /** Called about once a MiB of CSV or NDJSON, and once a batch of rows of Parquet. */
  readonly onProgress?: (rows: number) => void;
}

export interface WrittenDataset {
  readonly rows: number;
  readonly bytes: number;
  /** Of the file, in hex. */
  readonly sha256: string;
}

/**
 * Generates a data set into a file: the same request gives the same bytes. Throws RangeError for an unknown name, a
 * scale or a number of rows that is not positive, a `sortBy` that cannot be sorted by; and Node's file errors.
 */
export async function writeDataset(request: DatasetRequest): Promise<WrittenDataset> {
  const { name, format, path, scale = 1, seed = 1, layout, onProgress } = request;
  const dataset = findDataset(name);
  if (!dataset) throw new RangeError(`unknown data set "${name}"; there are ${DATASETS.map((d) => d.name).join(', ')}`);
  if (!(scale > 0 && scale < Infinity)) throw new RangeError(`scale must be a positive number, not ${scale}`);
  if (request.rows !== undefined && !(Number.isInteger(request.rows) && request.rows > 0))
    throw new RangeError(`rows must be a positive whole number, not ${request.rows}`);
  const file = new HashedFile(path);
  let rows = 0;
  const count = (more: number): void => {
    rows += more;
    if (more > 0) onProgress?.(rows);
  };
  try {
    const batches = rowsOf(dataset, { ...request, scale, seed });
    if (format === 'parquet') {
      for await (const piece of encodeBatches(dataset.columns, counted(batches, count), layout)) file.write(piece);
    } else {
      const pieces =
        format === 'csv'
          ? encodeCsv(dataset.columns, batches, dataset.quoting)
          : encodeNdjson(dataset.columns, batches);
      for (const piece of pieces) {
        file.write(piece.bytes);
        count(piece.rows);
      }
      writeFileSync(`${path}.schema.json`, sidecar(dataset.columns));
    }
    return { rows, ...file.finish() };
  } catch (error) {
    file.discard();
    throw error;
  }
}

function rowsOf(dataset: Dataset, request: DatasetRequest & { scale: number; seed: number }): Iterable<Batch> {
  const { scale, seed, rows, sortBy } = request;
  const all = dataset.batches({ scale, seed });
  const wanted = rows === undefined ? all : takeRows(all, rows);
  return sortBy === undefined ? wanted : sortRows(dataset.columns, wanted, sortBy);
}

function* counted(batches: Iterable<Batch>, count: (rows: number) => void): Generator<Batch> {
  for (const batch of batches) {
    yield batch;
    count(batch.rows);
  }
}

/** The schema as `NAME.schema.json` has it. */
function sidecar(columns: readonly ColumnSpec[]): string {
  const described = columns.map(({ name, type }) => ({ name, type: sqlType(type) }));
  return `${JSON.stringify({ columns: described }, null, 2)}\n`;
}
