import type { LaneName } from '../../query/fragment.ts';
import type { Schema } from '../../query/types.ts';
import type { Batch } from '../column.ts';
import type { RejectedCounts } from '../task.ts';

/** What a scan did. Bytes count what was read from the object, tasks that had to run twice included. */
export interface ScanStatistics {
  readonly lane: LaneName;
  readonly threads: number;
  readonly rowsScanned: number;
  readonly bytesRead: number;
  readonly tasks: TaskCounts;
  /** What the fragment held, in words: `filter`, `project`, `aggregate`, `group`, `sort`, `limit`. */
  readonly pushed: readonly string[];
  /** What the policy for bad rows did; absent where it had nothing to do. */
  readonly rejected?: RejectedCounts & { readonly object: string };
}

/** `pruned` of `total` tasks never ran: statistics showed that no row of theirs can match, or the rows before suffice. */
export interface TaskCounts {
  readonly total: number;
  readonly pruned: number;
  /**
   * Of Parquet, where a filter or a limit gave reason to look: data pages that were not read of the row groups that
   * were, as far as their files tell of pages, and all bytes of the columns in question that were not read.
   */
  readonly pages?: { readonly total: number; readonly pruned: number };
  readonly bytesPruned?: number;
}

/** A running scan. It starts when `batches` is first iterated, and stops when the iteration is left. */
export interface Scan {
  /** The schema of every batch: `partialSchema` of the fragment's output. */
  readonly schema: Schema;
  /**
   * Rows in object order as they become ready; or the object's merged partial groups: one batch, or several where memory
   * is bounded, in which a group may come again.
   * Iterate once. Throws SluiceError.
   */
  readonly batches: AsyncIterable<Batch>;
  /** Settles when the iteration of `batches` has ended; rejects with the same error. */
  readonly statistics: Promise<ScanStatistics>;
}
