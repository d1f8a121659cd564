import { pipeline, Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { SluiceError } from '../../../query/error.ts';
import type { TextCoding } from '../../csv-format.ts';
import type { ByteSource } from '../../task.ts';

type Compression = NonNullable<TextCoding['compression']>;

/** Compressed bytes given to the decoder at a time; an error is known to lie within so many. */
const WRITE_SIZE = 64 * 1024;
/** Bytes that the decoder gives at a time. */
const chunkSize = 256 * 1024;

const OPEN = { gzip: () => createGunzip({ chunkSize }), zstd: () => createZstdDecompress({ chunkSize }) } as const;

/** The compression that an object begins with, by the magic numbers of RFC 1952 and RFC 8878. */
export function compressionOf(head: Uint8Array): Compression | undefined {
  const [a = 0, b, c, d] = head;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  // A frame that decoders skip may come first.
  if (a >> 4 === 0x5 && b === 0x2a && c === 0x4d && d === 0x18) return 'zstd';
  return undefined;
}

/**
 * Decompresses an object of one or more gzip members or zstd frames, piece by piece: no more is held than a few pieces,
 * however much an object expands. `compressed` are the bytes of `source` from its start.
 * Throws `bad-data` with the place in the object where its data is damaged, ends too early or is followed by others.
 */
export async function* decompress(
  source: ByteSource,
  compression: Compression,
  compressed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = OPEN[compression]();
  // Its errors come out of the iteration.
  pipeline(Readable.from(cut(compressed), { highWaterMark: 1 }), decoder, () => {});
  try {
    for await (const piece of decoder) yield piece;
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const what =
      code === 'Z_BUF_ERROR'
        ? `ends within its ${compression} data, after ${source.size} bytes`
        : `its ${compression} data is damaged near byte ${decoder.bytesWritten} of ${source.size}: ${message}`;
    throw new SluiceError('bad-data', `${source.name}: ${what}`);
  }
  await refuseMore(source, compression, decoder.bytesWritten);
}

async function* cut(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of pieces)
    for (let at = 0; at < piece.length; at += WRITE_SIZE) yield piece.subarray(at, at + WRITE_SIZE);
}

/** Zeros may follow, as tapes and block devices pad; the decoder ignores whatever else does. */
async function refuseMore(source: ByteSource, compression: Compression, end: number): Promise<void> {
  const rest = new Uint8Array(Math.min(WRITE_SIZE, source.size - end));
  for (let offset = end; offset < source.size; ) {
    const count = await source.read(offset, rest);
    const other = rest.subarray(0, count).findIndex((byte) => byte !== 0);
    if (other >= 0)
      throw new SluiceError(
        'bad-data',
        `${source.name}: its ${compression} data ends before byte ${offset + other} of ${source.size}, where other data follows`,
      );
    offset += count;
  }
}
