import { QUOTED } from './csv-fields';
import { lastValidEscape, nextBackslash, unescapeJson } from './json-text';
import { HAS_BACKSLASH, HAS_CONTROL, HAS_NON_ASCII } from './ndjson-lines';
import { memberOf, standsAt } from './ndjson-shape';
import { isUtf8 } from './utf8';

// The second stage: each line is read from its first byte to its last, all of its grammar checked, and the bounds of
// wanted values are written down. Functions take the address of what they read and give the one behind it, or 0 when
// they do not understand it: the caller then reads the line with care. Since a line feed is no part of any token, none
// runs past the line but for strings, whose ends come from the bitmap of quotes.

const SPACE: u8 = 32;
const QUOTE: u8 = 34;
const COMMA: u8 = 44;
const COLON: u8 = 58;
const OPEN_BRACE: u8 = 123;
const CLOSE_BRACE: u8 = 125;
const OPEN_BRACKET: u8 = 91;
const CLOSE_BRACKET: u8 = 93;
const RETURN: u8 = 13;

/** Members that are tried for a key which is not the expected one: keys are left out more often than moved. */
const LATER_MEMBERS = 4;
/** Levels of values nobody wants that are followed, a bit each. */
const DEEPEST: u32 = 512;

// What the functions know of their line (32 bytes): +0 where the u64 of quotes of the block at address 0 would stand,
// +4 where the line stops, +8 its row, +12 its first backslash and +20 its last escape (where it
// stops: none), +16 the bytes of a row of bounds, then from +32 on the levels of the value being passed over, DEEPEST bits, 1 for an object.

/** Bytes of the area at `line`. */
export function ndjsonLineBytes(): u32 {
  return 32 + DEEPEST / 8;
}

/**
 * Reads lines [from, count) that ndjsonIndexLines found: the value in slot s of row r begins at bounds[2 * s][r] and
 * ends at bounds[2 * s + 1][r], rows of `stride` u32 which held 0 before; what is missing or null stays 0, strings are
 * marked as QUOTED, those with escapes stand unescaped in the shape's area for text. `first` is where line `from`
 * begins, `row` the number of its row; where rows begin goes to rowStarts. Blank lines are no rows. Ends before a line
 * that it does not understand and gives that line, or `count`; `rowsOut` takes the number of the next row.
 */
export function ndjsonLocateValues(
  shape: usize, line: usize, quotes: usize, ends: usize, marks: usize, first: usize, from: u32, count: u32,
  row: u32, stride: u32, rowStarts: usize, rowsOut: usize,
): u32 {
  store<u32>(line, <u32>quotes);
  store<u32>(line, stride << 2, 16);
  let start = first;
  let number = from;
  for (; number < count; number++) {
    const end = <usize>load<u32>(ends + (<usize>number << 2));
    const mark = load<u32>(marks + (<usize>number << 2));
    const stop = end - usize(i32(end > start) & i32(load<u8>(end - 1) == RETURN));
    let at = start;
    while (at < stop && load<u8>(at) == SPACE) at++;
    if (at < stop) {
      let firstEscape = stop, lastEscape = stop;
      if (mark != 0) {
        if (mark & HAS_CONTROL) break;
        if (mark & HAS_NON_ASCII && !isUtf8(at, stop)) break;
        if (mark & HAS_BACKSLASH) {
          firstEscape = nextBackslash(at, stop);
          lastEscape = lastValidEscape(firstEscape, stop);
          if (lastEscape == 0) break;
        }
      }
      if (load<u8>(at) != OPEN_BRACE) break;
      store<u32>(line, <u32>stop, 4);
      store<u32>(line, row, 8);
      store<u32>(line, <u32>firstEscape, 12);
      store<u32>(line, <u32>lastEscape, 20);
      store<u32>(shape, load<u32>(shape, 36) + 1, 36);
      at = objectOf(shape, <usize>load<u32>(shape, 40), line, at + 1);
      if (at == 0 || skipSpaces(at) != stop) break;
      store<u32>(rowStarts + (<usize>row << 2), <u32>start);
      row++;
    } else if (mark & HAS_CONTROL && stop > start) break;
    start = end + 1;
  }
  store<u32>(rowsOut, row);
  return number;
}

// @ts-ignore: decorator
@inline
function skipSpaces(at: usize): usize {
  while (load<u8>(at) == SPACE) at++;
  return at;
}

/** Where the string that opens at `at` closes; behind the line's end when it does not. */
// @ts-ignore: decorator
@inline
function closingQuote(line: usize, at: usize): usize {
  const next = at + 1;
  let word = <usize>load<u32>(line) + ((next >> 6) << 3);
  // No branch on whether the string ends in its first block: half of them do, and nothing tells which.
  const bits = load<u64>(word) >> (next & 63);
  let block = (next & ~63) + 64;
  let others = load<u64>(word, 8);
  if ((bits | others) != 0) return select<usize>(next + <usize>ctz(bits), block + <usize>ctz(others), bits != 0);
  word += 8;
  do {
    word += 8;
    block += 64;
    others = load<u64>(word);
  } while (others == 0);
  return block + <usize>ctz(others);
}

/** Whether [at, stop) lies between the line's first backslash and its last, or around one. */
// @ts-ignore: decorator
@inline
function mayHoldEscapes(line: usize, at: usize, stop: usize): bool {
  return (i32(stop > <usize>load<u32>(line, 12)) & i32(at <= <usize>load<u32>(line, 20))) != 0;
}

/** The members of an object, from behind its brace on. */
function objectOf(shape: usize, node: usize, line: usize, at: usize): usize {
  const stop = <usize>load<u32>(line, 4);
  let previous: usize = 0;
  let expected = <usize>load<u32>(node);
  at = skipSpaces(at);
  if (load<u8>(at) == CLOSE_BRACE) return at + 1;
  while (true) {
    let member = expected;
    if (i32(member == 0) || !standsAt(member, at)) {
      if (load<u8>(at) != QUOTE) return 0;
      member = laterMember(expected, at);
      if (member == 0) {
        const close = closingQuote(line, at);
        if (close >= stop) return 0;
        if (mayHoldEscapes(line, at, close) && nextBackslash(at, close) != close) return 0;
        member = memberOf(shape, node, at, close + 1 - at, previous);
        at = close + 1;
      } else at += <usize>load<u32>(member, 4);
    } else at += <usize>load<u32>(member, 4);
    let child: usize = 0;
    if (member != 0) {
      child = <usize>load<u32>(member, 12);
      previous = member;
      expected = <usize>load<u32>(member);
    }
    if (load<u8>(at) != COLON) {
      at = skipSpaces(at);
      if (load<u8>(at) != COLON) return 0;
    }
    at = skipSpaces(at + 1);
    at = child != 0 ? wantedValue(shape, child, line, at) : skipValue(line, at);
    if (at == 0) return 0;
    at = skipSpaces(at);
    const byte = load<u8>(at++);
    if (byte == COMMA) at = skipSpaces(at);
    else return byte == CLOSE_BRACE ? at : 0;
  }
}

/** The key at `at`, if it belongs to one of the next members. */
// @ts-ignore: decorator
@inline
function laterMember(expected: usize, at: usize): usize {
  if (expected == 0) return 0;
  let member = <usize>load<u32>(expected);
  for (let tried = 0; tried < LATER_MEMBERS; tried++) {
    if (member == 0) return 0;
    if (standsAt(member, at)) return member;
    member = <usize>load<u32>(member);
  }
  return 0;
}

/** The elements of an array, from behind its bracket on. */
function arrayOf(shape: usize, node: usize, line: usize, at: usize): usize {
  let element = <usize>load<u32>(node, 12);
  at = skipSpaces(at);
  if (load<u8>(at) == CLOSE_BRACKET) return at + 1;
  let index: u32 = 0;
  while (true) {
    if (element != 0 && load<u32>(element) == index) {
      at = wantedValue(shape, <usize>load<u32>(element, 4), line, at);
      element = <usize>load<u32>(element, 8);
    } else at = skipValue(line, at);
    if (at == 0) return 0;
    at = skipSpaces(at);
    const byte = load<u8>(at++);
    if (byte == COMMA) at = skipSpaces(at);
    else return byte == CLOSE_BRACKET ? at : 0;
    index++;
  }
}

function wantedValue(shape: usize, node: usize, line: usize, at: usize): usize {
  const slot = load<u32>(node, 8);
  const byte = load<u8>(at);
  if (byte == QUOTE) {
    const close = closingQuote(line, at);
    if (close >= <usize>load<u32>(line, 4)) return 0;
    if (slot != 0) {
      let start = at + 1, stop = close;
      if (mayHoldEscapes(line, start, close) && nextBackslash(start, close) != close) {
        start = <usize>load<u32>(shape, 32);
        stop = unescapeJson(at + 1, close, start);
        store<u32>(shape, <u32>stop, 32);
      }
      if (!setValue(shape, slot - 1, line, <u32>start | QUOTED, <u32>stop)) return 0;
    }
    return close + 1;
  }
  let end: usize;
  if (byte == OPEN_BRACE) {
    end = load<u32>(node, 4) != 0 ? objectOf(shape, node, line, at + 1) : skipNested(line, at);
  } else if (byte == OPEN_BRACKET) {
    end = load<u32>(node, 12) != 0 ? arrayOf(shape, node, line, at + 1) : skipNested(line, at);
  } else {
    end = skipScalar(at);
    // "null"
    if (byte == 110 && end != 0) return slot == 0 || setValue(shape, slot - 1, line, 0, 0) ? end : 0;
  }
  if (end == 0) return 0;
  return slot == 0 || setValue(shape, slot - 1, line, <u32>at, <u32>end) ? end : 0;
}

/** False when the line has a value there already. */
// @ts-ignore: decorator
@inline
function setValue(shape: usize, slot: u32, line: usize, start: u32, stop: u32): bool {
  const seen = <usize>load<u32>(shape, 28) + (<usize>slot << 2);
  const number = load<u32>(shape, 36);
  if (load<u32>(seen) == number) return false;
  store<u32>(seen, number);
  const at = <usize>load<u32>(shape, 24) + 2 * <usize>slot * <usize>load<u32>(line, 16) + (<usize>load<u32>(line, 8) << 2);
  store<u32>(at, start);
  store<u32>(at + <usize>load<u32>(line, 16), stop);
  return true;
}

// @ts-ignore: decorator
@inline
function skipValue(line: usize, at: usize): usize {
  const byte = load<u8>(at);
  return i32(byte == OPEN_BRACE) | i32(byte == OPEN_BRACKET) ? skipNested(line, at) : skipFlat(line, at);
}

/** A number, true, false or null. */
function skipScalar(at: usize): usize {
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

/** An object or array that nobody wants. */
function skipNested(line: usize, at: usize): usize {
  const levels = line + 32;
  let depth: u32 = 0;
  while (true) {
    const byte = load<u8>(at);
    if (i32(byte == OPEN_BRACE) | i32(byte == OPEN_BRACKET)) {
      if (depth == DEEPEST) return 0;
      const level = levels + <usize>(depth >> 5 << 2);
      const bit: u32 = 1 << (depth & 31);
      const isObject = byte == OPEN_BRACE;
      store<u32>(level, isObject ? load<u32>(level) | bit : load<u32>(level) & ~bit);
      depth++;
      at = skipSpaces(at + 1);
      if (load<u8>(at) == (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
        at++;
        depth--;
      } else {
        if (isObject) {
          at = skipKey(line, at);
          if (at == 0) return 0;
        }
        continue;
      }
    } else {
      at = skipFlat(line, at);
      if (at == 0) return 0;
    }
    while (true) {
      if (depth == 0) return at;
      const isObject = (load<u32>(levels + <usize>((depth - 1) >> 5 << 2)) >> ((depth - 1) & 31)) & 1;
      at = skipSpaces(at);
      const next = load<u8>(at++);
      if (next == COMMA) {
        at = skipSpaces(at);
        if (isObject) {
          at = skipKey(line, at);
          if (at == 0) return 0;
        }
        break;
      }
      if (next != (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) return 0;
      depth--;
    }
  }
}

/** A string or a scalar. */
// @ts-ignore: decorator
@inline
function skipFlat(line: usize, at: usize): usize {
  if (load<u8>(at) != QUOTE) return skipScalar(at);
  const close = closingQuote(line, at);
  return close < <usize>load<u32>(line, 4) ? close + 1 : 0;
}

/** A key and its colon, up to the value. */
function skipKey(line: usize, at: usize): usize {
  if (load<u8>(at) != QUOTE) return 0;
  const close = closingQuote(line, at);
  if (close >= <usize>load<u32>(line, 4)) return 0;
  at = skipSpaces(close + 1);
  return load<u8>(at) == COLON ? skipSpaces(at + 1) : 0;
}
