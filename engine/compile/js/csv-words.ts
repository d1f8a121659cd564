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
 * Position behind the next LF from `from` on; -1 where it has not just `expected` delimiters before it. Nothing is
 * known of quotes. `delimiters` is the delimiter four times. There must be an LF.
 */
export function rowEnd(words: Int32Array, from: number, delimiters: number, expected: number): number {
  let at = from >> 2;
  const kept = -1 << ((from & 3) << 3);
  let word = words[at] as number;
  let marks = zeroBytes(word ^ delimiters) & kept;
  let ends = zeroBytes(word ^ LINE_FEEDS) & kept;
  let count = 0;
  if (ends === 0) {
    count = bytesMarked(marks);
    const second = at + 1;
    const last = at + LANE_WORDS;
    // Without bytes above 0x7f a sum cannot carry into the next byte: then less is to do than in `zeroBytes`.
    let others = 0;
    let seen = 0;
    do {
      word = words[++at] as number;
      seen |= word;
      others += (((word ^ delimiters) + LOW_BITS) & HIGH_BITS) >>> 7;
    } while ((((word ^ LINE_FEEDS) + LOW_BITS) & HIGH_BITS) === HIGH_BITS && at !== last);
    if ((seen & HIGH_BITS) !== 0 || at === last) return rowEndOfAnyBytes(words, second, delimiters, expected - count);
    marks = zeroBytes(word ^ delimiters);
    ends = zeroBytes(word ^ LINE_FEEDS);
    count += 4 * (at - second + 1) - (Math.imul(others, ONES) >>> 24) - bytesMarked(marks);
  }
  const first = ends & -ends;
  count += bytesMarked(marks & (first - 1));
  return count === expected ? (at << 2) + ((31 - Math.clz32(first)) >> 3) + 1 : -1;
}

/** `rowEnd` from a whole word on, of rows that are long or not ASCII. */
function rowEndOfAnyBytes(words: Int32Array, from: number, delimiters: number, expected: number): number {
  let at = from;
  let count = 0;
  for (;;) {
    const word = words[at] as number;
    const marks = zeroBytes(word ^ delimiters);
    const ends = zeroBytes(word ^ LINE_FEEDS);
    if (ends !== 0) {
      const first = ends & -ends;
      count += bytesMarked(marks & (first - 1));
      return count === expected ? (at << 2) + ((31 - Math.clz32(first)) >> 3) + 1 : -1;
    }
    count += bytesMarked(marks);
    at++;
  }
}

/** As `rowEnd` for a row with quotes. `from` lies outside of quotes, in the row that begins at `row`. */
export function quotedRowEnd(
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
    const stop = (at << 2) + ((31 - Math.clz32(first)) >> 3);
    if (bytes[stop] === LINE_FEED) return count === expected ? stop + 1 : -1;
    const next = afterQuoted(bytes, stop + 1, row, delimiter, quote);
    if (next < 0) return -1;
    at = next >> 2;
    kept = -1 << ((next & 3) << 3);
  }
}

/**
 * Position behind the `count`-th delimiter from `from` on; -1 where an LF comes before it. Nothing is known of quotes.
 * `delimiters` is the delimiter four times.
 */
export function afterFields(words: Int32Array, from: number, delimiters: number, count: number): number {
  let at = from >> 2;
  let kept = -1 << ((from & 3) << 3);
  let left = count;
  for (;;) {
    const word = words[at] as number;
    let marks = zeroBytes(word ^ delimiters) & kept;
    const ends = zeroBytes(word ^ LINE_FEEDS) & kept;
    if (ends !== 0) marks &= (ends & -ends) - 1;
    const found = bytesMarked(marks);
    if (found >= left) {
      while (--left > 0) marks &= marks - 1;
      return (at << 2) + ((31 - Math.clz32(marks & -marks)) >> 3) + 1;
    }
    if (ends !== 0) return -1;
    left -= found;
    kept = -1;
    at++;
  }
}

/** Position behind the closing quote; -1 when text follows it or the opening quote is not at the field's start. */
export function afterQuoted(bytes: Uint8Array, start: number, row: number, delimiter: number, quote: number): number {
  if (start - 1 !== row && bytes[start - 2] !== delimiter) return -1;
  let p = start;
  for (;;) {
    while (bytes[p] !== quote) p++;
    p++;
    if (bytes[p] !== quote) break;
    p++;
  }
  const next = bytes[p];
  return next === delimiter || next === LINE_FEED || (next === 13 && bytes[p + 1] === LINE_FEED) ? p : -1;
}

function bytesMarked(marks: number): number {
  return Math.imul(marks >>> 7, ONES) >>> 24;
}
