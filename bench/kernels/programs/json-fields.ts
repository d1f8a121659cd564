import { digitsEnd, digitsValue } from './decimal-digits';
import { findByte, LF } from './lines';

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const OPEN_BRACE: u8 = 0x7b;
const CLOSE_BRACE: u8 = 0x7d;
const OPEN_BRACKET: u8 = 0x5b;
const CLOSE_BRACKET: u8 = 0x5d;
const MINUS: u8 = 0x2d;

/** What is kept of a record while it is read, at the start of the work area. */
const COUNT: usize = 0;
const CENTS: usize = 8;
const TAGS: usize = 16;

/**
 * Reads records, one JSON object a line, as JSON.stringify writes them (no blanks), with keys in any order. Over those
 * of which `status` is "ok" and `user.country` "CH" it leaves three u64 at `work`: records, the sum of `cents`, and the
 * number of `tags`.
 */
export function json_fields(at: usize, length: i32, work: usize, room: i32): i32 {
  memory.fill(work, 0, 24);
  const end = at + <usize>length;
  for (let line = 0; at < end; line++) {
    const lineEnd = findByte(at, end, LF);
    if (!record(at, lineEnd, work)) return -2 - line;
    at = lineEnd + 1;
  }
  return 24;
}

function record(at: usize, end: usize, work: usize): bool {
  let isOk = false;
  let isSwiss = false;
  let cents: u64 = 0;
  let tags: u64 = 0;
  if (load<u8>(at) != OPEN_BRACE) return false;
  at++;
  while (at < end && load<u8>(at) == QUOTE) {
    const keyEnd = stringEnd(at, end);
    const value = keyEnd + 1;
    if (keyEnd == 0 || load<u8>(keyEnd) != COLON) return false;
    const valueEnd = skipValue(value, end);
    if (valueEnd == 0) return false;
    if (isText(at, keyEnd, 0x2273_7574_6174_7322, 8)) isOk = isText(value, valueEnd, 0x226b_6f22, 4);
    else if (isText(at, keyEnd, 0x2272_6573_7522, 6)) isSwiss = countryIsSwiss(value, valueEnd);
    else if (isText(at, keyEnd, 0x22_7374_6e65_6322, 7)) {
      if (digitsEnd(value, valueEnd) != valueEnd) return false;
      cents = digitsValue(value, valueEnd);
    } else if (isText(at, keyEnd, 0x2273_6761_7422, 6)) tags = elements(value, valueEnd);
    at = valueEnd;
    if (load<u8>(at) == COMMA) at++;
    else break;
  }
  if (at + 1 != end || load<u8>(at) != CLOSE_BRACE) return false;
  if (isOk && isSwiss) {
    store<u64>(work, load<u64>(work, COUNT) + 1, COUNT);
    store<u64>(work, load<u64>(work, CENTS) + cents, CENTS);
    store<u64>(work, load<u64>(work, TAGS) + tags, TAGS);
  }
  return true;
}

/** Whether the text with its quotes is that of the word's bytes, the first of them lowest. */
function isText(at: usize, end: usize, word: u64, length: u32): bool {
  return end - at == length && load<u64>(at) << ((8 - length) << 3) == word << ((8 - length) << 3);
}

function countryIsSwiss(at: usize, end: usize): bool {
  if (load<u8>(at) != OPEN_BRACE) return false;
  at++;
  while (at < end && load<u8>(at) == QUOTE) {
    const keyEnd = stringEnd(at, end);
    const value = keyEnd + 1;
    const valueEnd = skipValue(value, end);
    if (keyEnd == 0 || valueEnd == 0) return false;
    // "country" has nine bytes with its quotes: eight here, and the last by its length.
    if (keyEnd - at == 9 && isText(at, keyEnd - 1, 0x7972_746e_756f_6322, 8)) return isText(value, valueEnd, 0x2248_4322, 4);
    at = valueEnd + 1;
  }
  return false;
}

function elements(at: usize, end: usize): u64 {
  if (load<u8>(at) != OPEN_BRACKET) return 0;
  at++;
  let count: u64 = 0;
  while (at < end && load<u8>(at) != CLOSE_BRACKET) {
    at = skipValue(at, end);
    if (at == 0) return 0;
    count++;
    if (load<u8>(at) == COMMA) at++;
  }
  return count;
}

/** Behind the string that begins at `at`; 0 if it does not end. */
function stringEnd(at: usize, end: usize): usize {
  const quote = i8x16.splat(QUOTE);
  const backslash = i8x16.splat(BACKSLASH);
  at++;
  while (at < end) {
    const bytes = v128.load(at);
    const found = i8x16.bitmask(v128.or(i8x16.eq(bytes, quote), i8x16.eq(bytes, backslash)));
    if (found == 0) {
      at += 16;
      continue;
    }
    at += <usize>ctz(found);
    if (at >= end) return 0;
    if (load<u8>(at) == QUOTE) return at + 1;
    at += 2;
  }
  return 0;
}

/** Behind the value that begins at `at`; 0 if there is none. */
function skipValue(at: usize, end: usize): usize {
  if (at >= end) return 0;
  const first = load<u8>(at);
  if (first == QUOTE) return stringEnd(at, end);
  if (first == OPEN_BRACE || first == OPEN_BRACKET) return skipNested(at, end);
  if (first == MINUS) at++;
  const start = at;
  // A number, true, false or null.
  while (at < end && isPlain(load<u8>(at))) at++;
  return at == start ? 0 : at;
}

function isPlain(byte: u8): bool {
  return <u32>(byte - 0x30) < 10 || <u32>((byte | 0x20) - 0x61) < 26 || byte == 0x2e || byte == MINUS || byte == 0x2b;
}

function skipNested(at: usize, end: usize): usize {
  let depth = 0;
  while (at < end) {
    const byte = load<u8>(at);
    if (byte == QUOTE) {
      at = stringEnd(at, end);
      if (at == 0) return 0;
      continue;
    }
    if (byte == OPEN_BRACE || byte == OPEN_BRACKET) depth++;
    else if (byte == CLOSE_BRACE || byte == CLOSE_BRACKET) {
      depth--;
      if (depth == 0) return at + 1;
    }
    at++;
  }
  return 0;
}
