import { parseFields } from './csv-parse';
import { NOT_A_DATE, dateAt, timestampBetween } from './csv-dates';

// Dates and timestamps in formats whose texts all have the same length, at most 32 bytes. A layout tells how such a text
// becomes YYYY-MM-DD HH:MM:SS, 10 vectors of 16 bytes:
//   0, 1 the literals of the text, 0 where there is a digit        2, 3 their bytes 255, others 0
//   4, 5 where bytes 0 to 15 of the result stand in the first and in the second half of the text; 255 where not
//   6, 7 the same of bytes 16 to 31                                8, 9 what is ORed to the result: its own literals
const RESULT: usize = memory.data(64, 16) + 16;

/** Rearranges the text at an address. False when its literals are others. */
// @ts-ignore: decorator
@inline
function rearrange(start: usize, layout: usize): bool {
  const first = v128.load(start), second = v128.load(start, 16);
  const differences = v128.or(
    v128.and(v128.xor(first, v128.load(layout)), v128.load(layout, 32)),
    v128.and(v128.xor(second, v128.load(layout, 16)), v128.load(layout, 48)),
  );
  if (v128.any_true(differences)) return false;
  const head = v128.or(i8x16.swizzle(first, v128.load(layout, 64)), i8x16.swizzle(second, v128.load(layout, 80)));
  const tail = v128.or(i8x16.swizzle(first, v128.load(layout, 96)), i8x16.swizzle(second, v128.load(layout, 112)));
  v128.store(RESULT, v128.or(head, v128.load(layout, 128)));
  v128.store(RESULT, v128.or(tail, v128.load(layout, 144)), 16);
  return true;
}

// @ts-ignore: decorator
@unmanaged
class FormattedDateParser {
  // @ts-ignore: decorator
  @inline
  parse(start: usize, stop: usize, out: usize, length: u32, layout: u64, mark: u32): bool {
    if (stop - start != length || !rearrange(start, <usize>layout)) return false;
    const days = dateAt(RESULT);
    store<i32>(out, days);
    return days != NOT_A_DATE;
  }

  // @ts-ignore: decorator
  @inline
  parseOdd(start: usize, stop: usize, out: usize, scale: u32, limit: u64, mark: u32): bool {
    return false;
  }
}

// @ts-ignore: decorator
@unmanaged
class FormattedTimestampParser {
  // @ts-ignore: decorator
  @inline
  parse(start: usize, stop: usize, out: usize, length: u32, layout: u64, mark: u32): bool {
    return stop - start == length && rearrange(start, <usize>layout) && timestampBetween(RESULT, RESULT + 19, out);
  }

  // @ts-ignore: decorator
  @inline
  parseOdd(start: usize, stop: usize, out: usize, scale: u32, limit: u64, mark: u32): bool {
    return false;
  }
}

/** As `csvParseDate`, from texts of `length` bytes in another layout. */
export function csvParseFormattedDate(
  starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize, length: u32, layout: u32,
): u32 {
  return parseFields<FormattedDateParser, i32>(starts, stops, rows, from, count, values, validity, facts, length, layout, 0);
}

/** As `csvParseTimestamp`, from texts of `length` bytes in another layout, without a fraction. */
export function csvParseFormattedTimestamp(
  starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize, length: u32, layout: u32,
): u32 {
  return parseFields<FormattedTimestampParser, i64>(starts, stops, rows, from, count, values, validity, facts, length, layout, 0);
}
