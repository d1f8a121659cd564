import type { Batch, ColumnSpec } from './column.ts';

/**
 * A reproducible table: its columns as data, and a producer of its rows. `batches` yields the same rows for the same
 * scale and seed, in every process and every format; each batch is fresh memory and may be kept.
 */
export interface Dataset {
  readonly name: string;
  readonly summary: string;
  readonly columns: readonly ColumnSpec[];
  /** Rows at scale 1, about. */
  readonly rowsPerScale: number;
  /** Which values CSV quotes, NULL never: only those that need it if absent. */
  readonly quoting?: 'all';
  batches(options: Generation): Iterable<Batch>;
}

export interface Generation {
  /** A positive factor of `rowsPerScale`. */
  readonly scale: number;
  /** 0 to 2^32 - 1. */
  readonly seed: number;
}
