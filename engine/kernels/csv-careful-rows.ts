import {
  CLOSED,
  CLOSED_BLANK,
  CLOSED_RETURN,
  COMMENT,
  ESCAPED,
  FIELD_START,
  QUOTED_FIELD,
  ROW_START,
  rejectRow,
  STATE_MISPLACED,
  STATE_MISSHAPEN,
  STATE_MISSING,
  STATE_ROW_START,
  STATE_ROWS,
  UNQUOTED,
} from './csv-rows';

const RETURN: u8 = 13;

// @ts-ignore: decorator
@inline
function isBlank(byte: u32): bool {
  return byte == 32 || byte == 9;
}

/**
 * As csvIndexRows, byte by byte and from and to any byte, for all dialects: comment lines, an escape byte other than the quote, and blanks around
 * quotes where `trim` is not 0. A `quote`, `escape` or `comment` of 256 means none. A comment line leaves no mark and
 * is no row.
 */
export function csvIndexRowsCarefully(
  state: usize, from: usize, to: usize, bitmap: usize, starts: usize, misshapen: usize, capacity: u32, columns: u32,
  delimiter: u32, quote: u32, lineEnd: u32, escape: u32, comment: u32, trim: u32,
): usize {
  let mode = load<u32>(state);
  let missing = load<u32>(state, STATE_MISSING);
  let misplaced: usize = 0;
  store<u32>(state, 0, STATE_MISSHAPEN);
  let next = starts + 4;
  store<u32>(starts, load<u32>(state, STATE_ROW_START));
  const lastNext = starts + (<usize>(capacity - 64) << 2) + 4;
  const doubled = escape == quote;
  let at = from;
  while (i32(at < to) & i32(next <= lastNext)) {
    const block = at & ~63;
    const stop = min(block + 64, to);
    let marks: u64 = 0;
    for (; at < stop; at++) {
      const byte = <u32>load<u8>(at);
      if (mode == QUOTED_FIELD) {
        if (byte == quote) mode = CLOSED;
        else if (byte == escape) mode = ESCAPED;
        continue;
      }
      if (mode == ESCAPED) {
        mode = QUOTED_FIELD;
        continue;
      }
      if (byte == lineEnd) {
        if (mode == COMMENT) store<u32>(next - 4, <u32>(at + 1));
        else {
          marks |= <u64>1 << (at & 63);
          if (--missing == 0) {
            store<u32>(next, <u32>(at + 1));
            next += 4;
          } else if (rejectRow(state, misshapen, next - 4, <u32>at, columns - missing, columns, lineEnd) > capacity - 64) {
            to = stop;
          }
          missing = columns;
        }
        mode = ROW_START;
      } else if (mode == COMMENT) {
        continue;
      } else if (i32(byte == delimiter) & i32(mode != CLOSED_RETURN)) {
        marks |= <u64>1 << (at & 63);
        missing--;
        mode = FIELD_START;
      } else if (mode == UNQUOTED) {
        if (byte == quote) {
          misplaced = at;
          to = at;
          break;
        }
      } else if (mode >= FIELD_START && mode != CLOSED_BLANK) {
        if (byte == quote) mode = QUOTED_FIELD;
        else if (i32(mode == ROW_START) & i32(byte == comment)) mode = COMMENT;
        else if (i32(trim != 0) && isBlank(byte)) mode = FIELD_START;
        else mode = UNQUOTED;
      } else if (i32(mode == CLOSED) & i32(doubled) & i32(byte == quote)) {
        mode = QUOTED_FIELD;
      } else if (i32(mode != CLOSED_RETURN) & i32(trim != 0) && isBlank(byte)) {
        mode = CLOSED_BLANK;
      } else if (i32(mode != CLOSED_RETURN) & i32(lineEnd == 10) & i32(byte == RETURN)) {
        mode = CLOSED_RETURN;
      } else {
        misplaced = at;
        to = at;
        break;
      }
    }
    store<u64>(bitmap + (block >> 3), marks);
  }
  store<u32>(state, mode);
  store<u32>(state, load<u32>(next - 4), STATE_ROW_START);
  store<u32>(state, missing, STATE_MISSING);
  store<u32>(state, <u32>((next - starts) >> 2) - 1, STATE_ROWS);
  store<u32>(state, <u32>misplaced, STATE_MISPLACED);
  return at;
}
