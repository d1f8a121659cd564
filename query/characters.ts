import { callFailure } from './call-failures.ts';

// Positions and lengths in texts count characters: Unicode code points.

/** Number of characters. */
export function characterCount(text: string): number {
  let pairs = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xd800) pairs++;
  return text.length - pairs;
}

/** The characters from `start` up to before `end`, counted from 0; places outside of the text hold none. */
export function characterSlice(text: string, start: number, end: number): string {
  if (end <= start || end <= 0) return '';
  const from = offsetOf(text, start, 0);
  return text.slice(from, offsetOf(text, end - Math.max(0, start), from));
}

/** Where the character that is `count` behind the one at `offset` starts, or the end of the text. */
function offsetOf(text: string, count: number, offset: number): number {
  let at = offset;
  for (let left = count; left > 0 && at < text.length; left--) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return at;
}

/** No place in a text is further from its start or its end. */
export const FURTHEST = 0xffff_ffff;

/** Throws `bad-value` for what can be no place. */
export function checkRange(value: number): void {
  if (value > FURTHEST || value < -FURTHEST - 1) throw callFailure('the input is out of the range of the function');
}

/**
 * `length` characters from the one at `start`, which counts from 1, or from the end where negative; with a negative
 * length those before `start`. Places outside of the text hold no characters.
 */
export function substring(text: string, start: bigint, length: bigint): string {
  checkRange(Number(start));
  checkRange(Number(length));
  const from = start < 0n ? characterCount(text) + Number(start) : Number(start) - 1;
  const to = from + Number(length);
  return characterSlice(text, Math.max(0, Math.min(from, to)), Math.max(from, to));
}

/** The first `count` characters, or all but the last `-count`. */
export function left(text: string, count: bigint): string {
  if (count < 0n) return characterSlice(text, 0, characterCount(text) + Number(count));
  checkRange(Number(count));
  return characterSlice(text, 0, Number(count));
}

/** The last `count` characters, or all but the first `-count`. */
export function right(text: string, count: bigint): string {
  const total = characterCount(text);
  const start = count < 0n ? -Number(count) : Math.max(0, total - Number(count));
  return characterSlice(text, start, total);
}

/** Where `part` first stands in the text, counted from 1; 0 when it does not. */
export function position(text: string, part: string): bigint {
  const at = text.indexOf(part);
  return at < 0 ? 0n : BigInt(characterCount(text.slice(0, at)) + 1);
}

const ASCII = /^[\0-\x7f]*$/;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The text backwards; what a reader sees as one character (a letter with its accents) stays together. */
export function reverse(text: string): string {
  const parts = ASCII.test(text) ? text.split('') : Array.from(graphemes.segment(text), ({ segment }) => segment);
  return parts.reverse().join('');
}

/** The text without the characters of a set at its start, its end or both. */
export function trim(text: string, set: ReadonlySet<string>, sides: 'both' | 'left' | 'right'): string {
  let start = 0;
  let end = text.length;
  for (let size = 1; sides !== 'right' && start < end; start += size) {
    size = text.codePointAt(start)! > 0xffff ? 2 : 1;
    if (!set.has(text.slice(start, start + size))) break;
  }
  for (let size = 1; sides !== 'left' && end > start; end -= size) {
    size = (text.charCodeAt(end - 1) & 0xfc00) === 0xdc00 ? 2 : 1;
    if (!set.has(text.slice(end - size, end))) break;
  }
  return text.slice(start, end);
}

/** What `trim` takes away when nothing is said: the spaces of Unicode, but neither tabs nor newlines. */
export const SPACES: ReadonlySet<string> = new Set(
  ' \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000',
);

/** The nth part of the text between separators, from the end where negative; empty when there is none. */
export function splitPart(text: string, separator: string, n: bigint): string {
  const parts = separator === '' ? Array.from(text) : text.split(separator);
  const index = n < 0n ? BigInt(parts.length) + n : n - 1n;
  return index < 0n ? '' : (parts[Number(index)] ?? '');
}

/** Each character that stands in `from` replaced by the one at the same place in `to`, or dropped. */
export function translate(text: string, from: string, to: string): string {
  const targets = Array.from(to);
  const mapping = new Map<string, string>();
  for (const [i, character] of Array.from(from).entries()) {
    if (!mapping.has(character)) mapping.set(character, targets[i] ?? '');
  }
  return Array.from(text, (character) => mapping.get(character) ?? character).join('');
}

/** No function makes a text of more bytes than this. */
const LONGEST = 2 ** 28;

/** Throws `bad-value` where a text of this many bytes (or UTF-16 units, which are fewer) may not be. */
export function checkTextLength(length: number | bigint): void {
  if (length > LONGEST) throw callFailure('the text would become too long');
}

/** The text `count` times; throws `bad-value` where it would become too long. */
export function repeat(text: string, count: bigint): string {
  if (count <= 0n || text === '') return '';
  checkTextLength(BigInt(Buffer.byteLength(text)) * count);
  return text.repeat(Number(count));
}

/** The text at a length: filled up with `padding` at one side, or cut at its right end. */
export function pad(text: string, length: number, padding: string, side: 'left' | 'right'): string {
  const total = characterCount(text);
  if (length <= total) return characterSlice(text, 0, length);
  if (padding === '') throw callFailure('the input is out of the range of the function');
  const missing = length - total;
  checkTextLength(Buffer.byteLength(text) + missing);
  const unit = characterCount(padding);
  checkTextLength(Buffer.byteLength(text) + Math.floor(missing / unit) * Buffer.byteLength(padding));
  const filling = padding.repeat(Math.floor(missing / unit)) + characterSlice(padding, 0, missing % unit);
  return side === 'left' ? filling + text : text + filling;
}

/** The character of a code point. Throws `bad-value` for numbers that have none. */
export function characterOf(code: number): string {
  if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    throw callFailure('the input is out of the range of the function');
  }
  return String.fromCodePoint(code);
}
