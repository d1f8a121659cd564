import { Entry, entryAt, findOrAdd, HashTable, makeTable } from './hash-table';

const A: u8 = 0x61;
const LETTERS: u32 = 26;

const TOP: u32 = 20;

/**
 * Counts words: runs of a-z, all else parts them. Leaves the 20 most frequent ones behind each other, the address of
 * the first as u32 at `work`, and the number of different words as u32 at `work` + 8.
 */
export function word_count(at: usize, length: i32, work: usize, room: i32): i32 {
  const table = makeTable(work, work + <usize>room);
  if (table === null) return -1;
  const end = at + <usize>length;
  while (at < end) {
    while (at < end && !isLetter(at)) at++;
    const start = at;
    while (at < end && isLetter(at)) at++;
    if (at == start) break;
    const entry = findOrAdd(table, start, <u32>(at - start));
    if (entry === null) return -1;
    entry.first++;
  }
  return writeMostFrequent(table, TOP);
}

function isLetter(at: usize): bool {
  return <u32>(load<u8>(at) - A) < LETTERS;
}

/** The words of most occurrences, those of equal ones by their letters; in the table's header its place is left. */
function writeMostFrequent(table: HashTable, top: u32): i32 {
  const best = changetype<usize>(entryAt(table, table.mask)) + offsetof<Entry>();
  if (best + <usize>(top << 2) > table.end) return -1;
  let held: u32 = 0;
  for (let i: u32 = 0; i <= table.mask; i++) {
    const entry = entryAt(table, i);
    if (entry.hash == 0) continue;
    let place = held;
    while (place > 0 && isBefore(entry, changetype<Entry>(<usize>load<u32>(best + (<usize>(place - 1) << 2))))) {
      if (place < top) store<u32>(best + (<usize>place << 2), load<u32>(best + (<usize>(place - 1) << 2)));
      place--;
    }
    if (place < top) store<u32>(best + (<usize>place << 2), <u32>changetype<usize>(entry));
    if (held < top) held++;
  }
  return writeWords(table, best, held, best + <usize>(top << 2));
}

/** Each as its count and its length, u32, and its letters. */
function writeWords(table: HashTable, best: usize, count: u32, start: usize): i32 {
  let to = start;
  for (let i: u32 = 0; i < count; i++) {
    const entry = changetype<Entry>(<usize>load<u32>(best + (<usize>i << 2)));
    if (to + 8 + entry.length > table.end) return -1;
    store<u32>(to, entry.first);
    store<u32>(to, entry.length, 4);
    memory.copy(to + 8, entry.at, entry.length);
    to += 8 + entry.length;
  }
  table.entries = start;
  return <i32>(to - start);
}

function isBefore(a: Entry, b: Entry): bool {
  if (a.first != b.first) return a.first > b.first;
  const order = memory.compare(a.at, b.at, min(a.length, b.length));
  return order == 0 ? a.length < b.length : order < 0;
}
