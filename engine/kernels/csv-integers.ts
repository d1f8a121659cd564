import { parseFields } from './csv-parse';
import { digitsBetween, startOfNumber, stopOfNumber } from './digits';

/** An integer of up to 19 digits whose magnitude is at most `greatest`, or one more where it is negative. */
// @ts-ignore: decorator
@inline
function parsePlain<T>(start: usize, stop: usize, out: usize, greatest: u64): bool {
  const negative = load<u8>(start) == 45;
  const magnitude = digitsBetween(start + usize(negative), stop);
  if (magnitude > greatest + u64(negative)) return false;
  store<T>(out, <T>(negative ? 0 - magnitude : magnitude));
  return true;
}

/** The same between blanks, or behind a plus sign. */
function parseOdd<T>(start: usize, stop: usize, out: usize, greatest: u64): bool {
  const bareStart = startOfNumber(start, stop), bareStop = stopOfNumber(bareStart, stop);
  if ((bareStart == start && bareStop == stop) || bareStart == bareStop) return false;
  return parsePlain<T>(bareStart, bareStop, out, greatest);
}

/** The greatest value of a signed type. */
// @ts-ignore: decorator
@inline
function greatestOf<T>(): u64 {
  return sizeof<T>() == 4 ? i32.MAX_VALUE : i64.MAX_VALUE;
}

// @ts-ignore: decorator
@unmanaged
class IntegerParser<T> {
  // @ts-ignore: decorator
  @inline
  parse(start: usize, stop: usize, out: usize, scale: u32, limit: u64, mark: u32): bool {
    return parsePlain<T>(start, stop, out, greatestOf<T>());
  }

  // @ts-ignore: decorator
  @inline
  parseOdd(start: usize, stop: usize, out: usize, scale: u32, limit: u64, mark: u32): bool {
    return parseOdd<T>(start, stop, out, greatestOf<T>());
  }
}

/** Integers within 64 bits, to i64. */
export function csvParseInt64(starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize): u32 {
  return parseFields<IntegerParser<i64>, i64>(starts, stops, rows, from, count, values, validity, facts, 0, 0, 0);
}

/** Integers within 32 bits, to i32. */
export function csvParseInt32(starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize): u32 {
  return parseFields<IntegerParser<i32>, i32>(starts, stops, rows, from, count, values, validity, facts, 0, 0, 0);
}
