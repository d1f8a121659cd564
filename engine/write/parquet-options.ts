export const PARQUET_CODECS = ['uncompressed', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4_raw'] as const;
export type ParquetCodec = (typeof PARQUET_CODECS)[number];

/** `page` is a minimum and maximum for every column chunk and a page index; `chunk` leaves the page index out. */
export const PARQUET_STATISTICS = ['none', 'chunk', 'page'] as const;
export type ParquetStatistics = (typeof PARQUET_STATISTICS)[number];

/** How a Parquet file is laid out. Bloom filters are not among it: parquet-wasm cannot write them. */
export interface ParquetLayout {
  /** `snappy` by default. */
  readonly codec?: ParquetCodec;
  /** Rows of every row group but the last; 122,880 by default, as DuckDB has it. */
  readonly rowGroupRows?: number;
  /** Whether values that repeat are written once; true by default. A column with too many falls back by itself. */
  readonly dictionary?: boolean;
  /** `page` by default. */
  readonly statistics?: ParquetStatistics;
  /** About how many bytes a data page may have before it is compressed; 1 MiB, and at most 20,000 rows, by default. */
  readonly pageBytes?: number;
}

export const DEFAULT_ROW_GROUP_ROWS = 122_880;
