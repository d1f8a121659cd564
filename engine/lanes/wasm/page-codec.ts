import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { compressors } from 'hyparquet-compressors';
import { CODECS } from '../../formats/parquet/metadata.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import { UnreadableFeature } from './unreadable-feature.ts';

/** Decompresses pages within linear memory. */
export class PageCodec {
  readonly #memory: EngineMemory;
  readonly #kernels: Kernels;

  constructor(memory: EngineMemory, kernels: Kernels) {
    this.#memory = memory;
    this.#kernels = kernels;
  }

  /**
   * Fills exactly `unpacked` bytes at `target` from `size` bytes at `address`; `codec` is a number of CODECS. Reads and
   * writes up to 64 bytes behind both. Throws a plain Error on damage, UnreadableFeature for a codec that is not known.
   */
  decompress(codec: number, address: number, size: number, target: number, unpacked: number): void {
    const { u8 } = this.#memory;
    const bytes = u8.subarray(address, address + size);
    const name = CODECS[codec];
    if (unpacked === 0 && name !== 'UNCOMPRESSED') return;
    // A bomb stops at the announced size, plus one byte to notice it.
    const limit = { maxOutputLength: unpacked + 1 };
    switch (name) {
      case 'UNCOMPRESSED':
        if (size !== unpacked) throw new Error(`a page has ${size} bytes where ${unpacked} are expected`);
        u8.copyWithin(target, address, address + size);
        return;
      case 'SNAPPY':
        if (!this.#kernels.snappyDecompress(address, address + size, target, unpacked)) throw damaged(name, unpacked);
        return;
      case 'GZIP':
        place(gunzipSync(bytes, limit), u8, target, unpacked);
        return;
      case 'BROTLI':
        place(brotliDecompressSync(bytes, limit), u8, target, unpacked);
        return;
      case 'ZSTD':
        place(zstdDecompressSync(bytes, limit), u8, target, unpacked);
        return;
      case 'LZ4':
      case 'LZ4_RAW':
        place(compressors[name]!(bytes, unpacked), u8, target, unpacked);
        return;
      default:
        throw new UnreadableFeature(`codec ${name ?? codec}`);
    }
  }
}

function place(page: Uint8Array, memory: Uint8Array, target: number, unpacked: number): void {
  if (page.length !== unpacked) throw new Error(`a page has ${page.length} bytes where ${unpacked} are expected`);
  memory.set(page, target);
}

function damaged(codec: string, unpacked: number): Error {
  return new Error(`the ${codec} bytes of a page are damaged, or are not of ${unpacked} bytes`);
}
