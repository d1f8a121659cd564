import type { ErrorDescription } from '../../query/error.ts';
import type { TaskPart, TaskResult } from '../task.ts';

/** What a worker is given at its start. */
export interface WorkerOptions {
  /** URL of a module with `openLane(name)` as in `lane-registry.ts`. */
  readonly lanes: string;
}

/** A ScanPlan for workers, which read it once for all its tasks. */
export interface PostedPlan {
  /** Equal for equal plans, so that a worker hands its lane the same object again and compiled code is found. */
  readonly key: number;
  /** As `serialize` of node:v8 writes it, in shared memory. */
  readonly bytes: SharedArrayBuffer;
}

/** One task as it crosses to a worker. */
export interface WorkerTask {
  readonly plan: PostedPlan;
  readonly part: TaskPart;
  /** One Int32 in shared memory; not 0 once nobody wants the result. */
  readonly stop: SharedArrayBuffer;
}

/** What comes back; errors in plain form, since classes do not cross threads. */
export type WorkerReply =
  | { readonly kind: 'done'; readonly result: TaskResult }
  | { readonly kind: 'failed'; readonly error: ErrorDescription };
