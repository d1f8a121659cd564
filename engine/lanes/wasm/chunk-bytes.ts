import { SluiceError } from '../../../query/error.ts';
import type { ByteSource } from '../../task.ts';
import type { EngineMemory } from './memory.ts';
import type { PageAreas } from './page-areas.ts';

/** Bytes that are read at once, so that what is never wanted is seldom read. */
const WINDOW = 1 << 20;

/**
 * The bytes of one column chunk in linear memory, each at its place in an area as long as the chunk: read when they are
 * first asked for, or where the source makes one wait, all of them before.
 */
export class ChunkBytes {
  readonly size: number;
  bytesRead = 0;
  /** Whether the source makes one wait; known after `begin`. */
  isRemote = false;
  readonly #memory: EngineMemory;
  readonly #source: ByteSource;
  readonly #offset: number;
  readonly #area: number;
  /** The bytes [low, high) of the chunk are there. */
  #low = 0;
  #high = 0;

  /** `offset` and `size` are of the chunk in the source. */
  constructor(memory: EngineMemory, areas: PageAreas, source: ByteSource, offset: number, size: number) {
    this.size = size;
    this.#memory = memory;
    this.#source = source;
    this.#offset = offset;
    this.#area = areas.allocate(Math.max(size, 1));
  }

  /** Reads the first bytes; from a source that makes one wait all of them. The memory must not grow meanwhile. */
  async begin(): Promise<void> {
    let got = this.#read(0, Math.min(this.size, WINDOW));
    this.isRemote = typeof got !== 'number';
    if (!this.isRemote) return this.#took(0, got as number);
    for (;;) {
      this.#took(this.#high, await got);
      if (this.#high === this.size) return;
      got = this.#read(this.#high, this.size);
    }
  }

  /** Gives where the byte `from` of the chunk stands; those before `to` are there too. */
  need(from: number, to: number): number {
    if (from < this.#low || from > this.#high) this.#low = this.#high = from;
    while (this.#high < to) {
      const rest = this.size - this.#high;
      const wanted = Math.max(to - this.#high, WINDOW);
      // A little more at once is cheaper than a read of its own.
      const got = this.#read(this.#high, rest < 2 * wanted ? this.size : this.#high + wanted);
      if (typeof got !== 'number') throw new SluiceError('internal', `${this.#source.name}: bytes come too late`);
      this.#took(this.#high, got);
    }
    return this.#area + from;
  }

  #read(from: number, to: number): number | Promise<number> {
    const target = this.#memory.u8.subarray(this.#area + from, this.#area + to);
    return this.#source.read(this.#offset + from, target);
  }

  #took(from: number, got: number): void {
    if (got <= 0 && this.size > 0)
      throw new SluiceError(
        'bad-data',
        `"${this.#source.name}": it ends at byte ${this.#offset + from} where ${this.size - from} more bytes are expected`,
      );
    this.#high = from + got;
    this.bytesRead += got;
  }
}
