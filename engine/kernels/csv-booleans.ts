import { parseFields } from './csv-parse';

// Words as little-endian integers, in lower case.
const TRUE: u64 = 0x65757274, FALSE: u64 = 0x65736c6166, YES: u64 = 0x736579, NO: u64 = 0x6f6e;
const T: u64 = 0x74, F: u64 = 0x66, Y: u64 = 0x79, N: u64 = 0x6e;

// @ts-ignore: decorator
@unmanaged
class BooleanParser {
  // @ts-ignore: decorator
  @inline
  parse(start: usize, stop: usize, out: usize, scale: u32, limit: u64, mark: u32): bool {
    const length = stop - start;
    if (length - 1 > 4) return false;
    const first = <u32>load<u8>(start);
    if (length == 1 && (first & 0xfe) == 48) {
      store<u8>(out, first & 1);
      return true;
    }
    const word = (load<u64>(start) | 0x2020202020202020) & (~(<u64>0) >> (64 - (<u64>length << 3)));
    const isTrue = i32(word == TRUE) | i32(word == T) | i32(word == YES) | i32(word == Y);
    store<u8>(out, isTrue);
    return i32(isTrue | i32(word == FALSE) | i32(word == F) | i32(word == NO) | i32(word == N)) != 0;
  }

  // @ts-ignore: decorator
  @inline
  parseOdd(start: usize, stop: usize, out: usize, scale: u32, limit: u64, mark: u32): bool {
    return false;
  }
}

/** true, false, t, f, yes, no, y, n in any case, 1 and 0, to bytes 1 and 0. */
export function csvParseBoolean(starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize): u32 {
  return parseFields<BooleanParser, u8>(starts, stops, rows, from, count, values, validity, facts, 0, 0, 0);
}
