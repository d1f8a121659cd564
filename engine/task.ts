import type { BoundFragment, LaneName } from '../query/fragment.ts';
import type { Schema } from '../query/types.ts';
import type { Batch, Column } from './column.ts';
import type { CsvFormat, CsvOptions, TextCoding } from './csv-format.ts';

/** Rows a vector holds at most. */
export const VECTOR_SIZE = 2048;

/** Where an object's bytes are. `version` changes whenever the bytes do. Plain data: it crosses threads. */
export type ObjectLocation =
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly path: string;
      readonly size: number;
      readonly version: string;
      /** What is said of it, if it is CSV, beyond its sidecar. */
      readonly csv?: CsvOptions;
    }
  | {
      readonly kind: 'http';
      readonly name: string;
      readonly url: string;
      readonly size: number;
      readonly version: string;
    }
  /** No bytes: its columns are handed to the lanes, which hold them (`Lane.hold`). */
  | { readonly kind: 'memory'; readonly name: string; readonly size: number; readonly version: string };

/** The size of a text that is decoded while it is read: beyond all that comes, and still good to calculate with. */
export const UNKNOWN_SIZE = Number.MAX_SAFE_INTEGER;

/** Access to an object's bytes: random, or of text that must be decoded, from start to end only. */
export interface ByteSource {
  readonly name: string;
  /** Bytes; or UNKNOWN_SIZE, where only a read of fewer bytes than asked shows the end. */
  readonly size: number;
  /**
   * Fills `target` from `offset` on; gives the number of bytes read, fewer than asked only at the end of the object.
   */
  read(offset: number, target: Uint8Array): number | Promise<number>;
  /** Bytes that cost less to read along than to ask a second time. Absent: a few. */
  readonly gap?: number;
  close(): void;
}

export interface ParquetFormat {
  readonly kind: 'parquet';
  /** Rows of each row group. */
  readonly groupRows: readonly number[];
  /** Columns of the file that are not in the schema, and why; a query that names one fails with `unsupported`. */
  readonly unsupported?: readonly { readonly name: string; readonly reason: string }[];
}

export interface NdjsonFormat {
  readonly kind: 'ndjson';
  /** Paths of columns whose names do not tell them: `a.b[0]`. */
  readonly paths?: Readonly<Record<string, string>>;
  /** Offset of the first line: behind the byte order mark. */
  readonly dataStart: number;
  /** As for CSV. */
  readonly coding?: TextCoding;
}

/** Columns in memory, of which a lane took hold before the scan. */
export interface ColumnsFormat {
  readonly kind: 'columns';
  readonly rows: number;
}

/** What a scan must know of an object before it reads rows. */
export interface ObjectDescription {
  readonly location: ObjectLocation;
  readonly format: CsvFormat | ParquetFormat | NdjsonFormat | ColumnsFormat;
  readonly schema: Schema;
  /** Columns whose types are guessed from a sample: other rows may have values that do not fit. Absent: none. */
  readonly guessed?: readonly number[];
}

/** One fragment over one object, bound; shared by all its tasks. Plain data. */
export interface ScanPlan {
  readonly object: ObjectDescription;
  readonly fragment: BoundFragment;
  readonly lane: LaneName;
}

/**
 * A piece of a scan that one worker does alone. Boundaries depend on the object only, never on the number of workers.
 *
 * csv-chunk: owns the rows that begin in (start, end], and also the row that begins at `start` when `start` is
 * `dataStart`; so it looks for the first row end at or after `start`, and ends with the row end at or after `end`.
 * Which row is the first depends on what `start` lies within. `firstRow` is that row's offset, as the chunk before
 * has told it (beyond `end`: the chunk owns no row); absent, nobody knows, and the lane guesses by the first bytes
 * whether `start` lies within quotes.
 *
 * ndjson-chunk: owns lines as a csv-chunk owns rows; a line end is never quoted.
 *
 * row-group: `ranges`, ascending and apart, hold all rows that are wanted, by what pages' statistics or a limit say; a
 * lane may read others too, and has to filter as ever. Absent: all rows.
 */
export type TaskPart =
  | {
      readonly kind: 'csv-chunk';
      readonly start: number;
      readonly end: number;
      readonly firstRow?: number;
    }
  | { readonly kind: 'ndjson-chunk'; readonly start: number; readonly end: number }
  | { readonly kind: 'row-group'; readonly index: number; readonly ranges?: readonly RowRange[] }
  | { readonly kind: 'rows'; readonly first: number; readonly count: number };

/** Rows [first, end), counted from the first of a row group. */
export interface RowRange {
  readonly first: number;
  readonly end: number;
}

export interface TaskResult {
  /** Rows, in object order; or partial groups with the schema of `partialSchema`. */
  readonly batches: readonly Batch[];
  readonly rowsScanned: number;
  readonly bytesRead: number;
  /** csv-chunk: where its first row begins, and the first row behind its last; absent where it owns no row. */
  readonly rowBounds?: { readonly first: number; readonly next: number };
  /** What the policy for bad rows did; absent where it had nothing to do. */
  readonly rejected?: RejectedCounts;
}

/** What a scan did not take as it stands, because its format says `null` or `skip` of bad rows. */
export interface RejectedCounts {
  readonly rowsSkipped: number;
  readonly valuesNulled: number;
}

/** A lane that can also scan columns which are in its memory. */
export interface ColumnLane extends Lane {
  /**
   * Takes hold of all columns of an object in memory, by its name, for as long as the lane lives. They must not change
   * afterwards.
   */
  hold(object: string, columns: readonly Column[]): void;
}

/** One way to execute a scan task. A lane keeps compiled modules and buffers between tasks, never rows or results. */
export interface Lane {
  /**
   * Runs one task. `aborted` is asked at least once a MiB; when it answers true the lane throws `cancelled`.
   * Throws `bad-data` (object, place, what was expected) and `bad-value` (overflow); stays usable afterwards.
   * `limit` rows suffice for a rows output; one with an order never reaches a lane.
   */
  run(plan: ScanPlan, part: TaskPart, source: ByteSource, aborted: () => boolean): Promise<TaskResult>;
}
