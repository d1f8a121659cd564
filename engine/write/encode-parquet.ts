import { availableParallelism } from 'node:os';
import { type RecordBatch, RecordBatchStreamWriter, type Schema, Table } from 'apache-arrow';
import { Piscina } from 'piscina';
import { JoinedFile } from './joined-file.ts';
import { DEFAULT_ROW_GROUP_ROWS, type ParquetLayout } from './parquet-options.ts';
import type { RowGroupTask } from './parquet-worker.ts';

export interface EncodeOptions extends ParquetLayout {
  /** Worker threads that encode row groups; one a core by default. The bytes do not depend on it. */
  readonly threads?: number;
}

/**
 * Encodes rows as Parquet, in pieces of the file one after the other: each worker encodes whole row groups by
 * parquet-wasm, which are joined here. About one row group a thread, and one more, is in memory.
 * Throws what `batches` throws, and a plain Error where rows cannot be encoded.
 */
export async function* encodeParquet(
  schema: Schema,
  batches: AsyncIterable<RecordBatch> | Iterable<RecordBatch>,
  { threads = availableParallelism(), ...layout }: EncodeOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const pool = new Piscina<RowGroupTask, Uint8Array>({
    filename: new URL('./parquet-worker.ts', import.meta.url).href,
    minThreads: 1,
    maxThreads: threads,
  });
  // A worker that dies without a task harms nobody; with one, the task fails.
  pool.on('error', () => {});
  const joined = new JoinedFile();
  const underWay: Promise<Uint8Array>[] = [];
  try {
    yield joined.start();
    for await (const group of rowGroups(batches, layout.rowGroupRows ?? DEFAULT_ROW_GROUP_ROWS)) {
      underWay.push(encodeBy(pool, schema, group, layout));
      if (underWay.length > threads) yield joined.add(await underWay.shift()!);
    }
    // The schema of a file without rows comes from a row group without rows.
    if (underWay.length === 0) underWay.push(encodeBy(pool, schema, [], layout));
    for (const encoded of underWay) yield joined.add(await encoded);
    yield joined.finish();
  } finally {
    await pool.destroy();
  }
}

function encodeBy(
  pool: Piscina<RowGroupTask, Uint8Array>,
  schema: Schema,
  batches: readonly RecordBatch[],
  layout: ParquetLayout,
): Promise<Uint8Array> {
  const stream = RecordBatchStreamWriter.writeAll(new Table(schema, [...batches])).toUint8Array(true);
  // Piscina's type for a list of buffers takes another overload of postMessage.
  const transferList: object = [stream.buffer];
  const encoded = pool.run({ stream, layout }, { transferList });
  // It may fail while an earlier one is still waited for.
  encoded.catch(() => {});
  return encoded;
}

/** The rows in groups of `rows`, the last one of what is left. */
async function* rowGroups(
  batches: AsyncIterable<RecordBatch> | Iterable<RecordBatch>,
  rows: number,
): AsyncGenerator<RecordBatch[]> {
  let group: RecordBatch[] = [];
  let missing = rows;
  for await (const batch of batches) {
    for (let first = 0; first < batch.numRows; ) {
      const end = Math.min(first + missing, batch.numRows);
      group.push(end - first === batch.numRows ? batch : batch.slice(first, end));
      missing -= end - first;
      first = end;
      if (missing > 0) continue;
      yield group;
      group = [];
      missing = rows;
    }
  }
  if (group.length > 0) yield group;
}
