import { SluiceError } from '../../../query/error.ts';
import type { CsvDialect, TextCoding } from '../../csv-format.ts';
import { type ByteSource, type ObjectDescription, UNKNOWN_SIZE } from '../../task.ts';
import { compressionOf, decompress } from './decompress.ts';
import { charsetOf, utf8OfUtf16 } from './utf-16.ts';

const READ_SIZE = 1 << 20;
/** Bytes of a text that show its charset. */
const HEAD_SIZE = 1 << 10;

/** Finds out how an object of text is coded; undefined: as UTF-8. Names decide nothing, the bytes do. */
export async function detectCoding(source: ByteSource): Promise<TextCoding | undefined> {
  const head = new Uint8Array(HEAD_SIZE);
  const compression = compressionOf(head.subarray(0, await source.read(0, head)));
  const text = compression ? new DecodedSource(source, { compression }) : source;
  try {
    const charset = charsetOf(head.subarray(0, await text.read(0, head)));
    return compression || charset ? { ...(compression && { compression }), ...(charset && { charset }) } : undefined;
  } finally {
    if (text !== source) text.close();
  }
}

/** The bytes that a reader of `format` reads: those of `source`, or where they are coded, of the text. */
export function textOf(source: ByteSource, format: ObjectDescription['format']): ByteSource {
  if ((format.kind !== 'csv' && format.kind !== 'ndjson') || !format.coding) return source;
  return new DecodedSource(source, format.coding, format.kind === 'csv' ? format.invalidUtf8 : 'error');
}

/**
 * An object of text as UTF-8: decompressed and converted while it is read, from its start to its end. `read` takes
 * offsets that only grow. Closing it leaves the object open.
 */
export class DecodedSource implements ByteSource {
  readonly size = UNKNOWN_SIZE;
  readonly name: string;
  /** Bytes of the object read so far. */
  bytesRead = 0;
  readonly #pieces: AsyncGenerator<Uint8Array, void, undefined>;
  /** Offset in the text behind what was read. */
  #offset = 0;
  /** The rest of the piece that was read last. */
  #rest: Uint8Array = new Uint8Array(0);
  #closed = false;

  constructor(source: ByteSource, coding: TextCoding, invalid: CsvDialect['invalidUtf8'] = 'error') {
    this.name = source.name;
    const object = this.#objectPieces(source);
    const text = coding.compression ? decompress(source, coding.compression, object) : object;
    this.#pieces = coding.charset ? utf8OfUtf16(source.name, text, coding.charset, invalid) : text;
  }

  async read(offset: number, target: Uint8Array): Promise<number> {
    if (offset < this.#offset)
      throw new SluiceError('internal', `${this.name}: byte ${offset} of the text was read already`);
    while (this.#offset < offset && (await this.#more())) this.#take(offset - this.#offset);
    let filled = 0;
    while (filled < target.length && (await this.#more())) {
      const piece = this.#take(target.length - filled);
      target.set(piece, filled);
      filled += piece.length;
    }
    return filled;
  }

  /** Stops the decoder; must not be called while a read is under way. */
  close(): void {
    // Decoders read ahead; the object may be closed next.
    this.#closed = true;
    void this.#pieces.return();
  }

  /** Whether there is more text, of which `#rest` then holds some. */
  async #more(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#pieces.next();
      if (done) return false;
      this.#rest = value;
    }
    return true;
  }

  #take(length: number): Uint8Array {
    const piece = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(piece.length);
    this.#offset += piece.length;
    return piece;
  }

  async *#objectPieces(source: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
    for (let offset = 0; offset < source.size && !this.#closed; ) {
      // Each its own memory: a decoder may still hold the one before.
      const piece = new Uint8Array(Math.min(READ_SIZE, source.size - offset));
      const count = await source.read(offset, piece);
      if (count === 0) return;
      offset += count;
      this.bytesRead += count;
      yield piece.subarray(0, count);
    }
  }
}
