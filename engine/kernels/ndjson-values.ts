import { QUOTED } from './csv-fields';
import {
  BACKSLASH, BACKSLASHES, CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE, QUOTES, RETURN,
  SPACE, TENS, vectorOf, ZERO_DIGITS,
} from './json-bytes';
import { unescapeJson } from './json-text';
import { differsFromUnwanted, memberBefore, standsAt } from './ndjson-shape';
import { utf8ValidUntil } from './utf8-validation';

// The second stage. Objects are walked from mark to mark where something in them is wanted: each mark is followed by a
// key, and what nobody wants ends at the next mark that is not within its own brackets; nothing else is looked at there.
// Wanted values are checked byte by byte. Functions give 0 when they do not understand what they read: the caller then
// reads the line with care. Those that go through marks take and give addresses in the list; `row` is the offset of the
// row's u32 in a list of bounds.

/** Members that are tried for a key which is not the expected one: keys are left out more often than moved. */
const LATER_MEMBERS = 4;
/** Levels of values nobody wants that are followed. */
export const DEEPEST: u32 = 64;

/**
 * Reads lines [from, count) that ndjsonIndexLines found: the value in slot s of row r begins at bounds[2 * s][r] and
 * ends at bounds[2 * s + 1][r], lists of u32 which held 0 before; what is missing stays 0, null has equal bounds,
 * strings are marked as QUOTED, those with escapes stand unescaped in the shape's area for text. `marks` is the list of
 * marks, or a part of it with those of these lines. `first` is where line `from` begins, `row` the number of its row;
 * where rows begin goes to rowStarts. Blank lines are no rows. Ends before a line that it does not understand and gives
 * that line, or `count`; `out` takes the number of the next row, and the address of the first mark behind the lines read.
 */
export function ndjsonLocateValues(
  shape: usize, marks: usize, ends: usize, doubts: usize, first: usize, from: u32, count: u32, row: u32,
  rowStarts: usize, out: usize,
): u32 {
  const root = <usize>load<u32>(shape, 32);
  const wantsMembers = load<u32>(root, 4) != 0;
  let start = first;
  let number = from;
  if (number < count) while (<usize>load<u32>(marks) < start) marks += 4;
  for (; number < count; number++) {
    if (load<u32>(doubts + (<usize>number << 2))) break;
    const end = <usize>load<u32>(ends + (<usize>number << 2));
    const stop = end - usize(i32(end > start) & i32(load<u8>(end - 1) == RETURN));
    const at = skipSpaces(start);
    if (at < stop) {
      if (i32(load<u32>(marks) != <u32>at) | i32(load<u8>(at) != OPEN_BRACE)) break;
      const freeText = load<u32>(shape, 28);
      const close = wantsMembers ? objectOf(shape, root, row << 2, marks) : skipNested(marks);
      if (close == 0 || skipSpaces(<usize>load<u32>(close) + 1) != stop) {
        // Its texts are unescaped again elsewhere.
        store<u32>(shape, freeText, 28);
        break;
      }
      marks = close + 4;
      store<u32>(rowStarts + (<usize>row << 2), <u32>start);
      row++;
    }
    marks += 4;
    start = end + 1;
  }
  store<u32>(out, row);
  store<u32>(out, <u32>marks, 4);
  return number;
}

// @ts-ignore: decorator
@inline
function skipSpaces(at: usize): usize {
  while (load<u8>(at) == SPACE) at++;
  return at;
}

/** An object with wanted members, from the mark of its brace to that of the closing one. */
function objectOf(shape: usize, node: usize, row: u32, mark: usize): usize {
  let expected = <usize>load<u32>(node);
  let at = <usize>load<u32>(mark) + 1;
  if (load<u8>(skipSpaces(at)) == CLOSE_BRACE) return mark + 4;
  while (true) {
    // Most members are not wanted, come where they did in the line before and hold no brackets.
    while (
      expected != 0 &&
      (differsFromUnwanted(expected, at) | (<u32>load<u8>(<usize>load<u32>(mark, 4)) ^ COMMA)) == 0
    ) {
      mark += 4;
      at = <usize>load<u32>(mark) + 1;
      expected = <usize>load<u32>(expected);
    }
    let member = expected;
    if (expected != 0 && standsAt(expected, at)) at += <usize>load<u32>(expected, 4);
    else {
      const found = otherMember(shape, node, at, expected);
      if (found == 0) return 0;
      member = <usize>(found >> 32);
      at = <usize><u32>found;
    }
    let child: usize = 0;
    // Where there was no room to learn a key it is not wanted.
    if (member != 0) {
      child = <usize>load<u32>(member, 12);
      expected = <usize>load<u32>(member);
    }
    mark = child != 0 ? wantedValue(shape, child, row, at, mark) : skipValue(mark);
    if (mark == 0) return 0;
    at = <usize>load<u32>(mark);
    const byte = load<u8>(at++);
    if (byte != COMMA) return byte == CLOSE_BRACE ? mark : 0;
  }
}

/**
 * The member whose key stands at `at`, 0 where there is no room for it, in the upper half; where its value may begin in
 * the lower one. 0 when it is no key that can be told without care.
 */
function otherMember(shape: usize, node: usize, at: usize, expected: usize): u64 {
  at = skipSpaces(at);
  let member = laterMember(expected, at);
  if (member != 0) at += <usize>load<u32>(member, 4);
  else {
    const close = endOfKey(at);
    if (close == 0) return 0;
    member = memberBefore(shape, node, at, close + 1 - at, expected);
    at = skipSpaces(close + 1);
    if (load<u8>(at++) != COLON) return 0;
  }
  return (<u64>member << 32) | <u64>at;
}

/** The key at `at`, if it belongs to one of the next members. */
// @ts-ignore: decorator
@inline
function laterMember(member: usize, at: usize): usize {
  for (let tried = 0; tried <= LATER_MEMBERS; tried++) {
    if (member == 0) return 0;
    if (standsAt(member, at)) return member;
    member = <usize>load<u32>(member);
  }
  return 0;
}

/** Where the key at `at` closes; 0 when it is none, has escapes or is not UTF-8. */
function endOfKey(at: usize): usize {
  if (load<u8>(at) != QUOTE) return 0;
  const close = quoteOrBackslash(at + 1);
  if (load<u8>(close) != QUOTE || utf8ValidUntil(at, close) != close) return 0;
  return close;
}

/** Where the first quote or backslash stands from an address on; there is one, if only behind the line. */
// @ts-ignore: decorator
@inline
function quoteOrBackslash(at: usize): usize {
  const quote = vectorOf(QUOTES), backslash = vectorOf(BACKSLASHES);
  while (true) {
    const bytes = v128.load(at);
    const hits = i8x16.bitmask(v128.or(i8x16.eq(bytes, quote), i8x16.eq(bytes, backslash)));
    if (hits != 0) return at + <usize>ctz(hits);
    at += 16;
  }
}

/** The elements of an array with wanted ones, from the mark of its bracket to that of the closing one. */
function arrayOf(shape: usize, node: usize, row: u32, mark: usize): usize {
  let element = <usize>load<u32>(node, 12);
  let at = skipSpaces(<usize>load<u32>(mark) + 1);
  if (load<u8>(at) == CLOSE_BRACKET) return mark + 4;
  let index: u32 = 0;
  while (true) {
    if (element != 0 && load<u32>(element) == index) {
      mark = oddValue(shape, <usize>load<u32>(element, 4), row, at, mark + 4);
      element = <usize>load<u32>(element, 8);
    } else mark = skipValue(mark);
    if (mark == 0) return 0;
    at = <usize>load<u32>(mark);
    const byte = load<u8>(at);
    if (byte != COMMA) return byte == CLOSE_BRACKET ? mark : 0;
    at = skipSpaces(at + 1);
    index++;
  }
}

/** The value behind `at`, up to the mark that ends it; `mark` is the last one before it. */
// @ts-ignore: decorator
@inline
function wantedValue(shape: usize, node: usize, row: u32, at: usize, mark: usize): usize {
  const end = <usize>load<u32>(mark, 4);
  at = skipSpaces(at);
  const byte = load<u8>(at);
  if (byte == QUOTE && isPlainText(at + 1, end - 1))
    return setValue(shape, node, row, <u32>(at + 1) | QUOTED, <u32>(end - 1)) ? mark + 4 : 0;

  if (byte < OPEN_BRACKET && isPlainNumber(at, end - at)) return setValue(shape, node, row, <u32>at, <u32>end) ? mark + 4 : 0;
  return oddValue(shape, node, row, at, mark + 4);
}

/** Any value at `at`; `mark` is the first one behind where it begins. */
function oddValue(shape: usize, node: usize, row: u32, at: usize, mark: usize): usize {
  const byte = load<u8>(at);
  if (byte == QUOTE) return oddText(shape, node, row, at, mark);
  if (i32(byte == OPEN_BRACE) | i32(byte == OPEN_BRACKET)) return nestedValue(shape, node, row, at, mark);
  const stop = skipScalar(at);
  if (stop == 0 || skipSpaces(stop) != <usize>load<u32>(mark)) return 0;
  const isNull = byte == 110;
  return setValue(shape, node, row, <u32>at, <u32>(isNull ? at : stop)) ? mark : 0;
}

/** Whether `stop` is the closing quote of the string that begins at `at`, and all before it is ASCII without escapes. */
// @ts-ignore: decorator
@inline
function isPlainText(at: usize, stop: usize): bool {
  if (i32(load<u8>(stop) != QUOTE) | i32(stop < at)) return false;
  while (true) {
    const odd = odd16(at) | (odd16(at + 16) << 16);
    if (stop - at <= 32) return <usize>ctz(odd) >= stop - at;
    if (odd != 0) return false;
    at += 32;
  }
}

/** Which of 16 bytes are quotes, backslashes or no ASCII. */
// @ts-ignore: decorator
@inline
function odd16(at: usize): u32 {
  const bytes = v128.load(at);
  const special = v128.or(i8x16.eq(bytes, vectorOf(QUOTES)), i8x16.eq(bytes, vectorOf(BACKSLASHES)));
  return <u32>i8x16.bitmask(v128.or(bytes, special));
}

/** Any string at `at`, up to the mark at `mark`. */
function oddText(shape: usize, node: usize, row: u32, at: usize, mark: usize): usize {
  let stop = quoteOrBackslash(at + 1);
  const escaped = load<u8>(stop) == BACKSLASH;
  while (load<u8>(stop) == BACKSLASH) stop = quoteOrBackslash(stop + 2);
  if (skipSpaces(stop + 1) != <usize>load<u32>(mark) || utf8ValidUntil(at, stop) != stop) return 0;
  let text = at + 1;
  if (escaped) {
    text = <usize>load<u32>(shape, 28);
    stop = unescapeJson(at + 1, stop, text);
    if (stop == 0) return 0;
    store<u32>(shape, <u32>stop, 28);
  }
  return setValue(shape, node, row, <u32>text | QUOTED, <u32>stop) ? mark : 0;
}

/** An object or array at `at`, from its mark to the one that ends it. */
function nestedValue(shape: usize, node: usize, row: u32, at: usize, mark: usize): usize {
  const isObject = load<u8>(at) == OPEN_BRACE;
  if (load<u32>(node + <usize>(isObject ? 4 : 12)) == 0) mark = skipNested(mark);
  else mark = isObject ? objectOf(shape, node, row, mark) : arrayOf(shape, node, row, mark);
  if (mark == 0) return 0;
  const stop = <usize>load<u32>(mark) + 1;
  mark += 4;
  if (skipSpaces(stop) != <usize>load<u32>(mark)) return 0;
  if (load<u32>(node, 8) != 0 && utf8ValidUntil(at, stop) != stop) return 0;
  return setValue(shape, node, row, <u32>at, <u32>stop) ? mark : 0;
}

/** Whether up to 16 bytes are digits, which may have a point among them, as JSON has numbers. Others may be numbers too. */
// @ts-ignore: decorator
@inline
function isPlainNumber(at: usize, length: usize): bool {
  const digits = i8x16.lt_u(i8x16.sub(v128.load(at), vectorOf(ZERO_DIGITS)), vectorOf(TENS));
  const others = ~i8x16.bitmask(digits) & ((1 << <u32>length) - 1);
  const whole = others == 0 ? length : <usize>ctz(others);
  if (i32(length - 1 > 15) | i32(whole == 0) | (i32(whole > 1) & i32(load<u8>(at) == 48))) return false;
  return others == 0 || (i32((others & (others - 1)) == 0) & i32(load<u8>(at + whole) == 46) & i32(whole + 1 < length)) != 0;
}

/** Writes down the bounds of a value where they are wanted, equal ones for NULL; false when the row has a value there already. */
// @ts-ignore: decorator
@inline
function setValue(shape: usize, node: usize, row: u32, start: u32, stop: u32): bool {
  const bounds = <usize>load<u32>(node, 8);
  if (bounds == 0) return true;
  const at = bounds + row;
  if (load<u32>(at) != 0) return false;
  store<u32>(at, start);
  store<u32>(at + <usize>load<u32>(shape, 24), stop);
  return true;
}

/** A value that nobody wants, behind the mark before it, up to the mark that ends it. */
// @ts-ignore: decorator
@inline
function skipValue(mark: usize): usize {
  mark += 4;
  const byte = load<u8>(<usize>load<u32>(mark));
  if (i32(byte == COMMA) | i32((byte | 32) == CLOSE_BRACE)) return mark;
  mark = skipNested(mark);
  return mark == 0 ? 0 : mark + 4;
}

/** An object or array that nobody wants, from the mark of its bracket to that of the closing one. */
function skipNested(mark: usize): usize {
  let levels: u64 = 0;
  let depth: u32 = 0;
  mark -= 4;
  while (true) {
    mark += 4;
    const byte = load<u8>(<usize>load<u32>(mark));
    if (byte == COMMA) continue;
    // Bit 5 tells braces from brackets.
    const brace = <u64>(byte >> 5) & 1;
    const kind = byte | 32;
    if (kind == OPEN_BRACE) {
      if (depth == DEEPEST) return 0;
      levels = (levels << 1) | brace;
      depth++;
    } else {
      if (i32(kind != CLOSE_BRACE) | i32((levels & 1) != brace)) return 0;
      levels >>= 1;
      if (--depth == 0) return mark;
    }
  }
}

/** A number, true, false or null. */
export function skipScalar(at: usize): usize {
  let byte = load<u8>(at);
  if (byte > 57) {
    const word = load<u32>(at);
    if (i32(word == 0x65757274) | i32(word == 0x6c6c756e)) return at + 4; // true, null
    return i32(word == 0x736c6166) & i32(load<u8>(at, 4) == 101) ? at + 5 : 0; // false
  }
  at += usize(byte == 45);
  byte = load<u8>(at);
  const whole = at;
  at = skipDigits(at);
  if (at == whole || (byte == 48 && at - whole > 1)) return 0;
  if (load<u8>(at) == 46) {
    const fraction = at + 1;
    at = skipDigits(fraction);
    if (at == fraction) return 0;
  }
  if ((load<u8>(at) | 32) == 101) {
    at++;
    const sign = load<u8>(at);
    at += usize(i32(sign == 43) | i32(sign == 45));
    const exponent = at;
    at = skipDigits(at);
    if (at == exponent) return 0;
  }
  return at;
}

// @ts-ignore: decorator
@inline
function skipDigits(at: usize): usize {
  while (true) {
    // The lowest byte that is no digit is exact, since carries only go up.
    const digits = load<u64>(at) ^ 0x3030303030303030;
    const others = ((digits + 0x7676767676767676) | digits) & 0x8080808080808080;
    if (others != 0) return at + (<usize>ctz(others) >> 3);
    at += 8;
  }
}
