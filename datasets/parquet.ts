import { RecordBatchStreamWriter } from 'apache-arrow';
import { Compression, EnabledStatistics, Table, transformParquetStream, WriterPropertiesBuilder } from 'parquet-wasm';
import { arrowBatch, arrowSchema } from './arrow-batch.ts';
import type { Batch, ColumnSpec } from './column.ts';

/** DuckDB's row group, and the size that most readers are tuned for. */
const ROW_GROUP_ROWS = 122_880;

export const PARQUET_CODECS = {
  uncompressed: Compression.UNCOMPRESSED,
  snappy: Compression.SNAPPY,
  gzip: Compression.GZIP,
  brotli: Compression.BROTLI,
  zstd: Compression.ZSTD,
  lz4_raw: Compression.LZ4_RAW,
} as const;
export type ParquetCodec = keyof typeof PARQUET_CODECS;

export interface ParquetLayout {
  /** 122,880 by default. */
  readonly rowGroupRows?: number;
  /** `snappy` by default. */
  readonly codec?: ParquetCodec;
  /** About how many bytes a data page may have before it is compressed; 1 MiB, and at most 20,000 rows, by default. */
  readonly pageBytes?: number;
}

/**
 * Parquet with dictionaries and statistics of column chunks and pages. Yields the file in pieces; one row group at a
 * time is in memory.
 */
export async function* encodeParquet(
  columns: readonly ColumnSpec[],
  batches: Iterable<Batch>,
  { rowGroupRows = ROW_GROUP_ROWS, codec = 'snappy', pageBytes }: ParquetLayout = {},
): AsyncGenerator<Uint8Array> {
  let builder = new WriterPropertiesBuilder()
    .setCompression(PARQUET_CODECS[codec])
    .setDictionaryEnabled(true)
    .setStatisticsEnabled(EnabledStatistics.Page)
    .setMaxRowGroupSize(rowGroupRows);
  if (pageBytes !== undefined) builder = builder.setDataPageSizeLimit(pageBytes);
  const properties = builder.build();
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
