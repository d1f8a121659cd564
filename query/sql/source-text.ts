import type { Position } from '../error.ts';

/**
 * A query's text, with its places: DuckDB counts bytes of UTF-8 in nodes and code points in errors, we UTF-16 units.
 */
export class SourceText {
  readonly text: string;
  readonly #byteLength: number;

  constructor(text: string) {
    this.text = text;
    this.#byteLength = Buffer.byteLength(text);
  }

  /** The UTF-16 offset of a byte offset; undefined when it lies outside of the text. */
  fromBytes(bytes: number): number | undefined {
    if (!(bytes <= this.#byteLength)) return undefined;
    if (this.#byteLength === this.text.length) return bytes;
    let left = bytes;
    let offset = 0;
    for (const character of this.text) {
      if (left <= 0) break;
      left -= Buffer.byteLength(character);
      offset += character.length;
    }
    return offset;
  }

  fromCodePoints(count: number): number {
    let left = count;
    let offset = 0;
    for (const character of this.text) {
      if (left-- <= 0) break;
      offset += character.length;
    }
    return offset;
  }

  position(offset: number): Position {
    return { text: this.text, offset };
  }
}
