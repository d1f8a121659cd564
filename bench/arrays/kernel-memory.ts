import { type ArrayKernel, type Arrays, arrayAt, bytesOf } from './kernels/array-kernel.ts';

/** Bytes of a page. The first one is left alone, so that no array is at the address 0. */
const PAGE = 65536;
/** 4 GiB: as much as addresses of 32 bits reach. */
const MOST_PAGES = 65536;

export type MemoryKind = 'plain' | 'memory64' | 'shared';

/** The arrays of one call in a linear memory, with their addresses in bytes. */
export interface HeldArrays extends Arrays {
  readonly addresses: { readonly first: number; readonly second: number; readonly out: number };
  /** The results of all parts, with their addresses, if the call is done in parts; `out` is the first. */
  readonly parts: readonly { readonly out: Arrays['out']; readonly address: number }[];
}

/** A linear memory that holds the arrays of one kernel at a time, and grows as they need. */
export class KernelMemory {
  readonly kind: MemoryKind;
  readonly memory: WebAssembly.Memory;

  constructor(kind: MemoryKind) {
    this.kind = kind;
    const limits = { initial: this.#pages(1), maximum: this.#pages(MOST_PAGES), shared: kind === 'shared' };
    const descriptor = kind === 'memory64' ? { ...limits, address: 'i64' } : limits;
    this.memory = new WebAssembly.Memory(descriptor as WebAssembly.MemoryDescriptor);
  }

  /**
   * Room for the arrays, with what stood there before. Arrays of an earlier call may no longer be used.
   * @param count Of results, each on pages of its own, for as many callers at once.
   */
  hold(kernel: ArrayKernel, n: number, count = 1): HeldArrays {
    const { first, second, out } = kernel;
    const afterFirst = PAGE + toPages(bytesOf(first, n));
    const afterSecond = afterFirst + toPages(bytesOf(second.type, second.length(n)));
    const outBytes = toPages(bytesOf(out.type, out.room(n)));
    const end = afterSecond + count * outBytes;
    const missing = (end - this.memory.buffer.byteLength) / PAGE;
    if (missing > 0) this.memory.grow(this.#pages(missing));
    const { buffer } = this.memory;
    const parts = Array.from({ length: count }, (_, i) => {
      const address = afterSecond + i * outBytes;
      return { address, out: arrayAt(out.type, buffer, address, out.room(n)) };
    });
    return {
      n,
      first: arrayAt(first, buffer, PAGE, n),
      second: arrayAt(second.type, buffer, afterFirst, second.length(n)),
      out: parts[0]!.out,
      addresses: { first: PAGE, second: afterFirst, out: afterSecond },
      parts,
    };
  }

  /** Sizes of memories with 64-bit addresses are BigInts, which TypeScript's library does not know yet. */
  #pages(count: number): number {
    return this.kind === 'memory64' ? (BigInt(count) as unknown as number) : count;
  }
}

function toPages(bytes: number): number {
  return Math.ceil(bytes / PAGE) * PAGE;
}
