import { SluiceError } from '../../../query/error.ts';
import type { ByteRange } from '../../formats/parquet/fetch-plan.ts';
import type { ByteSource } from '../../task.ts';
import type { EngineMemory } from './memory.ts';
import type { PageAreas } from './page-areas.ts';

/** Bytes that are read at once, so that what is never wanted is seldom read. */
const WINDOW = 1 << 20;
/** Areas, as pages of memory, begin at multiples of so many bytes. */
const LINE = 64;

/** What to read of a chunk: pieces ascending and apart, in bytes of the object. */
export interface ChunkPlace {
  readonly offset: number;
  readonly size: number;
  readonly pieces: readonly ByteRange[];
}

/**
 * The bytes of one column chunk in linear memory, each at its place in an area as long as the chunk: read when they are
 * first asked for, or where the source makes one wait, all pieces before.
 */
export class ChunkBytes {
  readonly size: number;
  bytesRead = 0;
  /** Whether the source makes one wait; known after `begin`. */
  isRemote = false;
  readonly #memory: EngineMemory;
  readonly #source: ByteSource;
  readonly #offset: number;
  /** In bytes of the chunk. */
  readonly #pieces: readonly ByteRange[];
  readonly #area: number;
  /** The bytes [low, high) of the chunk are there; all pieces, where the source makes one wait. */
  #low = 0;
  #high = 0;

  constructor(memory: EngineMemory, areas: PageAreas, source: ByteSource, { offset, size, pieces }: ChunkPlace) {
    this.size = size;
    this.#memory = memory;
    this.#source = source;
    this.#offset = offset;
    this.#pieces = pieces.map(({ start, end }) => ({ start: start - offset, end: end - offset }));
    // Copies out of the page cache are slow on some processors where the target lies a few bytes behind the source's place
    // in its page.
    const skew = offset % LINE;
    this.#area = areas.allocate(size + LINE) + skew;
  }

  /** Reads the first bytes; from a source that makes one wait all pieces. The memory must not grow meanwhile. */
  async begin(): Promise<void> {
    const [first, ...others] = this.#pieces;
    if (!first) return;
    const got = this.#read(first.start, Math.min(first.end, first.start + WINDOW));
    if (typeof got === 'number') {
      this.#low = first.start;
      this.#high = first.start + this.#took(first.start, got);
      return;
    }
    this.isRemote = true;
    await Promise.all([
      got.then((count) => this.#readRest(first.start + this.#took(first.start, count), first.end)),
      ...others.map(({ start, end }) => this.#readRest(start, end)),
    ]);
  }

  async #readRest(start: number, end: number): Promise<void> {
    for (let at = start; at < end; ) at += this.#took(at, await this.#read(at, end));
  }

  /** Where the piece ends that has the byte `from` of the chunk. */
  pieceEnd(from: number): number {
    return this.#pieces.find(({ start, end }) => start <= from && from < end)?.end ?? this.size;
  }

  /** Gives where the byte `from` of the chunk stands; those before `to` are there too. */
  need(from: number, to: number): number {
    if (this.isRemote) {
      if (this.#pieces.some(({ start, end }) => start <= from && to <= end)) return this.#area + from;
      throw new Error(`a page ends at byte ${this.#offset + to}, where its index says that another one is`);
    }
    if (from < this.#low || from > this.#high) this.#low = this.#high = from;
    while (this.#high < to) {
      const end = this.#pieces.find((piece) => this.#high < piece.end)?.end ?? to;
      const window = Math.max(to, this.#high + WINDOW);
      // A little more at once is cheaper than a read of its own.
      const until = end < window + WINDOW ? Math.max(to, end) : window;
      const got = this.#read(this.#high, until);
      if (typeof got !== 'number') throw new SluiceError('internal', `${this.#source.name}: bytes come too late`);
      this.#high += this.#took(this.#high, got);
    }
    return this.#area + from;
  }

  #read(from: number, to: number): number | Promise<number> {
    const target = this.#memory.u8.subarray(this.#area + from, this.#area + to);
    return this.#source.read(this.#offset + from, target);
  }

  #took(from: number, got: number): number {
    if (got <= 0 && this.size > 0)
      throw new SluiceError(
        'bad-data',
        `"${this.#source.name}": it ends at byte ${this.#offset + from} where ${this.size - from} more bytes are expected`,
      );
    this.bytesRead += got;
    return got;
  }
}
