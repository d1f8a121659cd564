// What Buffer's toString and write call: these take any Uint8Array, so that no Buffer has to be made around each text.
// Node does not document them; it is pinned, and every test of text would tell.
const { latin1Slice, utf8Slice, utf8Write } = Buffer.prototype as unknown as Record<
  'latin1Slice' | 'utf8Slice',
  (this: Uint8Array, start: number, end: number) => string
> & { utf8Write(this: Uint8Array, text: string, at: number, length: number): number };
const encoder = new TextEncoder();

/** Strings of at most so many units are written by a loop: a call into the runtime costs more. */
const SHORT = 24;

/** UTF-8 bytes as a string. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  let high = 0;
  for (let i = start; i < end; i++) high |= bytes[i] as number;
  if (high >= 128) return utf8Slice.call(bytes, start, end);
  return latin1Slice.call(bytes, start, end);
}

/** The UTF-8 bytes of a string. */
export function encodeText(text: string): Uint8Array {
  const { length } = text;
  if (length > SHORT) return encoder.encode(text);
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 128) return encoder.encode(text);
    bytes[i] = unit;
  }
  return bytes;
}

/**
 * Writes the UTF-8 bytes of a string into `target` from `at` on, where there must be room for three bytes a unit;
 * gives how many.
 */
export function encodeInto(text: string, target: Uint8Array, at: number): number {
  const { length } = text;
  if (length <= SHORT) {
    let i = 0;
    for (; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 128) break;
      target[at + i] = unit;
    }
    if (i === length) return length;
  }
  return utf8Write.call(target, text, at, target.length - at);
}
