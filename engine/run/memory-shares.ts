import { SluiceError } from '../../query/error.ts';

/** How the memory for buffers is divided, in bytes. */
export interface MemoryShares {
  /** Of each worker, for the linear memory of its WASM lane. */
  readonly lane: number;
  /** Of all scans under way together, for tables in which groups merge. */
  readonly groups: number;
  /** Of all scans under way together, for results that wait to be sent. */
  readonly results: number;
}

const MIB = 1024 * 1024;
/** What a scan of a plain object with some ten columns and a few groups takes. */
const LEAST_LANE = 16 * MIB;

/**
 * Half for the workers' linear memories, a quarter each for merging and for results that wait.
 * @throws SluiceError `bad-request` when that is too little for a worker to do anything.
 */
export function shareMemory(bytes: number, threads: number): MemoryShares {
  const lane = Math.floor(bytes / 2 / threads);
  if (lane < LEAST_LANE) {
    const least = (2 * LEAST_LANE * threads) / MIB;
    throw new SluiceError(
      'bad-request',
      `${Math.floor(bytes / MIB)} MiB are too little for ${threads} ${threads === 1 ? 'worker' : 'workers'}: give ${least} MiB or more, or fewer workers`,
    );
  }
  return { lane, groups: Math.floor(bytes / 4), results: Math.floor(bytes / 4) };
}
