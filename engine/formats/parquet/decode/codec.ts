import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { compressors } from 'hyparquet-compressors';
import { CODECS } from '../metadata.ts';

/**
 * Decompresses a page to exactly `size` bytes. gzip, brotli and zstd are Node's own; the rest are those that a user of
 * hyparquet would take. Throws a plain Error on damaged bytes, or on a codec that nobody here knows (LZO).
 */
export function decompress(codec: number, bytes: Uint8Array, size: number): Uint8Array {
  const page = decompressAny(codec, bytes, size);
  if (page.length !== size) throw new Error(`a page has ${page.length} bytes where ${size} are expected`);
  // Not a Buffer, whose slice() is no copy.
  return new Uint8Array(page.buffer, page.byteOffset, page.length);
}

function decompressAny(codec: number, bytes: Uint8Array, size: number): Uint8Array {
  const name = CODECS[codec];
  if (name === 'UNCOMPRESSED') return bytes;
  if (size === 0) return new Uint8Array(0);
  // A bomb stops at the announced size, plus one byte to notice it.
  const limit = { maxOutputLength: size + 1 };
  switch (name) {
    case 'GZIP':
      return gunzipSync(bytes, limit);
    case 'BROTLI':
      return brotliDecompressSync(bytes, limit);
    case 'ZSTD':
      return zstdDecompressSync(bytes, limit);
    case 'SNAPPY':
    case 'LZ4':
    case 'LZ4_RAW': {
      const page = compressors[name]?.(bytes, size);
      if (page) return page;
    }
  }
  throw new Error(`unknown codec ${name ?? codec}`);
}
