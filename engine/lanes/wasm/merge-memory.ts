import { instantiateKernels, type Kernels } from './kernels.ts';
import { EngineMemory } from './memory.ts';

/** Larger memories are not kept. */
const KEPT_BYTES = 1 << 24;
const MOST_KEPT = 4;

const idle: MergeMemory[] = [];

/**
 * A linear memory and its kernels, for one table at a time. Those given back serve the next tables: an instance takes
 * longer to make than most queries' groups to merge, and leaves more garbage.
 */
export class MergeMemory {
  readonly memory = new EngineMemory();
  readonly kernels: Kernels = instantiateKernels(this.memory);
  readonly #start = this.memory.mark();

  static take(): MergeMemory {
    return idle.pop() ?? new MergeMemory();
  }

  /** Nothing may refer to its areas any more. */
  giveBack(): void {
    if (idle.length === MOST_KEPT || this.memory.memory.buffer.byteLength > KEPT_BYTES) return;
    this.memory.release(this.#start);
    idle.push(this);
  }
}
