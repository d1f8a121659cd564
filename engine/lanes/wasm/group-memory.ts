import { VECTOR_SIZE } from '../../task.ts';
import { AreaPool } from './growing-area.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';

/** What the parts of one grouping share: the pool of their areas, and room for one batch's intermediate results. */
export class GroupMemory {
  readonly memory: EngineMemory;
  readonly kernels: Kernels;
  readonly pool: AreaPool;
  /** Row numbers that a kernel lists (u32). */
  readonly picks: number;
  /** A byte a row. */
  readonly mask: number;
  /** 16 bytes a row, for the one step that is at work. */
  readonly scratch: number;

  constructor(memory: EngineMemory, kernels: Kernels) {
    this.memory = memory;
    this.kernels = kernels;
    this.pool = new AreaPool(memory);
    this.picks = memory.allocate(4 * (VECTOR_SIZE + 1));
    this.mask = memory.allocate(VECTOR_SIZE);
    this.scratch = memory.allocate(16 * VECTOR_SIZE);
  }
}
