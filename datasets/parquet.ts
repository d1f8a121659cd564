import { RecordBatchStreamWriter } from 'apache-arrow';
import { Compression, EnabledStatistics, Table, transformParquetStream, WriterPropertiesBuilder } from 'parquet-wasm';
import { arrowBatch, arrowSchema } from './arrow-batch.ts';
import type { Batch, ColumnSpec } from './column.ts';

/** DuckDB's row group, and the size that most readers are tuned for. */
export const ROW_GROUP_ROWS = 122_880;

/**
 * Parquet with dictionaries, Snappy, statistics of column chunks and pages, and row groups of `rowGroupRows` rows.
 * Yields the file in pieces; one row group at a time is in memory.
 */
export async function* encodeParquet(
  columns: readonly ColumnSpec[],
  batches: Iterable<Batch>,
  rowGroupRows: number,
): AsyncGenerator<Uint8Array> {
  const properties = new WriterPropertiesBuilder()
    .setCompression(Compression.SNAPPY)
    .setDictionaryEnabled(true)
    .setStatisticsEnabled(EnabledStatistics.Page)
    .setMaxRowGroupSize(rowGroupRows)
    .build();
  const schema = arrowSchema(columns);
  const iterator = batches[Symbol.iterator]();
  let failure: unknown;
  const source = new ReadableStream(
    {
      pull(controller) {
        try {
          const next = iterator.next();
          if (next.done) return controller.close();
          const ipc = RecordBatchStreamWriter.writeAll([arrowBatch(schema, next.value)]).toUint8Array(true);
          // The table shares its batches' memory and would keep it until some later garbage collection.
          using table = Table.fromIPCStream(ipc);
          for (const batch of table.recordBatches()) controller.enqueue(batch);
        } catch (error) {
          failure = error;
          controller.error(error);
        }
      },
    },
    { highWaterMark: 1 },
  );
  try {
    const output: ReadableStream<Uint8Array> = await transformParquetStream(source, properties);
    for await (const piece of output) yield piece;
  } catch (error) {
    // What went wrong with the rows says more than that the stream broke.
    throw failure ?? error;
  }
}
