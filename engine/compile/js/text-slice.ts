import { checkRange, FURTHEST } from '../../../query/characters.ts';

/** Whether the byte does not begin a character of UTF-8. */
const continues = (byte: number): boolean => (byte & 0xc0) === 0x80;

/** Number of characters. */
export function characterCount(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; i++) if (!continues(bytes[i] as number)) count++;
  return count;
}

/**
 * Finds parts of texts in bytes, as `query/characters.ts` does of strings: `start` and `end` are then where the part
 * is. Places count characters.
 */
export class TextSlice {
  start = 0;
  end = 0;

  suffix(bytes: Uint8Array, start: number, end: number, place: number): void {
    this.substring(bytes, start, end, place, FURTHEST);
  }

  substring(bytes: Uint8Array, start: number, end: number, place: number, length: number): void {
    checkRange(place);
    checkRange(length);
    const from = place < 0 ? characterCount(bytes, start, end) + place : place - 1;
    const to = from + length;
    this.#take(bytes, start, end, Math.max(0, Math.min(from, to)), Math.max(from, to));
  }

  left(bytes: Uint8Array, start: number, end: number, count: number): void {
    if (count < 0) this.#take(bytes, start, end, 0, characterCount(bytes, start, end) + count);
    else {
      checkRange(count);
      this.#take(bytes, start, end, 0, count);
    }
  }

  right(bytes: Uint8Array, start: number, end: number, count: number): void {
    const total = characterCount(bytes, start, end);
    this.#take(bytes, start, end, count < 0 ? -count : Math.max(0, total - count), total);
  }

  /** The characters from `from` up to before `to`. */
  #take(bytes: Uint8Array, start: number, end: number, from: number, to: number): void {
    this.start = offsetOf(bytes, start, end, to > from ? from : 0);
    this.end = to > from ? offsetOf(bytes, this.start, end, to - from) : this.start;
  }
}

/** Where the character that is `count` behind the one at `start` starts, or the end of the text. */
function offsetOf(bytes: Uint8Array, start: number, end: number, count: number): number {
  let at = start;
  for (let left = count; left > 0 && at < end; left--) {
    at++;
    while (at < end && continues(bytes[at] as number)) at++;
  }
  return at;
}
