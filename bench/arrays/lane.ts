import type { ArrayKernel, Arrays } from './kernels/array-kernel.ts';

/** Where array kernels run: one language, one kind of memory. Works on one kernel and one input at a time. */
export interface ArrayLane {
  /** The process of its own, where it has one. */
  readonly pid?: number;
  /** Takes over kernel and input; by copy, unless they lie in the lane's memory already. */
  load(kernel: ArrayKernel, input: Arrays): Promise<void>;
  /**
   * Runs the loaded kernel. Gives the milliseconds of a call: the median over samples that are each long enough for the
   * clock, together at least 3 and `ms` milliseconds; of a call of 20 ms or more, that of one call.
   */
  time(ms: number): Promise<number>;
  /** The result of the last call, as cells of text. */
  result(): Promise<string[]>;
  close(): Promise<void>;
}
