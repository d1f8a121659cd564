import type { LaneName } from '../../query/fragment.ts';
import type { Tier } from './tiers.ts';

/** What a cold process calls again and again. */
export type WorkRequest = { readonly calls: number; readonly lane: LaneName } & (
  | { readonly kind: 'kernel'; readonly kernel: string; readonly size: number }
  | { readonly kind: 'query' | 'task'; readonly sql: string; readonly folder: string; readonly file: string }
);

export interface Work {
  call(): Promise<void> | undefined;
  /** The function that all of the work is done in, where it is one. */
  readonly code?: unknown;
  /** The result of the last call, as text. */
  rows(): string[][];
}

/** What a cold process has seen; times in milliseconds. */
export interface CallTimes {
  /** From an empty memory to where the first call can begin: reading, compiling and instantiating modules. */
  readonly opening: number;
  /** Of each call. */
  readonly times: readonly number[];
  /** The code that the function has after each call, null for none. Empty where the work is no one function. */
  readonly tiers: readonly (Tier | null)[];
  /** CPU of the whole process, all threads. */
  readonly cpu: number;
  readonly rows: readonly (readonly string[])[];
}
