import type { EngineMemory } from './memory.ts';

interface Block {
  readonly start: number;
  readonly end: number;
}

/** Bytes of a block at least. */
const BLOCK_BYTES = 1 << 20;

/**
 * The area for text that one call state makes (see engine/kernels/call-state.ts): blocks of the lane's memory, filled
 * from the first one again in every batch.
 */
export class TextRoom {
  #memory: EngineMemory;
  #blocks: Block[] = [];
  #next = 0;

  constructor(memory: EngineMemory) {
    this.#memory = memory;
  }

  /** Texts of the batch before are not needed any more. */
  reuse(state: number): void {
    this.#next = 0;
    this.#turnTo(state, { start: 0, end: 0 });
  }

  /** Turns to a block with room for `bytes` and more; texts in other blocks stay where they are. */
  extend(state: number, bytes: number): void {
    for (; this.#next < this.#blocks.length; this.#next++) {
      const block = this.#blocks[this.#next] as Block;
      if (block.end - block.start < bytes) continue;
      this.#next++;
      this.#turnTo(state, block);
      return;
    }
    const size = Math.max(BLOCK_BYTES, bytes);
    const start = this.#memory.allocate(size);
    const block = { start, end: start + size };
    this.#blocks.push(block);
    this.#next = this.#blocks.length;
    this.#turnTo(state, block);
  }

  /** Forgets the blocks, whose memory somebody is about to release. */
  clear(): void {
    this.#blocks = [];
    this.#next = 0;
  }

  #turnTo(state: number, { start, end }: Block): void {
    this.#memory.u32[state >> 2] = start;
    this.#memory.u32[(state >> 2) + 1] = end;
  }
}
