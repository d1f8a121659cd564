import {
  BACKSLASHES, BEFORE_BRACES, BRACKET_BITS, COMMAS, CONTROLS, LINE_FEEDS, QUOTES, RETURN, vectorOf,
} from './json-bytes';
import { clearLowest, equalMask64, mask64, prefixXor } from './simd';

// State between calls, 20 bytes, and 24 bytes more that are of use only within one.
const ESCAPED: usize = 0; // u32: the next byte is escaped
const DOUBT: usize = 4; // u32: the line so far is in doubt
const AFTER_RETURN: usize = 8; // u32: the byte before was a carriage return
const INSIDE: usize = 12; // u32: all ones within a string
const MARKS: usize = 16; // u32: where the next mark goes
const LINES: usize = 20; // u32: lines found
const ENDS: usize = 24; // u32: where the line ends go
const DOUBTS: usize = 28; // u32: where the doubts go
const LINE_ENDS: usize = 32; // u64: the line feeds of a block

const ODD_BITS: u64 = 0xaaaaaaaaaaaaaaaa;

/**
 * The first stage of reading JSON, after G. Langdale and D. Lemire, "Parsing Gigabytes of JSON per Second" (2019): lists
 * the marks of [from, to), u32: the addresses of line feeds, of brackets and braces outside of strings, and where
 * `commas` is not 0 of commas there. A line feed is never part of a string. Writes each line end's address to `ends`, and
 * to `doubts` whether the line has an unclosed string, a backslash outside of strings, or shares a block with a control
 * character besides line ends, both u32. Bytes that JSON has in strings only may be marks as well. Stops before a block
 * that might not fit `capacity` (>= 64) lines. Gives the address where it stopped; the number of lines goes to `found`.
 * `to - from` is a multiple of 64; there is room for as many marks and 4 more.
 */
export function ndjsonIndexLines(
  state: usize, from: usize, to: usize, commas: u32, ends: usize, doubts: usize, capacity: u32, found: usize,
): usize {
  const quoteKey = vectorOf(QUOTES), backslashKey = vectorOf(BACKSLASHES), control = vectorOf(CONTROLS);
  const bracketBits = vectorOf(BRACKET_BITS), beforeBrace = vectorOf(BEFORE_BRACES);
  // Backslashes are marks in any case.
  const comma = commas != 0 ? vectorOf(COMMAS) : backslashKey;
  store<u32>(state, 0, LINES);
  store<u32>(state, <u32>ends, ENDS);
  store<u32>(state, <u32>doubts, DOUBTS);
  let inside: u64 = <u64><i64>load<i32>(state, INSIDE);
  let marks = <usize>load<u32>(state, MARKS);
  let carried = load<u32>(state, ESCAPED) | load<u32>(state, AFTER_RETURN);
  let at = from;
  let pending: u64 = 0;
  while (at < to) {
    const a = v128.load(at), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48);
    const quotes = equalMask64(a, b, c, d, quoteKey);
    const structure = mask64(
      structureOf(a, comma, bracketBits, beforeBrace), structureOf(b, comma, bracketBits, beforeBrace),
      structureOf(c, comma, bracketBits, beforeBrace), structureOf(d, comma, bracketBits, beforeBrace),
    );
    const escapes = v128.or(
      v128.or(i8x16.eq(a, backslashKey), i8x16.eq(b, backslashKey)),
      v128.or(i8x16.eq(c, backslashKey), i8x16.eq(d, backslashKey)),
    );
    const controls = i8x16.le_u(i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d)), control);
    let strings: u64, lineEnds: u64 = 0;
    if (carried != 0 || v128.any_true(v128.or(escapes, controls))) {
      strings = unusualBlock(state, at, quotes, inside);
      lineEnds = load<u64>(state, LINE_ENDS);
      carried = load<u32>(state, ESCAPED) | load<u32>(state, AFTER_RETURN);
      if (load<u32>(state, LINES) + 64 > capacity) to = at;
    } else strings = prefixXor(quotes) ^ inside;
    inside = <u64>(<i64>strings >> 63);
    // Marks are listed one block late: what depends on their number need not wait for the strings.
    marks = listMarks(pending, at - 64, marks);
    pending = (structure & ~strings) | lineEnds;
    at += 64;
  }
  marks = listMarks(pending, at - 64, marks);
  store<u32>(state, <u32>inside, INSIDE);
  store<u32>(state, <u32>marks, MARKS);
  store<u32>(found, load<u32>(state, LINES));
  return at;
}

/**
 * A block with backslashes or control characters, or behind one that ends in such; gives which bytes are inside of
 * strings: opening quotes are, closing ones are not.
 */
// @ts-ignore: decorator
@inline
function unusualBlock(state: usize, at: usize, quotes: u64, inside: u64): u64 {
  const a = v128.load(at), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48);
  const backslashes = equalMask64(a, b, c, d, vectorOf(BACKSLASHES));
  const escaped = <u64>load<u32>(state, ESCAPED);
  // An escaped byte stands behind the last of an odd number of backslashes.
  const starting = backslashes & ~escaped;
  const escapesAndEnds = (((starting << 1) | ODD_BITS) - starting) ^ ODD_BITS;
  quotes &= ~(escapesAndEnds ^ (backslashes | escaped));
  store<u32>(state, <u32>((escapesAndEnds & backslashes) >> 63), ESCAPED);
  let strings = prefixXor(quotes) ^ inside;

  const control = vectorOf(CONTROLS);
  const controls =
    mask64(i8x16.le_u(a, control), i8x16.le_u(b, control), i8x16.le_u(c, control), i8x16.le_u(d, control));
  const lineEnds = equalMask64(a, b, c, d, vectorOf(LINE_FEEDS));
  const afterReturn = <u64>load<u32>(state, AFTER_RETURN);
  let doubt = load<u32>(state, DOUBT), blockDoubt: u32 = 0;
  store<u64>(state, lineEnds, LINE_ENDS);
  if ((controls ^ lineEnds | afterReturn) != 0) {
    // A carriage return stands before a line feed; that of the last byte is judged with the next block.
    const returns = equalMask64(a, b, c, d, i8x16.splat(RETURN));
    const atEnd = returns & ((lineEnds >> 1) | (<u64>1 << 63));
    blockDoubt = u32(((controls & ~lineEnds & ~atEnd) | (afterReturn & ~lineEnds)) != 0);
    doubt |= blockDoubt;
    store<u32>(state, <u32>(returns >> 63), AFTER_RETURN);
  }
  if (lineEnds != 0) {
    let lines = <usize>load<u32>(state, LINES);
    const ends = <usize>load<u32>(state, ENDS), doubts = <usize>load<u32>(state, DOUBTS);
    let pending = lineEnds;
    do {
      const before = (pending - 1) & ~pending;
      if ((strings & pending & -pending) != 0) {
        doubt = 1;
        strings ^= ~before;
      }
      store<u32>(ends + (lines << 2), <u32>(at + <usize>ctz(pending)));
      store<u32>(doubts + (lines << 2), doubt | u32((backslashes & ~strings & before) != 0));
      doubt = blockDoubt;
      lines++;
      pending = clearLowest(pending);
    } while (pending != 0);
    store<u32>(state, <u32>lines, LINES);
  }
  store<u32>(state, doubt | u32((backslashes & ~strings) != 0), DOUBT);
  return strings;
}

/** Appends the addresses of a block's marks to a list; gives its end. Writes up to 4 more. */
// @ts-ignore: decorator
@inline
function listMarks(bits: u64, block: usize, out: usize): usize {
  const next = out + (<usize>popcnt(bits) << 2);
  // Without a branch on the number of marks, up to four: it is hard to predict.
  bits = listFour(bits, block, out);
  while (bits != 0) {
    out += 16;
    bits = listFour(bits, block, out);
  }
  return next;
}

// @ts-ignore: decorator
@inline
function listFour(bits: u64, block: usize, out: usize): u64 {
  store<u32>(out, <u32>(block + <usize>ctz(bits)));
  bits = clearLowest(bits);
  store<u32>(out, <u32>(block + <usize>ctz(bits)), 4);
  bits = clearLowest(bits);
  store<u32>(out, <u32>(block + <usize>ctz(bits)), 8);
  bits = clearLowest(bits);
  store<u32>(out, <u32>(block + <usize>ctz(bits)), 12);
  return clearLowest(bits);
}

/** The commas, brackets and braces among 16 bytes, and others above "[" and "{" that JSON has in strings only. */
// @ts-ignore: decorator
@inline
function structureOf(bytes: v128, comma: v128, bracketBits: v128, beforeBrace: v128): v128 {
  return v128.or(i8x16.eq(bytes, comma), i8x16.gt_s(v128.or(bytes, bracketBits), beforeBrace));
}
