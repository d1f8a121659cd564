import { CODECS } from '../../formats/parquet/metadata.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import { NativeDecompressor } from './native-decompressor.ts';
import { UnreadableFeature } from './unreadable-feature.ts';

/** Decompresses pages within linear memory. */
export class PageCodec {
  readonly #memory: EngineMemory;
  readonly #kernels: Kernels;
  readonly #native = {
    GZIP: new NativeDecompressor('GZIP'),
    BROTLI: new NativeDecompressor('BROTLI'),
    ZSTD: new NativeDecompressor('ZSTD'),
  };

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
    const name = CODECS[codec];
    if (unpacked === 0 && name !== 'UNCOMPRESSED') return;
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
      case 'BROTLI':
      case 'ZSTD': {
        // A bomb stops at the announced size, plus one byte to notice it.
        const length = this.#native[name].decompress(u8, address, size, target, unpacked + 1);
        if (length !== unpacked)
          throw new Error(`the ${name} bytes of a page make ${length} bytes where ${unpacked} are expected`);
        return;
      }
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
