// Library functions of text: see query/text-functions.ts for what each means, call-state.ts for how they are called.
import { fail, giveBack, INPUT_OUT_OF_RANGE, takeText, TEXT_TOO_LONG, textAt } from './call-state';
import {
  characterLength,
  codePointAt,
  countCharacters,
  equalBytes,
  findBytes,
  previousCharacter,
  skipCharacters,
  startsCharacter,
  writeCodePoint,
} from './utf8';

/** No function makes a text of more bytes than this. */
const LONGEST: u64 = 1 << 28;
const FURTHEST: i64 = 0xffff_ffff;

const EMPTY: i64 = 0;

/** The text between two addresses. */
// @ts-ignore: decorator
@inline
function between(start: usize, end: usize): i64 {
  return end > start ? textAt(start, <u32>(end - start)) : EMPTY;
}

// @ts-ignore: decorator
@inline
function tooLong(state: usize, bytes: u64): bool {
  if (bytes <= LONGEST) return false;
  fail(state, TEXT_TOO_LONG);
  return true;
}

export function characterCountUtf8(text: usize, length: u32, state: usize): i64 {
  return <i64>countCharacters(text, text + length);
}

export function byteCountUtf8(text: usize, length: u32, state: usize): i64 {
  return <i64>length;
}

/** The characters from `start` up to before `end`, counted from 0; both may lie outside of the text. */
function slice(text: usize, length: u32, start: i64, end: i64): i64 {
  if (end <= start || end <= 0) return EMPTY;
  if (start < 0) start = 0;
  const textEnd = text + length;
  const from = skipCharacters(text, textEnd, start);
  return between(from, skipCharacters(from, textEnd, end - start));
}

// @ts-ignore: decorator
@inline
function inRange(value: i64): bool {
  return value <= FURTHEST && value >= -FURTHEST - 1;
}

export function substringUtf8(text: usize, length: u32, start: i64, count: i64, state: usize): i64 {
  if (!inRange(start) || !inRange(count)) {
    fail(state, INPUT_OUT_OF_RANGE);
    return EMPTY;
  }
  const from = start < 0 ? <i64>countCharacters(text, text + length) + start : start - 1;
  const to = from + count;
  return slice(text, length, min(from, to), max(from, to));
}

export function suffixFromUtf8(text: usize, length: u32, start: i64, state: usize): i64 {
  return substringUtf8(text, length, start, FURTHEST, state);
}

export function leftUtf8(text: usize, length: u32, count: i64, state: usize): i64 {
  if (count < 0) {
    const total = <i64>countCharacters(text, text + length);
    return count <= -total ? EMPTY : slice(text, length, 0, total + count);
  }
  if (count > FURTHEST) fail(state, INPUT_OUT_OF_RANGE);
  return slice(text, length, 0, count);
}

export function rightUtf8(text: usize, length: u32, count: i64, state: usize): i64 {
  const total = <i64>countCharacters(text, text + length);
  if (count < 0) return count <= -total ? EMPTY : slice(text, length, -count, total);
  return slice(text, length, count >= total ? 0 : total - count, total);
}

/** A copy of `a`, then `b`. Where `a` is the text that was made last, only `b` is copied. */
export function concatUtf8(a: usize, aLength: u32, b: usize, bLength: u32, state: usize): i64 {
  if (aLength == 0) return textAt(b, bLength);
  if (bLength == 0) return textAt(a, aLength);
  const total = <u64>aLength + bLength;
  if (tooLong(state, total)) return EMPTY;
  const free = <usize>load<u32>(state);
  if (a + aLength == free && bLength <= load<u32>(state, 4) - <u32>free) {
    memory.copy(takeText(state, bLength), b, bLength);
    return textAt(a, <u32>total);
  }
  const out = takeText(state, <u32>total);
  memory.copy(out, a, aLength);
  memory.copy(out + aLength, b, bLength);
  return textAt(out, <u32>total);
}

export function startsWithUtf8(text: usize, length: u32, part: usize, partLength: u32, state: usize): i32 {
  return i32(partLength <= length && equalBytes(text, part, partLength));
}

export function endsWithUtf8(text: usize, length: u32, part: usize, partLength: u32, state: usize): i32 {
  return i32(partLength <= length && equalBytes(text + length - partLength, part, partLength));
}

export function containsUtf8(text: usize, length: u32, part: usize, partLength: u32, state: usize): i32 {
  return i32(partLength == 0 || findBytes(text, text + length, part, partLength) < text + length);
}

export function positionUtf8(text: usize, length: u32, part: usize, partLength: u32, state: usize): i64 {
  if (partLength == 0) return 1;
  const at = findBytes(text, text + length, part, partLength);
  return at < text + length ? <i64>countCharacters(text, at) + 1 : 0;
}

export function replaceUtf8(
  text: usize,
  length: u32,
  part: usize,
  partLength: u32,
  replacement: usize,
  replacementLength: u32,
  state: usize,
): i64 {
  if (partLength == 0) return textAt(text, length);
  const end = text + length;
  let count: u64 = 0;
  for (let at = findBytes(text, end, part, partLength); at < end; at = findBytes(at, end, part, partLength)) {
    count++;
    at += partLength;
  }
  if (count == 0) return textAt(text, length);
  const total = <u64>length + count * <u64>replacementLength - count * <u64>partLength;
  if (tooLong(state, total)) return EMPTY;
  const out = takeText(state, <u32>total);
  let to = out;
  while (count-- > 0) {
    const at = findBytes(text, end, part, partLength);
    memory.copy(to, text, at - text);
    to += at - text;
    memory.copy(to, replacement, replacementLength);
    to += replacementLength;
    text = at + partLength;
  }
  memory.copy(to, text, end - text);
  return textAt(out, <u32>total);
}

export function splitPartUtf8(
  text: usize,
  length: u32,
  separator: usize,
  separatorLength: u32,
  n: i64,
  state: usize,
): i64 {
  const end = text + length;
  if (n < 0) n += <i64>countParts(text, end, separator, separatorLength) + 1;
  if (n <= 0) return EMPTY;
  if (separatorLength == 0) return slice(text, length, n - 1, n);
  while (true) {
    const at = findBytes(text, end, separator, separatorLength);
    if (--n == 0) return between(text, at);
    if (at == end) return EMPTY;
    text = at + separatorLength;
  }
}

function countParts(text: usize, end: usize, separator: usize, separatorLength: u32): u32 {
  if (separatorLength == 0) return countCharacters(text, end);
  let parts: u32 = 1;
  for (let at = findBytes(text, end, separator, separatorLength); at < end; parts++) {
    at = findBytes(at + separatorLength, end, separator, separatorLength);
  }
  return parts;
}

export function repeatUtf8(text: usize, length: u32, count: i64, state: usize): i64 {
  if (count <= 0 || length == 0) return EMPTY;
  if (<u64>count > LONGEST || tooLong(state, <u64>count * length)) {
    fail(state, TEXT_TOO_LONG);
    return EMPTY;
  }
  const total = <u32>count * length;
  const out = takeText(state, total);
  fill(out, total, text, length);
  return textAt(out, total);
}

/** Copies of a text one behind the other, `total` bytes; the last may be cut. */
function fill(out: usize, total: usize, text: usize, length: usize): void {
  if (total <= length) {
    memory.copy(out, text, total);
    return;
  }
  memory.copy(out, text, length);
  // What is there already is copied behind itself, so that the pieces double.
  for (let done = length; done < total; done <<= 1) memory.copy(out + done, out, min(done, total - done));
}

/** Bytes of a filling of `missing` characters, out of repetitions of a padding. */
function fillingBytes(missing: u32, padding: usize, paddingLength: u32): u64 {
  const unit = countCharacters(padding, padding + paddingLength);
  const rest = skipCharacters(padding, padding + paddingLength, missing % unit) - padding;
  return <u64>(missing / unit) * paddingLength + rest;
}

function pad(text: usize, length: u32, width: i32, padding: usize, paddingLength: u32, atLeft: bool, state: usize): i64 {
  const total = countCharacters(text, text + length);
  if (width <= <i32>total) return slice(text, length, 0, width);
  if (paddingLength == 0) {
    fail(state, INPUT_OUT_OF_RANGE);
    return EMPTY;
  }
  const filling = fillingBytes(<u32>width - total, padding, paddingLength);
  if (tooLong(state, filling + length)) return EMPTY;
  const bytes = <u32>filling + length;
  const out = takeText(state, bytes);
  fill(atLeft ? out : out + length, <usize>filling, padding, paddingLength);
  memory.copy(atLeft ? out + <usize>filling : out, text, length);
  return textAt(out, bytes);
}

export function padLeftUtf8(
  text: usize,
  length: u32,
  width: i32,
  padding: usize,
  paddingLength: u32,
  state: usize,
): i64 {
  return pad(text, length, width, padding, paddingLength, true, state);
}

export function padRightUtf8(
  text: usize,
  length: u32,
  width: i32,
  padding: usize,
  paddingLength: u32,
  state: usize,
): i64 {
  return pad(text, length, width, padding, paddingLength, false, state);
}

export function asciiUtf8(text: usize, length: u32, state: usize): i32 {
  return length == 0 ? 0 : codePointAt(text);
}

export function unicodeUtf8(text: usize, length: u32, state: usize): i32 {
  return length == 0 ? -1 : codePointAt(text);
}

export function characterOfCode(code: i32, state: usize): i64 {
  if (<u32>code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    fail(state, INPUT_OUT_OF_RANGE);
    return EMPTY;
  }
  const out = takeText(state, 4);
  const end = writeCodePoint(out, code);
  giveBack(state, end);
  return between(out, end);
}

/** Where the character at `at` first stands in a list of characters; its end when it does not. */
function findCharacter(at: usize, list: usize, listEnd: usize): usize {
  const length = characterLength(load<u8>(at));
  while (list < listEnd) {
    const own = characterLength(load<u8>(list));
    if (own == length && equalBytes(at, list, length)) return list;
    list += own;
  }
  return listEnd;
}

export function translateUtf8(
  text: usize,
  length: u32,
  from: usize,
  fromLength: u32,
  to: usize,
  toLength: u32,
  state: usize,
): i64 {
  const end = text + length, fromEnd = from + fromLength, toEnd = to + toLength;
  if (tooLong(state, <u64>length * 4)) return EMPTY;
  const out = takeText(state, length * 4);
  let target = out;
  while (text < end) {
    const place = findCharacter(text, from, fromEnd);
    const next = text + characterLength(load<u8>(text));
    let source = text, sourceEnd = next;
    if (place < fromEnd) {
      source = skipCharacters(to, toEnd, countCharacters(from, place));
      sourceEnd = source < toEnd ? source + characterLength(load<u8>(source)) : source;
    }
    for (; source < sourceEnd; source++) store<u8>(target++, load<u8>(source));
    text = next;
  }
  giveBack(state, target);
  return between(out, target);
}
