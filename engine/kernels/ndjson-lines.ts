import { BACKSLASHES, COMMAS, NEWLINE, OPEN_BRACKETS, OTHER_BITS, QUOTES, RETURN, SPACES, vectorOf, ZEROS } from './json-bytes';
import { anyEqual64, clearLowest, equalMask64, prefixXor } from './simd';

// State between calls, 20 bytes: +0 u32 the next byte is escaped, +4 u32 whether the line so far is in doubt, +8 u32 the
// byte before was a carriage return, +12 u32 all ones within a string, +16 u32 where the next mark goes.

const ODD_BITS: u64 = 0xaaaaaaaaaaaaaaaa;

/**
 * The first stage of reading JSON, after G. Langdale and D. Lemire, "Parsing Gigabytes of JSON per Second" (2019): lists
 * the marks of [from, to), u32: the addresses of line feeds, of brackets and braces outside of strings, and where
 * `commas` is not 0 of commas there. A line feed is never part of a string. Writes each line end's address to `ends`, and
 * to `doubts` whether the line has an unclosed string, a backslash outside of strings, or shares a block with a control
 * character besides line ends, both u32. Stops before a block that might not fit `capacity` (>= 64) lines. Gives the
 * address where it stopped; the number of lines goes to `found`. `to - from` is a multiple of 64; there is room for as
 * many marks and 8 more.
 */
export function ndjsonIndexLines(
  state: usize, from: usize, to: usize, commas: u32, ends: usize, doubts: usize, capacity: u32, found: usize,
): usize {
  const quoteKey = vectorOf(QUOTES), backslashKey = vectorOf(BACKSLASHES), space = vectorOf(SPACES), zero = vectorOf(ZEROS);
  const openBracket = vectorOf(OPEN_BRACKETS), otherBits = vectorOf(OTHER_BITS);
  const comma = commas != 0 ? vectorOf(COMMAS) : openBracket;
  let escapedNext = <u64>load<u32>(state), doubt = load<u32>(state, 4), afterReturn = <u64>load<u32>(state, 8);
  let inside: u64 = <u64><i64>load<i32>(state, 12);
  let marks = <usize>load<u32>(state, 16);
  let lines: u32 = 0;
  let at = from;
  while (at < to && lines + 64 <= capacity) {
    const a = v128.load(at), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48);
    let quotes = equalMask64(a, b, c, d, quoteKey), backslashes: u64 = 0, newlines: u64 = 0;
    if (i32(anyEqual64(a, b, c, d, backslashKey)) | i32(escapedNext != 0)) {
      // An escaped byte stands behind the last of an odd number of backslashes.
      backslashes = equalMask64(a, b, c, d, backslashKey);
      const starting = backslashes & ~escapedNext;
      const escapesAndEnds = (((starting << 1) | ODD_BITS) - starting) ^ ODD_BITS;
      quotes &= ~(escapesAndEnds ^ (backslashes | escapedNext));
      escapedNext = (escapesAndEnds & backslashes) >> 63;
    }
    // Opening quotes count as inside, closing ones do not.
    let strings = prefixXor(quotes) ^ inside;
    const low =
      structure16(a, comma, openBracket, otherBits, zero) | (structure16(b, comma, openBracket, otherBits, zero) << 16);
    const high =
      structure16(c, comma, openBracket, otherBits, zero) | (structure16(d, comma, openBracket, otherBits, zero) << 16);
    const lowest = i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d));
    if (i32(v128.any_true(i8x16.lt_u(lowest, space))) | i32(afterReturn != 0)) {
      newlines = equalMask64(a, b, c, d, i8x16.splat(NEWLINE));
      const returns = equalMask64(a, b, c, d, i8x16.splat(RETURN));
      const control = belowMask64(a, b, c, d, space);
      // A carriage return stands before a line feed; that of the last byte is judged with the next block.
      const loose = (control & ~newlines & ~(returns & ((newlines >> 1) | (<u64>1 << 63)))) | (afterReturn & ~newlines);
      afterReturn = returns >> 63;
      const blockDoubt = u32(loose != 0);
      doubt |= blockDoubt;
      let pending = newlines;
      while (pending != 0) {
        const bit = <u64>ctz(pending);
        const before = (<u64>1 << bit) - 1;
        if (((strings >> bit) & 1) != 0) {
          doubt = 1;
          strings ^= ~before;
        }
        store<u32>(ends + (<usize>lines << 2), <u32>(at + <usize>bit));
        store<u32>(doubts + (<usize>lines << 2), doubt | u32((backslashes & ~strings & before) != 0));
        doubt = blockDoubt;
        lines++;
        pending = clearLowest(pending);
      }
    }
    if ((backslashes & ~strings) != 0) doubt = 1;
    inside = <u64>(<i64>strings >> 63);
    marks = listMarks(((<u64>low | (<u64>high << 32)) & ~strings) | newlines, at, marks);
    at += 64;
  }
  store<u32>(state, <u32>escapedNext);
  store<u32>(state, doubt, 4);
  store<u32>(state, <u32>afterReturn, 8);
  store<u32>(state, <u32>inside, 12);
  store<u32>(state, <u32>marks, 16);
  store<u32>(found, lines);
  return at;
}

/** Appends the addresses of a block's marks to a list; gives its end. Writes up to 8 more. */
// @ts-ignore: decorator
@inline
function listMarks(bits: u64, block: usize, out: usize): usize {
  const next = out + (<usize>popcnt(bits) << 2);
  // Without a branch on the number of marks, up to four: it is hard to predict.
  bits = listFour(bits, block, out);
  if (bits != 0) {
    bits = listFour(bits, block, out + 16);
    for (out += 32; bits != 0; out += 16) bits = listFour(bits, block, out);
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

/** The commas, brackets and braces among 16 bytes. */
// @ts-ignore: decorator
@inline
function structure16(bytes: v128, comma: v128, openBracket: v128, otherBits: v128, zero: v128): u32 {
  const brackets = i8x16.eq(v128.and(i8x16.sub(bytes, openBracket), otherBits), zero);
  return <u32>i8x16.bitmask(v128.or(i8x16.eq(bytes, comma), brackets));
}

// @ts-ignore: decorator
@inline
function belowMask64(a: v128, b: v128, c: v128, d: v128, bound: v128): u64 {
  const low = <u32>(i8x16.bitmask(i8x16.lt_u(a, bound)) | (i8x16.bitmask(i8x16.lt_u(b, bound)) << 16));
  const high = <u32>(i8x16.bitmask(i8x16.lt_u(c, bound)) | (i8x16.bitmask(i8x16.lt_u(d, bound)) << 16));
  return <u64>low | (<u64>high << 32);
}
