import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
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
      case 'LZ4':
      case 'LZ4_RAW':
        if (!this.#decompressByKernel(name, address, address + size, target, unpacked))
          throw new Error(`the ${name} bytes of a page are damaged, or are not of ${unpacked} bytes`);
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
      default:
        throw new UnreadableFeature(`codec ${name ?? codec}`);
    }
  }

  /** Whether the bytes are whole and of that size. */
  #decompressByKernel(name: 'SNAPPY' | 'LZ4' | 'LZ4_RAW', ...place: [number, number, number, number]): boolean {
    const { snappyDecompress, lz4Decompress, lz4HadoopDecompress } = this.#kernels;
    if (name === 'SNAPPY') return snappyDecompress(...place) === 1;
    // Some writers leave out the frames that go with the older name.
    return (name === 'LZ4' && lz4HadoopDecompress(...place) === 1) || lz4Decompress(...place) === 1;
  }
}

function place(page: Uint8Array, memory: Uint8Array, target: number, unpacked: number): void {
  if (page.length !== unpacked) throw new Error(`a page has ${page.length} bytes where ${unpacked} are expected`);
  memory.set(page, target);
}
