import { anyEqual64, clearLowest, equalMask64, prefixXor } from './simd';

const RETURN: u8 = 13;

// Two kernels find the structure of CSV text, this one for blocks of 64 bytes, csv-careful-rows.ts byte by byte for
// dialects that this one does not know. Both take and leave the same things.
//
// Scan state, 32 bytes, all u32: what the reader is in the middle of (see below); start of the open row (0: before the
// chunk); marks that the open row still lacks (wraps around); and of this call: rows found, misshapen rows found, address of the
// first quote out of place (0: none), and whether there were bytes beyond ASCII and rows that are not among those found,
// blank ones too (both not told by the careful kernel).

export const STATE_ROW_START: usize = 4;
export const STATE_MISSING: usize = 8;
export const STATE_ROWS: usize = 12;
export const STATE_MISSHAPEN: usize = 16;
export const STATE_MISPLACED: usize = 20;
export const STATE_BEYOND_ASCII: usize = 24;
export const STATE_LEFT_OUT: usize = 28;

/** Within a field without quotes; also stands for "nothing special". */
export const UNQUOTED: u32 = 0;
export const QUOTED_FIELD: u32 = 1;
/** Behind an escape byte, within quotes. */
export const ESCAPED: u32 = 2;
export const COMMENT: u32 = 3;
/** Right behind a quote that closes a field, or is the first of a doubled one. */
export const CLOSED: u32 = 4;
/** Right behind the carriage return that stands behind a closing quote: the row must end. */
export const CLOSED_RETURN: u32 = 5;
export const FIELD_START: u32 = 6;
export const ROW_START: u32 = 7;
/** Behind blanks behind a closing quote. */
export const CLOSED_BLANK: u32 = 8;

/**
 * Finds the structure of [from, to), quote-aware (RFC 4180): in `bitmap` (a u64 for each block of 64 bytes; the word of the
 * bytes at address a is at bitmap + a / 8) each delimiter and each row end that is not quoted has its bit, the mark of
 * the field that it ends. `starts` takes the starts of the rows of `columns` marks that end, and behind them that of the
 * open row, u32. A row of another number of marks goes to `misshapen` (start, end, marks; u32 each), except a blank one
 * where there are several columns. Stops before a block that might not fit `capacity` (>= 64) rows, and behind one
 * that holds a quote that neither opens a field at its start nor closes it at its end; what stands behind such a quote
 * is not told. Gives the address where it stopped. `from` and `to` are multiples of 64; the byte before `from` is
 * readable. A `quote` of 256 means none.
 */
export function csvIndexRows(
  state: usize, from: usize, to: usize, bitmap: usize, starts: usize, misshapen: usize, capacity: u32, columns: u32,
  delimiter: u32, quote: u32, lineEnd: u32,
): usize {
  const lineEndKey = i8x16.splat(<i8>lineEnd), delimiterKey = i8x16.splat(<i8>delimiter), quoteKey = i8x16.splat(<i8>quote);
  const quotable = i32(quote < 256);
  let mode = load<u32>(state);
  if (i32(mode != QUOTED_FIELD) & i32(mode != CLOSED) & i32(mode != CLOSED_RETURN)) mode = UNQUOTED;
  // Marks from here to the open row's end, as it should be.
  let missing = load<u32>(state, STATE_MISSING);
  store<u32>(state, 0, STATE_MISPLACED);
  store<u32>(state, 0, STATE_MISSHAPEN);
  store<u32>(state, 0, STATE_LEFT_OUT);
  // Where the next row's start goes; the open row's stands before it.
  let next = starts + 4;
  store<u32>(starts, load<u32>(state, STATE_ROW_START));
  const lastNext = starts + (<usize>(capacity - 64) << 2) + 4;
  let bytes = i64x2.splat(0);
  passedBeyondAscii = 0;
  let at = from;
  while (i32(at < to) & i32(next <= lastNext)) {
    const a = v128.load(at), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48);
    bytes = v128.or(bytes, v128.or(v128.or(a, b), v128.or(c, d)));
    let rowEnds = equalMask64(a, b, c, d, lineEndKey);
    let marks = equalMask64(a, b, c, d, delimiterKey) | rowEnds;
    let behind = at + 64;
    if ((i32(anyEqual64(a, b, c, d, quoteKey)) & quotable) | mode) {
      const quotes = equalMask64(a, b, c, d, quoteKey);
      const within = prefixXor(quotes) ^ (0 - u64(mode == QUOTED_FIELD));
      const edges = marks | quotes;
      const before = load<u8>(at - 1);
      const boundary = u64(i32(before == delimiter) | i32(before == lineEnd) | i32(before == quote));
      const closing = quotes & ~within;
      // An opening quote stands behind an edge (behind a quote it is the second of a doubled one), an edge behind a closing one.
      let wrong = quotes & within & ~((edges << 1) | boundary);
      const strays = ((closing << 1) | u64(mode == CLOSED)) & ~edges;
      let returns: u64 = 0;
      if (strays | u64(mode == CLOSED_RETURN)) {
        returns = lineEnd == 10 ? strays & equalMask64(a, b, c, d, i8x16.splat(RETURN)) : 0;
        wrong |= (strays & ~returns) | (((returns << 1) | u64(mode == CLOSED_RETURN)) & ~rowEnds);
      }
      rowEnds &= ~within;
      marks &= ~within;
      mode = <i64>within < 0 ? QUOTED_FIELD : <i64>closing < 0 ? CLOSED : <i64>returns < 0 ? CLOSED_RETURN : UNQUOTED;
      if (wrong != 0) {
        const first = <usize>ctz(wrong);
        store<u32>(state, <u32>(at + first), STATE_MISPLACED);
        rowEnds &= (<u64>1 << first) - 1;
        marks &= (<u64>1 << first) - 1;
        to = at;
      } else if (mode == QUOTED_FIELD) {
        behind = passQuoted(behind, to, bitmap, quoteKey);
      }
    }
    store<u64>(bitmap + (at >> 3), marks);
    // Without a branch for the first row end of the block: whether there is one is hard to predict.
    const first = <usize>ctz(rowEnds | (<u64>1 << 63));
    const found = u32(rowEnds != 0);
    const seen = <u32>popcnt(marks << (63 - first));
    store<u32>(next, <u32>(at + first + 1));
    if (found & u32(seen != missing)) {
      if (rejectRow(state, misshapen, next - 4, <u32>(at + first), columns + seen - missing, columns, lineEnd) > capacity - 64) to = at;
      missing = seen + columns;
    } else {
      next += <usize>found << 2;
      missing += columns & -found;
    }
    let pending = clearLowest(rowEnds);
    while (pending != 0) {
      const bit = <usize>ctz(pending);
      const seen = <u32>popcnt(marks << (63 - bit));
      if (seen == missing) {
        store<u32>(next, <u32>(at + bit + 1));
        next += 4;
      } else {
        if (rejectRow(state, misshapen, next - 4, <u32>(at + bit), columns + seen - missing, columns, lineEnd) > capacity - 64) to = at;
      }
      missing = seen + columns;
      pending = clearLowest(pending);
    }
    missing -= <u32>popcnt(marks);
    at = behind;
  }
  store<u32>(state, i8x16.bitmask(bytes) | passedBeyondAscii, STATE_BEYOND_ASCII);
  store<u32>(state, mode);
  store<u32>(state, load<u32>(next - 4), STATE_ROW_START);
  store<u32>(state, missing, STATE_MISSING);
  store<u32>(state, <u32>((next - starts) >> 2) - 1, STATE_ROWS);
  return at;
}

/** Not 0 once `passQuoted` has passed over a byte beyond ASCII. */
let passedBeyondAscii: i32 = 0;

/**
 * Passes over blocks within a quoted field up to one with a quote, which long texts have few of; gives where that is.
 * A function of its own: within the loop above it would slow down all of it.
 */
function passQuoted(at: usize, to: usize, bitmap: usize, quote: v128): usize {
  let bytes = i64x2.splat(0);
  for (; at < to; at += 64) {
    const a = v128.load(at), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48);
    if (anyEqual64(a, b, c, d, quote)) break;
    bytes = v128.or(bytes, v128.or(v128.or(a, b), v128.or(c, d)));
    store<u64>(bitmap + (at >> 3), 0);
  }
  passedBeyondAscii |= i8x16.bitmask(bytes);
  return at;
}

/**
 * Notes a row of a wrong number of marks, unless it is blank, and puts the next row's start in the place of its own, at
 * `startAt`. Gives the number of misshapen rows.
 */
export function rejectRow(
  state: usize, misshapen: usize, startAt: usize, end: u32, marks: u32, columns: u32, lineEnd: u32,
): u32 {
  const start = load<u32>(startAt), count = load<u32>(state, STATE_MISSHAPEN);
  store<u32>(startAt, end + 1);
  store<u32>(state, 1, STATE_LEFT_OUT);
  if (i32(columns > 1) & i32(marks == 1) & i32(start != 0)) {
    if (end == start) return count;
    if (i32(end == start + 1) & i32(lineEnd == 10) && load<u8>(start) == RETURN) return count;
  }
  const at = misshapen + <usize>count * 12;
  store<u32>(at, start);
  store<u32>(at, end, 4);
  store<u32>(at, marks, 8);
  store<u32>(state, count + 1, STATE_MISSHAPEN);
  return count + 1;
}
