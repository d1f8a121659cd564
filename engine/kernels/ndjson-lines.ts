import { anyEqual64, clearLowest, equalMask64 } from './simd';

const QUOTE: u8 = 34;
const BACKSLASH: u8 = 92;
const NEWLINE: u8 = 10;
const RETURN: u8 = 13;

// What the blocks of a line hold; a block that two lines share counts for both.
/** A control character besides the line end: valid outside of strings only. */
export const HAS_CONTROL: u32 = 1;
export const HAS_BACKSLASH: u32 = 2;
export const HAS_NON_ASCII: u32 = 4;

// State between calls, 12 bytes: +0 u32 the next byte is escaped, +4 u32 marks of the line so far, +8 u32 the byte
// before was a carriage return.

/**
 * The first stage of reading JSON, after G. Langdale and D. Lemire, "Parsing Gigabytes of JSON per Second" (2019): for
 * each block of 64 bytes of [from, to) the bitmap of quotes that are not escaped, as u64 from `quotes` on, one u64 of
 * ones behind the last; and line ends. A line feed is never part of a string, so lines need no quotes. Writes each line
 * end's address to `ends` and what the line holds to `marks`, both u32. Stops before a block that might not fit
 * `capacity` (>= 64) lines. Gives the address where it stopped; the number of lines goes to `found`. `to - from` is a
 * multiple of 64.
 */
export function ndjsonIndexLines(
  state: usize, from: usize, to: usize, quotes: usize, ends: usize, marks: usize, capacity: u32, found: usize,
): usize {
  const quoteKey = i8x16.splat(QUOTE), backslashKey = i8x16.splat(BACKSLASH), newlineKey = i8x16.splat(NEWLINE);
  const space = i8x16.splat(32);
  let escapedNext = <u64>load<u32>(state), mark = load<u32>(state, 4), afterReturn = <u64>load<u32>(state, 8);
  let lines: u32 = 0;
  let at = from;
  while (at < to && lines + 64 <= capacity) {
    const a = v128.load(at), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48);
    let quoteBits = equalMask64(a, b, c, d, quoteKey);
    let block: u32 = i8x16.bitmask(v128.or(v128.or(a, b), v128.or(c, d))) ? HAS_NON_ASCII : 0;
    if (i32(anyEqual64(a, b, c, d, backslashKey)) | i32(escapedNext != 0)) {
      block |= HAS_BACKSLASH;
      let left = equalMask64(a, b, c, d, backslashKey) & ~escapedNext;
      let escaped = escapedNext;
      escapedNext = 0;
      while (left != 0) {
        const lowest = left & (0 - left);
        escaped |= lowest << 1;
        escapedNext = lowest >> 63;
        left &= ~(lowest | (lowest << 1));
      }
      quoteBits &= ~escaped;
    }
    store<u64>(quotes, quoteBits);
    const lowest = i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d));
    if (i32(v128.any_true(i8x16.lt_u(lowest, space))) | i32(afterReturn != 0)) {
      const newlines = equalMask64(a, b, c, d, newlineKey);
      const returns = equalMask64(a, b, c, d, i8x16.splat(RETURN));
      const control = belowMask64(a, b, c, d, space);
      // A carriage return stands before a line feed; that of the last byte is judged with the next block.
      const loose = (control & ~newlines & ~(returns & ((newlines >> 1) | (<u64>1 << 63)))) | (afterReturn & ~newlines);
      if (loose != 0) block |= HAS_CONTROL;
      afterReturn = returns >> 63;
      mark |= block;
      let pending = newlines;
      while (pending != 0) {
        store<u32>(ends + (<usize>lines << 2), <u32>(at + <usize>ctz(pending)));
        store<u32>(marks + (<usize>lines << 2), mark);
        mark = block;
        lines++;
        pending = clearLowest(pending);
      }
    } else mark |= block;
    quotes += 8;
    at += 64;
  }
  store<u64>(quotes, ~(<u64>0));
  store<u32>(state, <u32>escapedNext);
  store<u32>(state, mark, 4);
  store<u32>(state, <u32>afterReturn, 8);
  store<u32>(found, lines);
  return at;
}

// @ts-ignore: decorator
@inline
function belowMask64(a: v128, b: v128, c: v128, d: v128, bound: v128): u64 {
  const low = <u32>(i8x16.bitmask(i8x16.lt_u(a, bound)) | (i8x16.bitmask(i8x16.lt_u(b, bound)) << 16));
  const high = <u32>(i8x16.bitmask(i8x16.lt_u(c, bound)) | (i8x16.bitmask(i8x16.lt_u(d, bound)) << 16));
  return <u64>low | (<u64>high << 32);
}
