import { equalUtf8 } from './strings';

// Open addressing, linear probing. A table is `slots`: 2^bits u32 cells, 0 free, else an entry's number + 1; entries are
// numbered as they come. Callers grow a table when a call stops before its last row, and go on from that row.

// @ts-ignore: decorator
@inline
function mix(hash: u64, word: u64): u64 {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 32);
}

function hashText(at: usize, length: u32): u32 {
  let hash: u64 = length;
  let left = length;
  for (; left >= 8; left -= 8, at += 8) hash = mix(hash, load<u64>(at));
  if (left) {
    let word: u64 = 0;
    for (let i: u32 = 0; i < left; i++) word |= <u64>load<u8>(at + i) << (i << 3);
    hash = mix(hash, word);
  }
  return <u32>hash ^ <u32>(hash >> 29);
}

/**
 * Numbers distinct texts. Entry e: its hash (u32), address and length (u32 each) in `entries` + 12 e; its bytes are
 * copied to the area at `arena` (u32 cell: next free address; `arenaEnd` its end). Writes each row's entry number as a
 * u64 word, 0 for NULL. Stops at a row that needs a new entry when `capacity` entries exist or the area is full.
 */
export function internUtf8(
  starts: usize, lengths: usize, validity: usize, from: u32, count: u32, words: usize, slots: usize, mask: u32,
  entries: usize, entryCount: usize, capacity: u32, arena: usize, arenaEnd: usize,
): u32 {
  let used = load<u32>(entryCount);
  let row = from;
  for (; row < count; row++) {
    if (!load<u8>(validity + row)) {
      store<u64>(words + (<usize>row << 3), 0);
      continue;
    }
    const at = <usize>load<u32>(starts + (<usize>row << 2));
    const length = load<u32>(lengths + (<usize>row << 2));
    const hash = hashText(at, length);
    let slot = hash & mask;
    let found: u32;
    while ((found = load<u32>(slots + (<usize>slot << 2))) != 0) {
      const entry = entries + <usize>(found - 1) * 12;
      if (load<u32>(entry) == hash && equalUtf8(load<u32>(entry, 4), load<u32>(entry, 8), at, length)) break;
      slot = (slot + 1) & mask;
    }
    if (!found) {
      const copy = <usize>load<u32>(arena);
      if (used == capacity || length > <u32>(arenaEnd - copy)) break;
      memory.copy(copy, at, length);
      store<u32>(arena, <u32>(copy + length));
      const entry = entries + <usize>used * 12;
      store<u32>(entry, hash);
      store<u32>(entry, <u32>copy, 4);
      store<u32>(entry, length, 8);
      found = ++used;
      store<u32>(slots + (<usize>slot << 2), found);
    }
    store<u64>(words + (<usize>row << 3), found - 1);
  }
  store<u32>(entryCount, used);
  return row;
}

/** Key words of 4-byte values. NULLs are 0, told apart by the null mask. */
export function keyWords4(values: usize, count: u32, words: usize): void {
  for (let i: usize = 0; i < count; i++) store<u64>(words + (i << 3), <u64><u32>load<u32>(values + (i << 2)));
}

export function keyWords1(values: usize, count: u32, words: usize): void {
  for (let i: usize = 0; i < count; i++) store<u64>(words + (i << 3), load<u8>(values + i));
}

/** -0 groups with 0, and all NaN with each other. */
export function keyWordsFloat64(values: usize, count: u32, words: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const value = load<f64>(values + (i << 3));
    store<u64>(words + (i << 3), value != value ? 0x7ff8000000000000 : reinterpret<u64>(value + 0));
  }
}

/** Clears the words of NULL rows and notes them as bit `column` of each row's null mask. */
export function keyNulls(validity: usize, count: u32, words: usize, nullMasks: usize, column: u32): void {
  const bit = <u64>1 << column;
  for (let i: usize = 0; i < count; i++) {
    if (load<u8>(validity + i)) continue;
    store<u64>(words + (i << 3), 0);
    store<u64>(nullMasks + (i << 3), load<u64>(nullMasks + (i << 3)) | bit);
  }
}

/**
 * Finds or makes each row's group. Row r's key is the words wordColumns + k * stride * 8 + 8 r for k < keys (the null
 * mask is the last of them). A group's key words stand at groupKeys + 8 * keys * g, its hash at hashes + 4 g. Gives the
 * row where it stopped because `capacity` groups exist.
 */
export function findGroups(
  wordColumns: usize, stride: u32, keys: u32, from: u32, count: u32, groups: usize, slots: usize, mask: u32,
  groupKeys: usize, hashes: usize, groupCount: usize, capacity: u32,
): u32 {
  let used = load<u32>(groupCount);
  const strideBytes = <usize>stride << 3, keyBytes = <usize>keys << 3;
  let row = from;
  for (; row < count; row++) {
    const words = wordColumns + (<usize>row << 3);
    let wide: u64 = 0;
    for (let k: usize = 0, at = words; k < keyBytes; k += 8, at += strideBytes) wide = mix(wide, load<u64>(at));
    const hash = <u32>wide ^ <u32>(wide >> 29);
    let slot = hash & mask;
    let found: u32;
    while ((found = load<u32>(slots + (<usize>slot << 2))) != 0) {
      const key = groupKeys + <usize>(found - 1) * keyBytes;
      let k: usize = 0;
      for (let at = words; k < keyBytes && load<u64>(key + k) == load<u64>(at); k += 8) at += strideBytes;
      if (k == keyBytes) break;
      slot = (slot + 1) & mask;
    }
    if (!found) {
      if (used == capacity) break;
      const key = groupKeys + <usize>used * keyBytes;
      for (let k: usize = 0, at = words; k < keyBytes; k += 8, at += strideBytes) store<u64>(key + k, load<u64>(at));
      store<u32>(hashes + (<usize>used << 2), hash);
      found = ++used;
      store<u32>(slots + (<usize>slot << 2), found);
    }
    store<u32>(groups + (<usize>row << 2), found - 1);
  }
  store<u32>(groupCount, used);
  return row;
}

/** Fills the empty `slots` from the entries' hashes, `hashStride` bytes apart. */
export function rehash(slots: usize, mask: u32, hashes: usize, hashStride: u32, count: u32): void {
  for (let entry: u32 = 0; entry < count; entry++) {
    let slot = load<u32>(hashes + <usize>entry * hashStride) & mask;
    while (load<u32>(slots + (<usize>slot << 2)) != 0) slot = (slot + 1) & mask;
    store<u32>(slots + (<usize>slot << 2), entry + 1);
  }
}
