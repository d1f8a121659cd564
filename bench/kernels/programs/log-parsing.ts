import { digitsEnd, digitsValue } from './decimal-digits';
import { findByte, LF } from './lines';

const BLANK: u8 = 32;
const CLASSES: u32 = 5;

/**
 * Reads lines `TIME LEVEL SERVICE METHOD PATH STATUS BYTES MILLISECONDS`, the last with three digits behind the point.
 * Leaves for each class of status, 1xx to 5xx, three u64 at `work`: requests, bytes, and the longest time in µs.
 */
export function log_parsing(at: usize, length: i32, work: usize, room: i32): i32 {
  memory.fill(work, 0, CLASSES * 24);
  const end = at + <usize>length;
  for (let line = 0; at < end; line++) {
    const lineEnd = findByte(at, end, LF);
    for (let field = 0; field < 5; field++) at = findByte(at, lineEnd, BLANK) + 1;
    const statusEnd = digitsEnd(at, lineEnd);
    const bytesAt = statusEnd + 1;
    const bytesEnd = digitsEnd(bytesAt, lineEnd);
    const wholeAt = bytesEnd + 1;
    const wholeEnd = digitsEnd(wholeAt, lineEnd);
    const partEnd = digitsEnd(wholeEnd + 1, lineEnd);
    const kind = <u32>(load<u8>(at) - 0x31);
    if (statusEnd != at + 3 || kind >= CLASSES || bytesEnd <= bytesAt || wholeEnd <= wholeAt) return -2 - line;
    if (partEnd != lineEnd || partEnd != wholeEnd + 4) return -2 - line;
    const sums = work + <usize>kind * 24;
    const micros = digitsValue(wholeAt, wholeEnd) * 1000 + digitsValue(wholeEnd + 1, partEnd);
    store<u64>(sums, load<u64>(sums) + 1);
    store<u64>(sums, load<u64>(sums, 8) + digitsValue(bytesAt, bytesEnd), 8);
    store<u64>(sums, max(load<u64>(sums, 16), micros), 16);
    at = lineEnd + 1;
  }
  return CLASSES * 24;
}
