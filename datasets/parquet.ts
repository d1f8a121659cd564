import { type EncodeOptions, encodeParquet } from '../engine/write/encode-parquet.ts';
import { arrowBatch, arrowSchema } from './arrow-batch.ts';
import type { Batch, ColumnSpec } from './column.ts';

/** The rows as Parquet, in pieces of the file; the same rows and layout give the same bytes. */
export function encodeBatches(
  columns: readonly ColumnSpec[],
  batches: Iterable<Batch>,
  options?: EncodeOptions,
): AsyncGenerator<Uint8Array> {
  const schema = arrowSchema(columns);
  function* records() {
    for (const batch of batches) yield arrowBatch(schema, batch);
  }
  return encodeParquet(schema, records(), options);
}
