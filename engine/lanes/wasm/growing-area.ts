import type { EngineMemory } from './memory.ts';

/** An area of linear memory that can be replaced by a larger one with the same contents. New bytes are zero. */
export class GrowingArea {
  address: number;
  bytes: number;
  #memory: EngineMemory;

  constructor(memory: EngineMemory, bytes: number) {
    this.#memory = memory;
    this.bytes = bytes;
    this.address = memory.allocateCleared(bytes);
  }

  /** The old area is lost until the task's memory is released; doubling bounds the loss by the final size. */
  grow(bytes: number): void {
    const larger = this.#memory.allocateCleared(bytes);
    this.#memory.u8.copyWithin(larger, this.address, this.address + this.bytes);
    this.address = larger;
    this.bytes = bytes;
  }
}

/** A bump-allocated area for text that kernels fill; `cell` is the address of the u32 that holds its next free byte. */
export class TextArena {
  readonly cell: number;
  end: number;
  #memory: EngineMemory;
  #blockBytes = 1 << 16;

  constructor(memory: EngineMemory) {
    this.#memory = memory;
    this.cell = memory.allocateCleared(4);
    this.end = 0;
    this.extend(0);
  }

  /** Starts a new block with room for a text of `bytes`; texts in earlier blocks stay where they are. */
  extend(bytes: number): void {
    this.#blockBytes = Math.max(bytes, Math.min(2 * this.#blockBytes, 1 << 26));
    const block = this.#memory.allocate(this.#blockBytes);
    this.#memory.u32[this.cell >> 2] = block;
    this.end = block + this.#blockBytes;
  }
}
