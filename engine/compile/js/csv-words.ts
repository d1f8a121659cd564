// Bytes of a row by four at a time: a byte loop tests each byte three times, which is what the scan waits for.

const { indexOf } = Buffer.prototype;

const LOW_BITS = 0x7f7f7f7f;
const HIGH_BITS = 0x80808080 | 0;
/** Words whose bytes a byte can count. */
const LANE_WORDS = 60;
const ONES = 0x01010101;
const LINE_FEED = 10;
const LINE_FEEDS = 0x0a0a0a0a;

/** The bytes of a buffer as words of four; as many as fit. The buffer begins at a multiple of four. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}

/** Position of the next such byte, or the buffer's length. By Node's own search: an array's indexOf takes 2.5 x as long. */
export function nextByte(bytes: Uint8Array, byte: number, from: number): number {
  const found = indexOf.call(bytes as Buffer, byte, from);
  return found < 0 ? bytes.length : found;
}

/** A word with the byte in all four places. */
export function fourTimes(byte: number): number {
  return Math.imul(byte, ONES);
}

/** The highest bit of each byte of `difference` that is zero, and no other bit. */
function zeroBytes(difference: number): number {
  return ~(((difference & LOW_BITS) + LOW_BITS) | difference | LOW_BITS);
}

/**
 * Position behind the row end from `from` on, which lies outside of quotes in the row that begins at `row`; -1 where it
 * has not just `expected` delimiters before it, or where quotes are out of place. `nextQuote` is the position of the
 * first quote from `from` on, or lies behind the bytes. There must be a row end.
 */
export function rowEnd(
  bytes: Uint8Array,
  words: Int32Array,
  from: number,
  row: number,
  delimiter: number,
  quote: number,
  nextQuote: number,
  expected: number,
): number {
  const delimiters = fourTimes(delimiter);
  const quoteWord = nextQuote >> 2;
  let at = from >> 2;
  if (at >= quoteWord) return anyRowEnd(bytes, words, from, row, delimiter, quote, expected);
  const kept = -1 << ((from & 3) << 3);
  let word = words[at] as number;
  let marks = zeroBytes(word ^ delimiters) & kept;
  let ends = zeroBytes(word ^ LINE_FEEDS) & kept;
  let count = 0;
  while (ends === 0) {
    count += bytesMarked(marks);
    const start = at;
    const last = Math.min(at + LANE_WORDS, quoteWord);
    // Without bytes above 0x7f a sum cannot carry into the next byte: then less is to do than in `zeroBytes`.
    let others = 0;
    let seen = 0;
    do {
      word = words[++at] as number;
      seen |= word;
      others = (others + ((((word ^ delimiters) + LOW_BITS) & HIGH_BITS) >>> 7)) | 0;
    } while ((((word ^ LINE_FEEDS) + LOW_BITS) & HIGH_BITS) === HIGH_BITS && at !== last);
    if ((seen & HIGH_BITS) !== 0) return anyRowEnd(bytes, words, from, row, delimiter, quote, expected);
    marks = zeroBytes(word ^ delimiters);
    ends = zeroBytes(word ^ LINE_FEEDS);
    count += 4 * (at - start) - (Math.imul(others, ONES) >>> 24) - bytesMarked(marks);
    if (at === quoteWord) return anyRowEnd(bytes, words, at << 2, row, delimiter, quote, expected - count);
  }
  const end = ends & -ends;
  count += bytesMarked(marks & (end - 1));
  return count === expected ? (at << 2) + firstMarked(end) + 1 : -1;
}

/** `rowEnd` of rows that have quotes or are not ASCII. */
function anyRowEnd(
  bytes: Uint8Array,
  words: Int32Array,
  from: number,
  row: number,
  delimiter: number,
  quote: number,
  expected: number,
): number {
  const delimiters = fourTimes(delimiter);
  const quotes = fourTimes(quote);
  let at = from >> 2;
  let kept = -1 << ((from & 3) << 3);
  let count = 0;
  for (;;) {
    const word = words[at] as number;
    const marks = zeroBytes(word ^ delimiters) & kept;
    const stops = (zeroBytes(word ^ LINE_FEEDS) | zeroBytes(word ^ quotes)) & kept;
    if (stops === 0) {
      count += bytesMarked(marks);
      kept = -1;
      at++;
      continue;
    }
    const first = stops & -stops;
    count += bytesMarked(marks & (first - 1));
    const stop = (at << 2) + firstMarked(first);
    if (bytes[stop] === LINE_FEED) return count === expected ? stop + 1 : -1;
    const next = afterQuoted(bytes, words, stop + 1, row, delimiter, quote);
    if (next < 0) return -1;
    at = next >> 2;
    kept = -1 << ((next & 3) << 3);
  }
}

/**
 * Position behind the `count`-th delimiter from `from` on; -1 where an LF comes before it. Nothing is
 * known of quotes. `delimiters` is the delimiter four times. Reads up to 32 bytes behind that LF.
 */
export function afterFields(words: Int32Array, from: number, delimiters: number, count: number): number {
  let kept = -1 << (from & 3);
  let first = -1 << ((from & 3) << 3);
  let left = count;
  for (let at = from >> 2; ; at += 8) {
    // Straight code for 32 bytes at once: it waits for no branch that depends on where fields end.
    const a = (words[at] as number) & first;
    const b = words[at + 1] as number;
    const c = words[at + 2] as number;
    const d = words[at + 3] as number;
    const e = words[at + 4] as number;
    const f = words[at + 5] as number;
    const g = words[at + 6] as number;
    const h = words[at + 7] as number;
    let marks = (bitsOf(a, b, c, d, delimiters) | (bitsOf(e, f, g, h, delimiters) << 16)) & kept;
    let lines = 0;
    if (mayHaveLineFeed(a, b, c, d) || mayHaveLineFeed(e, f, g, h)) {
      lines = bitsOf(a, b, c, d, LINE_FEEDS) | (bitsOf(e, f, g, h, LINE_FEEDS) << 16);
      marks &= (lines & -lines) - 1;
    }
    for (; left > 1 && marks !== 0; left--) marks &= marks - 1;
    if (marks !== 0) return (at << 2) + 32 - Math.clz32(marks & -marks);
    if (lines !== 0) return -1;
    kept = first = -1;
  }
}

/** False only where none of 16 bytes is an LF; always true where one is not ASCII. */
function mayHaveLineFeed(a: number, b: number, c: number, d: number): boolean {
  const others =
    ((a ^ LINE_FEEDS) + LOW_BITS) &
    ((b ^ LINE_FEEDS) + LOW_BITS) &
    ((c ^ LINE_FEEDS) + LOW_BITS) &
    ((d ^ LINE_FEEDS) + LOW_BITS);
  return (others & ~(a | b | c | d) & HIGH_BITS) !== HIGH_BITS;
}

/** A bit for each of 16 bytes that is the one that `byte` is four times. */
function bitsOf(a: number, b: number, c: number, d: number, byte: number): number {
  return fourBits(a ^ byte) | (fourBits(b ^ byte) << 4) | (fourBits(c ^ byte) << 8) | (fourBits(d ^ byte) << 12);
}

/** A bit for each byte of `difference` that is zero. */
function fourBits(difference: number): number {
  return Math.imul(zeroBytes(difference) >>> 7, 0x10204080) >>> 28;
}

/** Position behind the closing quote; -1 when text follows it or the opening quote is not at the field's start. */
export function afterQuoted(
  bytes: Uint8Array,
  words: Int32Array,
  start: number,
  row: number,
  delimiter: number,
  quote: number,
): number {
  if (start - 1 !== row && bytes[start - 2] !== delimiter) return -1;
  const quotes = fourTimes(quote);
  let p = start;
  for (;;) {
    let at = p >> 2;
    let marks = zeroBytes((words[at] as number) ^ quotes) & (-1 << ((p & 3) << 3));
    while (marks === 0) marks = zeroBytes((words[++at] as number) ^ quotes);
    p = (at << 2) + firstMarked(marks & -marks) + 1;
    if (bytes[p] !== quote) break;
    p++;
  }
  const next = bytes[p];
  return next === delimiter || next === LINE_FEED || (next === 13 && bytes[p + 1] === LINE_FEED) ? p : -1;
}

function bytesMarked(marks: number): number {
  return Math.imul(marks >>> 7, ONES) >>> 24;
}

/** Which byte of a word the one bit of `mark` is in. */
function firstMarked(mark: number): number {
  return (31 - Math.clz32(mark)) >> 3;
}
