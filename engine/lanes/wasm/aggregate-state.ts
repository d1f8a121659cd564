import type { StateCopies } from './state-copies.ts';
import type { Vector } from './vector.ts';

/** A batch of rows for states: what stands in the vectors, and the rows' groups. */
export interface GroupBatch {
  readonly count: number;
  /** Address of the rows' group numbers (u32). */
  readonly groups: number;
  /** Groups that existed before the batch; each has had a row. */
  readonly groupsBefore: number;
  readonly vectors: readonly Vector[];
  /** There where the groups are so few that additions to one would wait for each other. */
  readonly copies: StateCopies | undefined;
}

/** Something that is held for each group in linear memory, and that batches of rows are folded into. */
export interface GroupState {
  /** Bytes held outside of the group memory's pool. */
  readonly bytes?: number;
  /** Makes room for `capacity` groups. */
  reserve(capacity: number): void;
  /** Throws `bad-value` on overflow. */
  update(batch: GroupBatch): void;
  /** Forgets all groups. */
  clear(): void;
}

/** Sums of 64 bits (f64 of doubles, else i64) for each group from 0 on, `copies` of them. */
export interface PartialSums {
  /** Address of the first; the others follow `stride` bytes apart. */
  readonly sums: number;
  readonly stride: number;
  readonly copies: number;
  readonly groups: number;
}

/** A state that only adds up, so that a loop can add up rows in its place. */
export interface AdditiveState extends GroupState {
  addSums(partial: PartialSums): void;
}
