import type { WriterProperties } from 'parquet-wasm';
import { move } from 'piscina';
import { freshParquetWasm, memoryOf, type ParquetWasm } from '../lanes/wasm/parquet-wasm.ts';
import { DEFAULT_ROW_GROUP_ROWS, type ParquetLayout } from './parquet-options.ts';

/** The task of a worker of `encodeParquet`. */
export interface RowGroupTask {
  /** The rows of one row group, as an Arrow IPC stream. */
  readonly stream: Uint8Array;
  readonly layout: ParquetLayout;
}

/** The memory of parquet-wasm never shrinks: beyond 1 GiB the next row group gets a fresh instance. */
const MOST_MEMORY = 1 << 30;

let library: ParquetWasm | undefined;

/** Encodes a row group as a Parquet file of its own. */
export default function encodeRowGroup({ stream, layout }: RowGroupTask) {
  library ??= freshParquetWasm();
  try {
    const file = library.writeParquet(library.Table.fromIPCStream(stream), writerProperties(library, layout));
    if (memoryOf(library).byteLength > MOST_MEMORY) library = undefined;
    return move(file);
  } catch (error) {
    // What trapped is in disorder.
    library = undefined;
    throw error;
  }
}

function writerProperties(
  { WriterPropertiesBuilder, Compression, EnabledStatistics }: ParquetWasm,
  {
    codec = 'snappy',
    dictionary = true,
    statistics = 'page',
    rowGroupRows = DEFAULT_ROW_GROUP_ROWS,
    pageBytes,
  }: ParquetLayout,
): WriterProperties {
  const codecs = {
    uncompressed: Compression.UNCOMPRESSED,
    snappy: Compression.SNAPPY,
    gzip: Compression.GZIP,
    brotli: Compression.BROTLI,
    zstd: Compression.ZSTD,
    lz4_raw: Compression.LZ4_RAW,
  };
  const levels = { none: EnabledStatistics.None, chunk: EnabledStatistics.Chunk, page: EnabledStatistics.Page };
  const builder = new WriterPropertiesBuilder()
    .setCompression(codecs[codec])
    .setDictionaryEnabled(dictionary)
    .setStatisticsEnabled(levels[statistics])
    .setMaxRowGroupSize(rowGroupRows);
  return (pageBytes === undefined ? builder : builder.setDataPageSizeLimit(pageBytes)).build();
}
