import type { GroupMemory } from './group-memory.ts';
import type { Vector, VectorCodes } from './vector.ts';

/** Combinations of codes that a table holds. */
const TABLE_CELLS = 1 << 16;

/** The codes of one key column, or of two. */
export interface KeyCodes {
  readonly first: VectorCodes;
  readonly second: VectorCodes | undefined;
}

/** Groups of one or two keys by the codes of their dictionaries, as far as other rows with these codes have shown them. */
export class CodedKeys {
  readonly #group: GroupMemory;
  #table = 0;
  #first: object | undefined;
  #second: object | undefined;

  constructor(group: GroupMemory) {
    this.#group = group;
  }

  /** The codes of the first `keys` vectors; undefined where not all have some, or there are too many. */
  codesOf(vectors: readonly Vector[], keys: number): KeyCodes | undefined {
    const first = vectors[0]?.codes;
    const second = keys > 1 ? vectors[1]?.codes : undefined;
    if (!first || keys > 2 || (keys === 2 && !second)) return undefined;
    return first.size * (second?.size ?? 1) <= TABLE_CELLS ? { first, second } : undefined;
  }

  /** Writes the groups (u32) of `count` rows; false where not all are known. */
  find({ first, second }: KeyCodes, count: number, groups: number): boolean {
    if (first.dictionary !== this.#first || second?.dictionary !== this.#second) {
      this.#open();
      this.#first = first.dictionary;
      this.#second = second?.dictionary;
      return false;
    }
    const { findByCodes } = this.#group.kernels;
    const seconds = second?.address ?? 0;
    return findByCodes(first.address, seconds, first.size, first.selection, count, this.#table, groups) !== 0;
  }

  /** Takes note of the groups of the rows that were not all known. */
  learn({ first, second }: KeyCodes, count: number, groups: number): void {
    const seconds = second?.address ?? 0;
    this.#group.kernels.learnCodes(first.address, seconds, first.size, first.selection, count, this.#table, groups);
  }

  /** Forgets all groups. */
  clear(): void {
    this.#first = this.#second = undefined;
  }

  #open(): void {
    const { memory } = this.#group;
    if (this.#table === 0) this.#table = memory.allocate(4 * TABLE_CELLS);
    memory.u8.fill(0, this.#table, this.#table + 4 * TABLE_CELLS);
  }
}
