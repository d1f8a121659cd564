import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';

/** Copies of a batch's texts with U+FFFD in place of what is not UTF-8. */
export class Utf8Repair {
  readonly #memory: EngineMemory;
  readonly #kernels: Kernels;
  #address = 0;
  #size = 0;
  #used = 0;

  constructor(memory: EngineMemory, kernels: Kernels) {
    this.#memory = memory;
    this.#kernels = kernels;
  }

  /** The copies made so far are no longer needed. */
  clear(): void {
    this.#used = 0;
  }

  /** Address and length of the repaired copy of the text at [start, stop). */
  copy(start: number, stop: number): readonly [number, number] {
    const longest = 3 * (stop - start);
    if (this.#used + longest > this.#size) {
      this.#size = Math.max(1 << 16, 2 * this.#size, longest);
      this.#address = this.#memory.allocate(this.#size);
      this.#used = 0;
    }
    const address = this.#address + this.#used;
    const length = (this.#kernels.utf8Replace(start, stop, address) >>> 0) - address;
    this.#used += length;
    return [address, length];
  }
}
