import {
  brotliDecompressSync,
  constants,
  createBrotliDecompress,
  createGunzip,
  createZstdDecompress,
  gunzipSync,
  zstdDecompressSync,
} from 'node:zlib';

/** What stands below the streams of node:zlib. It is not documented, so `handleOf` looks whether it is there. */
interface Handle {
  reset(): void;
  writeSync(
    flush: number,
    input: Uint8Array,
    inputAt: number,
    inputLength: number,
    output: Uint8Array,
    outputAt: number,
    outputLength: number,
  ): void;
  onerror(message: string): void;
}
interface OpenStream {
  readonly handle: Handle;
  /** Bytes of the output and of the input that the last call left. */
  readonly left: Uint32Array;
}

const FORMATS = {
  GZIP: { open: createGunzip, decompress: gunzipSync, finish: constants.Z_FINISH },
  BROTLI: {
    open: createBrotliDecompress,
    decompress: brotliDecompressSync,
    finish: constants.BROTLI_OPERATION_FINISH,
  },
  ZSTD: { open: createZstdDecompress, decompress: zstdDecompressSync, finish: constants.ZSTD_e_end },
};

/**
 * Decompresses by Node's own libraries, one page after the other by the same stream, from linear memory to linear
 * memory: the functions that node:zlib documents make a stream and a buffer a page, which takes 15 µs, and as long as
 * the decompression itself where pages are not much smaller than their values.
 */
export class NativeDecompressor {
  readonly #format: (typeof FORMATS)[keyof typeof FORMATS];
  /** null: Node does not let it be used. */
  #stream: OpenStream | null | undefined;

  constructor(name: keyof typeof FORMATS) {
    this.#format = FORMATS[name];
  }

  /**
   * Decompresses `size` bytes of `memory` at `address` to `target`, `most` bytes at the most; gives how many it wrote.
   * Throws an Error on damage.
   */
  decompress(memory: Uint8Array, address: number, size: number, target: number, most: number): number {
    const { open, decompress, finish } = this.#format;
    if (this.#stream === undefined) this.#stream = handleOf(open());
    if (!this.#stream) {
      const page = decompress(memory.subarray(address, address + size), { maxOutputLength: most });
      memory.set(page, target);
      return page.length;
    }
    const { handle, left } = this.#stream;
    let failure: string | undefined;
    handle.onerror = (message) => {
      failure = message;
    };
    handle.reset();
    handle.writeSync(finish, memory, address, size, memory, target, most);
    if (failure !== undefined) {
      // Not every stream can be used again after an error.
      this.#stream = undefined;
      throw new Error(failure);
    }
    return most - left[0]!;
  }
}

function handleOf(stream: object): OpenStream | null {
  const { _handle: handle, _writeState: left } = stream as { _handle?: Partial<Handle>; _writeState?: unknown };
  if (typeof handle?.writeSync !== 'function' || typeof handle.reset !== 'function') return null;
  return left instanceof Uint32Array ? { handle: handle as Handle, left } : null;
}
