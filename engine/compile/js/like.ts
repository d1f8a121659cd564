import { lowerCase } from '../../../query/letter-case.ts';
import { matchesIlike, matchesLike } from '../../../query/like-pattern.ts';
import { decodeText, encodeText } from './strings.ts';

/** Tells whether the text `bytes[start .. end)` matches. */
export type TextTest = (bytes: Uint8Array, start: number, end: number) => boolean;

const ANY_CHARACTER = -1;

/**
 * The test of a LIKE pattern over UTF-8 bytes, or of an ILIKE pattern (`folded`): % is any run, _ one character, and
 * `escaper`, where it is not empty, takes the meaning from the character behind it. Pieces between % are searched from
 * left to right, each where it first occurs, so that no input makes the test go back over an earlier piece.
 */
export function likeTest(pattern: string, escaper: string, folded: boolean): TextTest {
  const pieces = piecesOf(folded ? lowerCase(pattern) : pattern, escaper);
  if (!pieces) {
    // The escape that ends the pattern is an error only for texts that match up to there.
    const matches = folded ? matchesIlike : matchesLike;
    return (bytes, start, end) => matches(decodeText(bytes, start, end), pattern, escaper);
  }
  const test = testOfPieces(pieces);
  return folded ? inSmallLetters(test) : test;
}

/**
 * The bytes between %, or ANY_CHARACTER; the first piece is bound to the start of the text, the last to its end.
 * Undefined where an escape has nothing behind it.
 */
function piecesOf(pattern: string, escaper: string): Int16Array[] | undefined {
  const pieces: number[][] = [[]];
  const characters = Array.from(pattern);
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] as string;
    if (character === escaper) {
      const escaped = characters[++i];
      if (escaped === undefined) return undefined;
      pieces.at(-1)?.push(...encodeText(escaped));
    } else if (character === '%') pieces.push([]);
    else if (character === '_') pieces.at(-1)?.push(ANY_CHARACTER);
    else pieces.at(-1)?.push(...encodeText(character));
  }
  return pieces.map((piece) => Int16Array.from(piece));
}

function testOfPieces(pieces: readonly Int16Array[]): TextTest {
  const first = pieces[0] as Int16Array;
  const last = pieces.at(-1) as Int16Array;
  if (pieces.length === 1) return (bytes, start, end) => matchAt(bytes, start, end, first) === end;
  const middle = pieces.slice(1, -1).filter(({ length }) => length > 0);
  const [needle] = middle;
  if (needle && middle.length === 1 && first.length + last.length === 0)
    return needle.includes(ANY_CHARACTER)
      ? (bytes, start, end) => search(bytes, start, end, needle) >= 0
      : containsTest(Uint8Array.from(needle));
  return (bytes, start, end) => {
    let at = matchAt(bytes, start, end, first);
    if (at < 0) return false;
    for (const piece of middle) {
      at = search(bytes, at, end, piece);
      if (at < 0) return false;
    }
    return matchesEnd(bytes, at, end, last);
  };
}

function containsTest(needle: Uint8Array): TextTest {
  const first = needle[0] as number;
  const { length } = needle;
  return (bytes, start, end) => {
    const stop = end - length;
    for (let p = start; p <= stop; p++) {
      if (bytes[p] !== first) continue;
      let i = 1;
      while (i < length && bytes[p + i] === needle[i]) i++;
      if (i === length) return true;
    }
    return false;
  };
}

/** The test over the text in small letters: ASCII in place, other letters by Unicode's mappings. */
function inSmallLetters(test: TextTest): TextTest {
  let small = new Uint8Array(256);
  return (bytes, start, end) => {
    const length = end - start;
    if (length > small.length) small = new Uint8Array(2 * length);
    for (let i = 0; i < length; i++) {
      const byte = bytes[start + i] as number;
      if (byte >= 128) {
        const lowered = encodeText(lowerCase(decodeText(bytes, start, end)));
        return test(lowered, 0, lowered.length);
      }
      small[i] = byte >= 65 && byte <= 90 ? byte + 32 : byte;
    }
    return test(small, 0, length);
  };
}

/** Where the piece ends when it stands at `at`; -1 when it does not. */
function matchAt(bytes: Uint8Array, at: number, end: number, piece: Int16Array): number {
  let p = at;
  for (let i = 0; i < piece.length; i++) {
    if (p >= end) return -1;
    if (piece[i] === ANY_CHARACTER) {
      p++;
      while (p < end && isContinuation(bytes[p] as number)) p++;
    } else if (bytes[p++] !== piece[i]) return -1;
  }
  return p;
}

function search(bytes: Uint8Array, from: number, end: number, piece: Int16Array): number {
  const first = piece[0] as number;
  for (let p = from; p < end; p++) {
    if (first === ANY_CHARACTER ? isContinuation(bytes[p] as number) : bytes[p] !== first) continue;
    const stop = matchAt(bytes, p, end, piece);
    if (stop >= 0) return stop;
  }
  return -1;
}

/** Whether the piece ends exactly at `end`, starting no earlier than `from`; walks backwards. */
function matchesEnd(bytes: Uint8Array, from: number, end: number, piece: Int16Array): boolean {
  let p = end;
  for (let i = piece.length - 1; i >= 0; i--) {
    if (p <= from) return false;
    p--;
    if (piece[i] === ANY_CHARACTER) while (p > from && isContinuation(bytes[p] as number)) p--;
    else if (bytes[p] !== piece[i]) return false;
  }
  return true;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
