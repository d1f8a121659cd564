import { SluiceError } from '../../../query/error.ts';
import type { CsvDialect, TextCoding } from '../../csv-format.ts';

type Charset = NonNullable<TextCoding['charset']>;

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
  readonly #swapped: boolean;
  readonly #invalid: CsvDialect['invalidUtf8'];
  /** Bytes of a character that is not all there yet: half of a code unit, of a surrogate pair, or three quarters. */
  #carry: Uint8Array = new Uint8Array(0);
  /** Bytes and line ends of the text so far. */
  #offset = 0;
  #lineEnds = 0;

  constructor(object: string, charset: Charset, invalid: CsvDialect['invalidUtf8']) {
    this.#object = object;
    this.#swapped = charset === 'utf-16be';
    this.#invalid = invalid;
  }

  decode(piece: Uint8Array): Uint8Array {
    const bytes = Buffer.concat([this.#carry, piece]);
    let units = bytes.length >> 1;
    if (units > 0 && isHigh(this.#unitAt(bytes, units - 1))) units--;
    this.#carry = bytes.subarray(2 * units);
    return this.#convert(bytes.subarray(0, 2 * units));
  }

  finish(): Uint8Array {
    const units = this.#carry.length >> 1;
    const last = this.#convert(Buffer.from(this.#carry.subarray(0, 2 * units)));
    if (this.#carry.length === 2 * units) return last;
    if (this.#invalid === 'error') throw this.#bad(this.#offset, 'half of a code unit');
    return Buffer.concat([last, Buffer.from('\ufffd')]);
  }

  #convert(bytes: Buffer): Buffer {
    const text = (this.#swapped ? bytes.swap16() : bytes).toString('utf16le');
    // Node converts what is not well formed to U+FFFD.
    const converted = Buffer.from(text);
    if (this.#invalid === 'error' && !text.isWellFormed()) {
      const place = loneSurrogate(text);
      this.#countLines(Buffer.from(text.slice(0, place)));
      throw this.#bad(this.#offset + 2 * place, 'half of a surrogate pair');
    }
    this.#countLines(converted);
    this.#offset += bytes.length;
    return converted;
  }

  #unitAt(bytes: Buffer, index: number): number {
    return this.#swapped ? bytes.readUInt16BE(2 * index) : bytes.readUInt16LE(2 * index);
  }

  #countLines(text: Buffer): void {
    for (let at = text.indexOf(LF); at >= 0; at = text.indexOf(LF, at + 1)) this.#lineEnds++;
  }

  #bad(byte: number, what: string): SluiceError {
    const line = this.#lineEnds + 1;
    return new SluiceError('bad-data', `${this.#object}: line ${line}: ${what} of UTF-16, byte ${byte} of the text`);
  }
}

const isHigh = (unit: number) => (unit & 0xfc00) === 0xd800;
const isLow = (unit: number) => (unit & 0xfc00) === 0xdc00;

/** The place of the first half of a surrogate pair that stands alone; text that is well formed has none. */
function loneSurrogate(text: string): number {
  for (let i = 0; ; i++) {
    const unit = text.charCodeAt(i);
    if (isHigh(unit) && isLow(text.charCodeAt(i + 1))) i++;
    else if (isHigh(unit) || isLow(unit)) return i;
  }
}
