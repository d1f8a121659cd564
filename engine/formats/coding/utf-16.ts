import { SluiceError } from '../../../query/error.ts';
import type { CsvDialect, TextCoding } from '../../csv-format.ts';

type Charset = NonNullable<TextCoding['charset']>;

const REPLACEMENT = 0xfffd;
const LF = 10;

/**
 * The charset of a text other than UTF-8, by its byte order mark; or by its zeros where each byte of one parity is
 * mostly zero, and no byte of the other is, as in UTF-16 of mostly Latin letters.
 */
export function charsetOf(head: Uint8Array): Charset | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const zeros = [0, 0];
  for (let i = 0; i < head.length; i++) if (head[i] === 0) zeros[i & 1]!++;
  const [even, odd] = zeros as [number, number];
  if (even === 0 && odd > head.length / 4) return 'utf-16le';
  if (odd === 0 && even > head.length / 4) return 'utf-16be';
  return undefined;
}

/**
 * Converts UTF-16 to UTF-8, piece by piece; a byte order mark stays one. Half of a surrogate pair, or of a code unit,
 * is U+FFFD or, by `invalid`, `bad-data` with its line and byte.
 */
export async function* utf8OfUtf16(
  object: string,
  pieces: AsyncIterable<Uint8Array>,
  charset: Charset,
  invalid: CsvDialect['invalidUtf8'],
): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = new Utf16Decoder(object, charset, invalid);
  for await (const piece of pieces) yield decoder.decode(piece);
  yield decoder.finish();
}

class Utf16Decoder {
  readonly #object: string;
  readonly #lowFirst: boolean;
  readonly #replace: boolean;
  /** The first byte of a code unit whose second one is not there yet. */
  #half: number | undefined;
  /** The first half of a surrogate pair whose second one is not there yet; or 0. */
  #high = 0;
  /** Bytes and line ends of the text so far. */
  #offset = 0;
  #lineEnds = 0;
  #target = new Uint8Array(0);
  #length = 0;

  constructor(object: string, charset: Charset, invalid: CsvDialect['invalidUtf8']) {
    this.#object = object;
    this.#lowFirst = charset === 'utf-16le';
    this.#replace = invalid === 'replace';
  }

  decode(piece: Uint8Array): Uint8Array {
    this.#begin(piece.length);
    const shiftFirst = this.#lowFirst ? 0 : 8;
    let i = 0;
    if (this.#half !== undefined && piece.length > 0) {
      this.#unit((this.#half << shiftFirst) | (piece[i++]! << (8 - shiftFirst)));
      this.#half = undefined;
    }
    for (; i + 1 < piece.length; i += 2) this.#unit((piece[i]! << shiftFirst) | (piece[i + 1]! << (8 - shiftFirst)));
    if (i < piece.length) this.#half = piece[i];
    return this.#target.subarray(0, this.#length);
  }

  finish(): Uint8Array {
    this.#begin(0);
    if (this.#high !== 0) this.#invalid(this.#offset - 2, 'half of a surrogate pair');
    if (this.#half !== undefined) this.#invalid(this.#offset, 'half of a code unit');
    return this.#target.subarray(0, this.#length);
  }

  /** Room for three bytes a code unit, those of the piece before included; given pieces are not written to again. */
  #begin(bytes: number): void {
    this.#target = new Uint8Array(3 * (bytes >> 1) + 12);
    this.#length = 0;
  }

  #unit(unit: number): void {
    const kind = unit & 0xfc00;
    if (this.#high !== 0) {
      const high = this.#high;
      this.#high = 0;
      if (kind === 0xdc00) this.#put(0x10000 + ((high & 0x3ff) << 10) + (unit & 0x3ff));
      else this.#invalid(this.#offset - 2, 'half of a surrogate pair');
    } else if (kind === 0xdc00) this.#invalid(this.#offset, 'half of a surrogate pair');
    if (kind === 0xd800) this.#high = unit;
    else if (kind !== 0xdc00) this.#put(unit);
    this.#offset += 2;
  }

  #put(point: number): void {
    const target = this.#target;
    if (point < 0x80) {
      target[this.#length++] = point;
      if (point === LF) this.#lineEnds++;
    } else if (point < 0x800) {
      target[this.#length++] = 0xc0 | (point >> 6);
      target[this.#length++] = 0x80 | (point & 0x3f);
    } else if (point < 0x10000) {
      target[this.#length++] = 0xe0 | (point >> 12);
      target[this.#length++] = 0x80 | ((point >> 6) & 0x3f);
      target[this.#length++] = 0x80 | (point & 0x3f);
    } else {
      target[this.#length++] = 0xf0 | (point >> 18);
      target[this.#length++] = 0x80 | ((point >> 12) & 0x3f);
      target[this.#length++] = 0x80 | ((point >> 6) & 0x3f);
      target[this.#length++] = 0x80 | (point & 0x3f);
    }
  }

  #invalid(byte: number, what: string): void {
    if (!this.#replace)
      throw new SluiceError(
        'bad-data',
        `${this.#object}: line ${this.#lineEnds + 1}: ${what} of UTF-16, byte ${byte} of the text`,
      );
    this.#put(REPLACEMENT);
  }
}
