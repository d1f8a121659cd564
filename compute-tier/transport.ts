import type { Batch } from '../engine/column.ts';
import type { ScanStatistics } from '../engine/run/scan.ts';
import type { ObjectDescription } from '../engine/task.ts';
import type { SluiceError } from '../query/error.ts';
import type { Fragment } from '../query/fragment.ts';

export const STRATEGIES = ['push', 'pull'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** A scan, wherever it runs. */
export interface TransportScan {
  readonly batches: AsyncIterable<Batch>;
  /** Settles when the iteration of `batches` has ended. */
  readonly statistics: Promise<ScanStatistics>;
  /** Bytes that came over the link; asked when `statistics` has settled. Absent where there is no link. */
  readonly bytesOverLink?: () => number;
  readonly route?: Strategy;
}

/** An object that a table name means. */
export interface TableObject {
  readonly description: ObjectDescription;
  /** Names the object beyond its own name, where several nodes may have one of that name. */
  readonly place: string;
  /** After a scan that failed with `schema-changed`: lets the next `open` know the object as it is. */
  refresh?(error: SluiceError): void;
  /** Starts when `batches` is first iterated. */
  scan(fragment: Fragment, strategy: Strategy, signal?: AbortSignal): TransportScan;
}

/** How the compute tier reaches objects. */
export interface Transport {
  /** Throws `unknown-name` when no object is meant, or several are; `unreachable` when a node does not answer. */
  open(table: string, signal?: AbortSignal): Promise<TableObject>;
  close(): Promise<void>;
}
