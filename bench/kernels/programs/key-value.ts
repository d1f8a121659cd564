import { find, findOrAdd, makeTable } from './hash-table';
import { findByte, LF } from './lines';

const BLANK: u8 = 32;
const PUT: u8 = 0x50;
const GET: u8 = 0x47;
const DELETE: u8 = 0x44;

/**
 * Carries out lines `P KEY VALUE`, `G KEY` and `D KEY` on a store of texts. Leaves four u64 at `work`: gets that found a
 * value, gets that found none, bytes of the values got, and keys that are left.
 */
export function key_value(at: usize, length: i32, work: usize, room: i32): i32 {
  const table = makeTable(work + 32, work + <usize>room);
  if (table === null) return -1;
  let hits: u64 = 0;
  let misses: u64 = 0;
  let bytes: u64 = 0;
  let live: u64 = 0;
  const end = at + <usize>length;
  for (let line = 0; at < end; line++) {
    const operation = load<u8>(at);
    const key = at + 2;
    const lineEnd = findByte(at, end, LF);
    if (operation == PUT) {
      const keyEnd = findByte(key, lineEnd, BLANK);
      if (keyEnd >= lineEnd) return -2 - line;
      const entry = findOrAdd(table, key, <u32>(keyEnd - key));
      if (entry === null) return -1;
      if (entry.first == 0) live++;
      // Where the value stands, which is never 0: the key of a deleted one keeps its entry.
      entry.first = <u32>(keyEnd + 1);
      entry.second = <u32>(lineEnd - keyEnd - 1);
    } else if (operation == GET || operation == DELETE) {
      const entry = find(table, key, <u32>(lineEnd - key));
      const found = entry !== null && entry.first != 0;
      if (operation == GET) {
        if (found) {
          hits++;
          bytes += entry!.second;
        } else misses++;
      } else if (found) {
        entry!.first = 0;
        live--;
      }
    } else return -2 - line;
    at = lineEnd + 1;
  }
  store<u64>(work, hits);
  store<u64>(work, misses, 8);
  store<u64>(work, bytes, 16);
  store<u64>(work, live, 24);
  return 32;
}
