import type { CpuPlaces } from '../../engine/run/pin-worker.ts';

/**
 * How a worker gets at its part of the input. `shared`: it works where the input lies, in the memory of all; `own`: in a
 * memory of its own, where it has had its part before; `own-copied`: it copies its part there first.
 */
export const TEAM_WAYS = ['shared', 'own', 'own-copied'] as const;

export type TeamWay = (typeof TEAM_WAYS)[number];

/** What a worker does whenever the team is called, until that is over. */
export interface Job {
  readonly way: TeamWay;
  /** The name of the array kernel. */
  readonly kernel: string;
  /** Elements of the whole input, of which this worker has those from `from` up to `to`. */
  readonly n: number;
  readonly from: number;
  readonly to: number;
  /** Addresses in the memory of all: the whole input, and this worker's own result. */
  readonly first: number;
  readonly second: number;
  readonly out: number;
  /** How many workers are called. */
  readonly workers: number;
}

/** What workers have when they start. */
export interface TeamSetting {
  readonly memory: WebAssembly.Memory;
  readonly control: Int32Array<SharedArrayBuffer>;
  /** The array kernels for a shared memory, and for one of its own. */
  readonly modules: { readonly shared: WebAssembly.Module; readonly own: WebAssembly.Module };
  readonly places: CpuPlaces | undefined;
}

/** `ready` to be called; `over`: not called any more. */
export type Reply = 'ready' | 'over';

/** Places of the control words: the number of the call, `OVER` after the last, and how many workers are done with it. */
export const CALL = 0;
export const DONE = 1;
export const OVER = -1;
