import type { EngineMemory } from './memory.ts';

const SMALLEST = 64;

/** Areas of linear memory whose sizes are powers of two; an area that is given back serves the next of its size. */
export class AreaPool {
  readonly memory: EngineMemory;
  #free = new Map<number, number[]>();
  #bytes = 0;

  constructor(memory: EngineMemory) {
    this.memory = memory;
  }

  /** Bytes of all areas that are in use. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The size of the area that `take(bytes)` gives. */
  static sizeFor(bytes: number): number {
    return Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(bytes)));
  }

  /** The address of an area of `sizeFor(bytes)` bytes, not cleared. */
  take(bytes: number): number {
    const size = AreaPool.sizeFor(bytes);
    this.#bytes += size;
    return this.#free.get(size)?.pop() ?? this.memory.allocate(size);
  }

  /** As `take`, filled with zeros. */
  takeCleared(bytes: number): number {
    const size = AreaPool.sizeFor(bytes);
    this.#bytes += size;
    const used = this.#free.get(size)?.pop();
    if (used === undefined) return this.memory.allocateCleared(size);
    this.memory.u8.fill(0, used, used + size);
    return used;
  }

  giveBack(address: number, bytes: number): void {
    this.#bytes -= bytes;
    const free = this.#free.get(bytes);
    if (free) free.push(address);
    else this.#free.set(bytes, [address]);
  }
}

/** A zeroed area that can be replaced by a larger one. */
export class GrowingArea {
  address: number;
  bytes: number;
  #pool: AreaPool;

  constructor(pool: AreaPool, bytes: number) {
    this.#pool = pool;
    this.bytes = AreaPool.sizeFor(bytes);
    this.address = pool.takeCleared(bytes);
  }

  /** Makes room for `bytes`: contents stay, new bytes are zero. */
  grow(bytes: number): void {
    if (bytes <= this.bytes) return;
    const { address, bytes: held } = this;
    this.replace(bytes, () => {
      this.#pool.memory.u8.copyWithin(this.address, address, address + held);
    });
  }

  /** Takes a larger, zeroed area; `move` is called with the address of the old one, which is given back then. */
  replace(bytes: number, move: (old: number) => void): void {
    const { address: old, bytes: held } = this;
    this.bytes = AreaPool.sizeFor(bytes);
    this.address = this.#pool.takeCleared(bytes);
    move(old);
    this.#pool.giveBack(old, held);
  }

  clear(): void {
    this.#pool.memory.u8.fill(0, this.address, this.address + this.bytes);
  }

  /** Gives the area back; it must not be used any more. */
  close(): void {
    this.#pool.giveBack(this.address, this.bytes);
  }
}

/** Blocks for text that kernels copy; `cell` is the address of the u32 that holds the next free byte. */
export class TextArena {
  readonly cell: number;
  end!: number;
  #pool: AreaPool;
  #blocks: { readonly address: number; readonly bytes: number }[] = [];

  constructor(pool: AreaPool) {
    this.#pool = pool;
    this.cell = pool.memory.allocateCleared(4);
    this.clear();
  }

  /** Starts a new block with room for a text of `bytes`; texts in earlier blocks stay where they are. */
  extend(bytes: number): void {
    const next = Math.min(2 * (this.#blocks.at(-1)?.bytes ?? 1 << 14), 1 << 24);
    const size = AreaPool.sizeFor(Math.max(bytes, next));
    this.#startAt({ address: this.#pool.take(size), bytes: size });
  }

  /** Forgets all texts. */
  clear(): void {
    for (const { address, bytes } of this.#blocks) this.#pool.giveBack(address, bytes);
    this.#blocks = [];
    // An empty text fits even here, and its address must not be 0.
    this.#pool.memory.u32[this.cell >> 2] = this.cell;
    this.end = this.cell;
  }

  #startAt(block: { readonly address: number; readonly bytes: number }): void {
    this.#blocks.push(block);
    this.#pool.memory.u32[this.cell >> 2] = block.address;
    this.end = block.address + block.bytes;
  }
}
