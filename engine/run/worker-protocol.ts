import type { ErrorDescription } from '../../query/error.ts';
import type { TaskPart, TaskResult } from '../task.ts';
import type { SharedCpuBudget } from './cpu-budget.ts';
import type { CpuPlaces } from './pin-worker.ts';

/** What a worker is given at its start. */
export interface WorkerOptions {
  /** URL of a module with `openLane(name)` as in `lane-registry.ts`. */
  readonly lanes: string;
  /** One Int32 in shared memory: how many scans are under way. */
  readonly scans: SharedArrayBuffer;
  /** Bytes of the linear memory of a lane; absent: all it can have. */
  readonly laneBytes?: number;
  /** Absent: as much CPU time as there is. */
  readonly budget?: SharedCpuBudget;
  /** Absent: the system places the threads. */
  readonly places?: CpuPlaces;
}

/** A ScanPlan for workers, which read it once for all its tasks. */
export interface PostedPlan {
  /** Equal for equal plans, so that a worker hands its lane the same object again and compiled code is found. */
  readonly key: number;
  /** As `serialize` of node:v8 writes it, in shared memory. */
  readonly bytes: SharedArrayBuffer;
}

/** A TaskPart[] for workers, as PostedPlan. */
export interface PostedParts {
  readonly key: number;
  readonly bytes: SharedArrayBuffer;
}

/** The parts of a scan, for workers to take one after the other. */
export interface SharedParts {
  readonly kind: 'shared';
  readonly parts: PostedParts;
  /** One Int32 in shared memory: the number of the first part that nobody has taken. */
  readonly next: SharedArrayBuffer;
}

/** One task as it crosses to a worker: a part, or as many of the shared ones as are worth one reply. */
export interface WorkerTask {
  readonly plan: PostedPlan;
  readonly work: TaskPart | SharedParts;
  /** One Int32 in shared memory; not 0 once nobody wants the result. */
  readonly stop: SharedArrayBuffer;
}

/** What came of a part; errors in plain form, since classes do not cross threads. */
export type PartReply =
  | { readonly kind: 'done'; readonly result: TaskResult }
  | { readonly kind: 'failed'; readonly error: ErrorDescription };

/** What comes back, by the parts' numbers; a part that was not shared has number 0. */
export type WorkerReply = readonly (readonly [index: number, reply: PartReply])[];
