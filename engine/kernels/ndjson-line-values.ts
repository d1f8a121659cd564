import { QUOTED } from './csv-fields';
import {
  BACKSLASH, BACKSLASHES, BEFORE_BRACES, BRACKET_BITS, CLOSE_BRACE, CONTROLS, LINE_FEEDS, NEWLINE, OPEN_BRACE, QUOTE,
  QUOTES, SPACE, vectorOf,
} from './json-bytes';
import { unescapeJson } from './json-text';
import { DEEPEST, skipScalar } from './ndjson-values';
import { utf8ValidUntil } from './utf8-validation';

// What the compiled loop over lines of NDJSON asks for where a value is not of the usual form. There is no index; a line
// feed stands behind all lines. A value that is wrong ends where the loop understands nothing: `nowhere`, or for texts
// right before a line feed or a quote.

/** Where the text that goes on at `at` closes; where the line ends before, the address before its line feed. */
export function ndjsonTextEnd(at: usize): usize {
  const quote = vectorOf(QUOTES), backslash = vectorOf(BACKSLASHES), lineFeed = vectorOf(LINE_FEEDS);
  while (true) {
    const bytes = v128.load(at);
    const odd = v128.or(i8x16.eq(bytes, quote), v128.or(i8x16.eq(bytes, backslash), i8x16.eq(bytes, lineFeed)));
    const hits = i8x16.bitmask(odd);
    if (hits == 0) {
      at += 16;
      continue;
    }
    at += <usize>ctz(hits);
    const byte = load<u8>(at);
    if (byte == QUOTE) return at;
    if (byte == NEWLINE) return at - 1;
    if (load<u8>(at, 1) == NEWLINE) return at;
    at += 2;
  }
}

/**
 * Reads the wanted text that begins at `at`, behind its quote, and writes down its bounds, the first of which goes to
 * `bounds`. Gives where it closes; where it is wrong, what stands before its opening quote.
 */
export function ndjsonReadText(shape: usize, at: usize, bounds: usize): usize {
  const quote = vectorOf(QUOTES), backslash = vectorOf(BACKSLASHES), control = vectorOf(CONTROLS);
  let close = at;
  let escaped = false;
  while (true) {
    const bytes = v128.load(close);
    const odd = v128.or(i8x16.eq(bytes, quote), v128.or(i8x16.eq(bytes, backslash), i8x16.le_u(bytes, control)));
    const hits = i8x16.bitmask(odd);
    if (hits == 0) {
      close += 16;
      continue;
    }
    close += <usize>ctz(hits);
    const byte = load<u8>(close);
    if (byte == QUOTE) break;
    if (byte != BACKSLASH || load<u8>(close, 1) < SPACE) return at - 2;
    escaped = true;
    close += 2;
  }
  if (utf8ValidUntil(at, close) != close) return at - 2;
  let text = at, stop = close;
  if (escaped) {
    text = <usize>load<u32>(shape, 28);
    stop = unescapeJson(at, close, text);
    if (stop == 0) return at - 2;
    store<u32>(shape, <u32>stop, 28);
  }
  store<u32>(bounds, <u32>text | QUOTED);
  store<u32>(bounds + <usize>load<u32>(shape, 24), <u32>stop);
  return close;
}

/** Where the number at `at` ends. */
export function ndjsonNumberEnd(at: usize, nowhere: usize): usize {
  const byte = <u32>load<u8>(at);
  if (i32(byte != 45) & i32(byte - 48 > 9)) return nowhere;
  const stop = skipScalar(at);
  return stop != 0 ? stop : nowhere;
}

/** What stands behind the object or array at `at`, which nobody wants. */
export function ndjsonNestedEnd(at: usize, nowhere: usize): usize {
  const quote = vectorOf(QUOTES), control = vectorOf(CONTROLS);
  const bracketBits = vectorOf(BRACKET_BITS), beforeBrace = vectorOf(BEFORE_BRACES);
  let levels: u64 = 0;
  let depth: u32 = 0;
  while (true) {
    const bytes = v128.load(at);
    const brackets = i8x16.gt_s(v128.or(bytes, bracketBits), beforeBrace);
    const odd = v128.or(brackets, v128.or(i8x16.eq(bytes, quote), i8x16.le_u(bytes, control)));
    const hits = i8x16.bitmask(odd);
    if (hits == 0) {
      at += 16;
      continue;
    }
    at += <usize>ctz(hits);
    const byte = load<u8>(at);
    if (byte == QUOTE) {
      at = ndjsonTextEnd(at + 1) + 1;
      continue;
    }
    // Bit 5 tells braces from brackets; with it set, a backslash and others are neither.
    const brace = <u64>(byte >> 5) & 1;
    const kind = byte | 32;
    at++;
    if (kind == OPEN_BRACE) {
      if (depth == DEEPEST) return nowhere;
      levels = (levels << 1) | brace;
      depth++;
    } else {
      if (i32(kind != CLOSE_BRACE) | i32((levels & 1) != brace)) return nowhere;
      levels >>= 1;
      if (--depth == 0) return at;
    }
  }
}
