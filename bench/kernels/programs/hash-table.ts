// A hash table of texts by open addressing with linear probing, at most half full. It lies in a work area from `start`
// to `end`, grows by copying itself behind what it held, and gives up its old place.

@unmanaged
export class Entry {
  /** 0 in a free place. */
  hash: u32;
  /** The text, in the input. */
  at: u32;
  length: u32;
  /** What the program keeps of it. */
  first: u32;
  second: u32;
  unused: u32;
}

@unmanaged
export class HashTable {
  entries: usize;
  /** Places less one; a power of two less one. */
  mask: u32;
  used: u32;
  end: usize;
}

const ENTRY: usize = 24;
const HEADER: usize = 32;
const FIRST_PLACES: u32 = 4096;

/** Makes an empty table at the start of a work area; null if it does not fit. */
export function makeTable(start: usize, end: usize): HashTable | null {
  const table = changetype<HashTable>(start);
  table.entries = start + HEADER;
  table.mask = FIRST_PLACES - 1;
  table.used = 0;
  table.end = end;
  if (table.entries + ENTRY * FIRST_PLACES > end) return null;
  memory.fill(table.entries, 0, ENTRY * FIRST_PLACES);
  return table;
}

/** The entry at a place, from 0 to the mask. */
export function entryAt(table: HashTable, place: u32): Entry {
  return changetype<Entry>(table.entries + ENTRY * place);
}

/** The entry of a text, made if there is none, with `first` and `second` 0; null if the work area is full. */
export function findOrAdd(table: HashTable, at: usize, length: u32): Entry | null {
  const hash = hashOf(at, length);
  const entry = probe(table, hash, at, length);
  if (entry.hash != 0) return entry;
  if (table.used << 1 > table.mask) {
    if (!grow(table)) return null;
    return add(table, probe(table, hash, at, length), hash, at, length);
  }
  return add(table, entry, hash, at, length);
}

/** The entry of a text, or null. */
export function find(table: HashTable, at: usize, length: u32): Entry | null {
  const entry = probe(table, hashOf(at, length), at, length);
  return entry.hash == 0 ? null : entry;
}

function add(table: HashTable, entry: Entry, hash: u32, at: usize, length: u32): Entry {
  entry.hash = hash;
  entry.at = <u32>at;
  entry.length = length;
  table.used++;
  return entry;
}

/** The text's entry, or the free one where it belongs. */
function probe(table: HashTable, hash: u32, at: usize, length: u32): Entry {
  let place = hash & table.mask;
  while (true) {
    const entry = entryAt(table, place);
    if (entry.hash == 0) return entry;
    if (entry.hash == hash && entry.length == length && equal(entry.at, at, length)) return entry;
    place = (place + 1) & table.mask;
  }
}

function grow(table: HashTable): bool {
  const places = table.mask + 1;
  const old = table.entries;
  const moved = old + ENTRY * places;
  if (moved + 2 * ENTRY * places > table.end) return false;
  table.entries = moved;
  table.mask = 2 * places - 1;
  memory.fill(moved, 0, 2 * ENTRY * places);
  for (let i: u32 = 0; i < places; i++) {
    const entry = changetype<Entry>(old + ENTRY * i);
    if (entry.hash == 0) continue;
    let place = entry.hash & table.mask;
    while (entryAt(table, place).hash != 0) place = (place + 1) & table.mask;
    memory.copy(changetype<usize>(entryAt(table, place)), changetype<usize>(entry), ENTRY);
  }
  return true;
}

/** Multiply and rotate by words of 8 bytes, as FxHash does; never 0. Reads up to 7 bytes behind the text. */
function hashOf(at: usize, length: u32): u32 {
  let hash: u64 = length;
  let left = length;
  while (left >= 8) {
    hash = (rotl(hash, 5) ^ load<u64>(at)) * 0x517cc1b727220a95;
    at += 8;
    left -= 8;
  }
  if (left > 0) hash = (rotl(hash, 5) ^ (load<u64>(at) << ((8 - left) << 3))) * 0x517cc1b727220a95;
  return <u32>(hash >> 32) | 1;
}

function equal(a: usize, b: usize, length: u32): bool {
  let left = length;
  while (left >= 8) {
    if (load<u64>(a) != load<u64>(b)) return false;
    a += 8;
    b += 8;
    left -= 8;
  }
  return left == 0 || (load<u64>(a) ^ load<u64>(b)) << ((8 - left) << 3) == 0;
}
