import { SluiceError } from '../../../query/error.ts';

const PAGE = 65536;
/** Addresses stay below 2 GiB, because field starts use the 32nd bit as a mark. */
const MAXIMUM_BYTES = 2 ** 31 - PAGE;
/** Bytes that SIMD loads may touch behind any area. */
const PADDING = 128;
/** The lowest bytes belong to the kernels: tables that come with their module. */
export const KERNEL_TABLES_END = 48 * 1024;

/**
 * The lane's linear memory, given out from the bottom up. `release` gives back all that came after a mark, so that one
 * plan finds its areas at the same addresses in each of its tasks. Views are remade after growth: never keep one
 * across a call that may allocate.
 */
export class EngineMemory {
  readonly memory: WebAssembly.Memory;
  #top = KERNEL_TABLES_END;
  /** What is above has never been given out, and so holds zeros. */
  #highest = KERNEL_TABLES_END;
  /** Bytes that it can have. */
  readonly maximum: number;
  #u8: Uint8Array<ArrayBuffer>;
  #u32: Uint32Array<ArrayBuffer>;
  #i64: BigInt64Array<ArrayBuffer>;

  /** Grows to `maximum` bytes, or somewhat less, and never beyond 2 GiB. */
  constructor(maximum: number = MAXIMUM_BYTES) {
    const pages = Math.max(1, Math.floor(Math.min(maximum, MAXIMUM_BYTES) / PAGE));
    this.maximum = pages * PAGE;
    this.memory = new WebAssembly.Memory({ initial: 1, maximum: pages });
    this.#u8 = new Uint8Array(this.memory.buffer);
    this.#u32 = new Uint32Array(this.memory.buffer);
    this.#i64 = new BigInt64Array(this.memory.buffer);
  }

  /** An area of `bytes`, aligned to 64, not cleared. Throws `bad-value` when the memory's bound is reached. */
  allocate(bytes: number): number {
    const address = this.#top;
    const top = Math.ceil((address + bytes + PADDING) / 64) * 64;
    const missing = top - this.memory.buffer.byteLength;
    if (top > this.maximum) throw memoryBound(this.maximum);
    if (missing > 0) {
      try {
        this.memory.grow(Math.ceil(missing / PAGE));
      } catch {
        throw memoryBound(this.maximum);
      }
    }
    this.#top = top;
    this.#highest = Math.max(this.#highest, top);
    return address;
  }

  /** As `allocate`, filled with zeros. New memory has them already: filling it would only make pages of it. */
  allocateCleared(bytes: number): number {
    const used = this.#highest;
    const address = this.allocate(bytes);
    if (address < used) this.u8.fill(0, address, Math.min(used, address + bytes));
    return address;
  }

  mark(): number {
    return this.#top;
  }

  release(mark: number): void {
    this.#top = mark;
  }

  // Growth detaches the buffer, which leaves its views without a length: quicker to see than that the buffer is another.

  get u8(): Uint8Array<ArrayBuffer> {
    if (this.#u8.length === 0) this.#u8 = new Uint8Array(this.memory.buffer);
    return this.#u8;
  }

  get u32(): Uint32Array<ArrayBuffer> {
    if (this.#u32.length === 0) this.#u32 = new Uint32Array(this.memory.buffer);
    return this.#u32;
  }

  get i64(): BigInt64Array<ArrayBuffer> {
    if (this.#i64.length === 0) this.#i64 = new BigInt64Array(this.memory.buffer);
    return this.#i64;
  }

  get f64(): Float64Array<ArrayBuffer> {
    return new Float64Array(this.memory.buffer);
  }

  get i32(): Int32Array<ArrayBuffer> {
    return new Int32Array(this.memory.buffer);
  }
}

function memoryBound(bytes: number): SluiceError {
  const isLargest = bytes > MAXIMUM_BYTES - PAGE;
  const bound = isLargest ? '2 GiB' : `${Math.floor(bytes / 2 ** 20)} MiB`;
  const help = isLargest ? 'fewer columns or groups' : 'fewer columns or groups, or a node with more --memory,';
  return new SluiceError('bad-value', `the query needs more than ${bound} of memory in one worker; ${help} would help`);
}
