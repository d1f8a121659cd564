import { decodeText, encodeInto } from './strings.ts';

/** Bytes of one computed text, valid until the next is written: each place in generated code has its own. */
export class TextRoom {
  bytes = new Uint8Array(64);

  /** Writes a string from 0 on; gives its length in bytes. */
  write(text: string): number {
    this.reserve(3 * text.length);
    return encodeInto(text, this.bytes, 0);
  }

  /** Makes room for so many bytes; what was written is lost. */
  reserve(length: number): void {
    if (length > this.bytes.length) this.bytes = new Uint8Array(2 * length);
  }
}

/** Letter case of texts in bytes: ASCII by a table, other texts by a function of strings. */
export class CaseChange {
  readonly #ofByte: Uint8Array;
  readonly #ofString: (text: string) => string;

  constructor(ofString: (text: string) => string) {
    this.#ofString = ofString;
    const ofCode = (code: number) => ofString(String.fromCharCode(code)).charCodeAt(0);
    this.#ofByte = Uint8Array.from({ length: 256 }, (_, code) => (code < 128 ? ofCode(code) : code));
  }

  /** Writes the changed text into the room; gives its length in bytes. */
  write(room: TextRoom, bytes: Uint8Array, start: number, end: number): number {
    const ofByte = this.#ofByte;
    const length = end - start;
    room.reserve(length);
    const target = room.bytes;
    let high = 0;
    for (let i = 0; i < length; i++) {
      const byte = bytes[start + i] as number;
      high |= byte;
      target[i] = ofByte[byte] as number;
    }
    return high < 128 ? length : room.write(this.#ofString(decodeText(bytes, start, end)));
  }
}
