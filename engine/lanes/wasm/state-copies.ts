import { VECTOR_SIZE } from '../../task.ts';
import type { GroupMemory } from './group-memory.ts';

const COPIES = 8;
/** With more groups, neighbouring rows seldom share one. */
const FEW_GROUPS = 32;

/**
 * Copies of the states of a few groups, for one batch: neighbouring rows add to different copies, whose sums go to the
 * states in the end. A processor would otherwise wait for each store before it can load the state again.
 */
export class StateCopies {
  #group: GroupMemory;
  #spread: number;
  #owners: number;
  #groupCount = 0;

  constructor(group: GroupMemory) {
    this.#group = group;
    this.#spread = group.memory.allocate(4 * VECTOR_SIZE);
    this.#owners = group.memory.allocate(4 * COPIES * FEW_GROUPS);
  }

  /** Turns to a batch; gives itself, or undefined when there are too many groups. */
  read(groups: number, count: number, groupCount: number): StateCopies | undefined {
    const { memory, kernels } = this.#group;
    if (groupCount > FEW_GROUPS) return undefined;
    kernels.spreadGroups(groups, count, groupCount, COPIES, this.#spread);
    if (groupCount !== this.#groupCount)
      for (let i = 0; i < COPIES * groupCount; i++) memory.u32[(this.#owners >> 2) + i] = i % groupCount;
    this.#groupCount = groupCount;
    return this;
  }

  /**
   * Adds a batch: `add` folds its rows into zeroed copies of states of `width` bytes, given their group numbers; `fold`
   * folds `count` copies into the states, given the groups that they are of.
   */
  add(
    width: number,
    add: (groups: number, copies: number) => void,
    fold: (groups: number, copies: number, count: number) => void,
  ): void {
    const { memory, scratch } = this.#group;
    const count = COPIES * this.#groupCount;
    memory.u8.fill(0, scratch, scratch + width * count);
    add(this.#spread, scratch);
    fold(this.#owners, scratch, count);
  }
}
