import type { ScanStatistics } from '../engine/run/scan.ts';
import type { Strategy } from './transport.ts';

/** What `--stats` prints and the header `sluice-statistics` holds. */
export interface QueryStatistics extends ScanStatistics {
  /** From plan to last result row, one number a repetition. */
  readonly ms: readonly number[];
  readonly rowsReturned: number;
  /** Bytes of the result's vectors, whatever the format it is written in. */
  readonly bytesReturned: number;
  /** Bytes of the storage node's answers that came over the link; with a gateway only, as the next two. */
  readonly bytesOverLink?: number;
  readonly cache?: 'hit' | 'miss';
  readonly route?: Strategy;
}
