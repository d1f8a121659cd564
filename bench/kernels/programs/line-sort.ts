import { findByte, LF } from './lines';

/** A line: its first eight bytes as a number that orders as they do, its address and its length. */
const LINE: usize = 16;
/** Shorter runs are sorted by insertion. */
const SHORT: usize = 16;

/** Sorts lines by their bytes. Leaves them, each with its LF, in the last `length` bytes of the work area. */
export function line_sort(at: usize, length: i32, work: usize, room: i32): i32 {
  const end = at + <usize>length;
  const last = work + <usize>room - <usize>length;
  let to = work;
  while (at < end) {
    if (to + LINE > last) return -1;
    const lineEnd = findByte(at, end, LF);
    store<u64>(to, prefix(at, lineEnd));
    store<u32>(to, <u32>at, 8);
    store<u32>(to, <u32>(lineEnd - at), 12);
    to += LINE;
    at = lineEnd + 1;
  }
  sort(work, to);
  let out = last;
  for (let line = work; line < to; line += LINE) {
    const size = load<u32>(line, 12);
    memory.copy(out, load<u32>(line, 8), size);
    store<u8>(out + size, LF);
    out += size + 1;
  }
  return <i32>(out - last);
}

/** Zeros stand for bytes behind the line's end; LF, which no line holds, is thus the least. */
function prefix(at: usize, end: usize): u64 {
  const word = bswap(load<u64>(at));
  const size = end - at;
  return size >= 8 ? word : size == 0 ? 0 : word & (<u64>-1 << (64 - (size << 3)));
}

/** Quicksort by the middle of three, the longer part last; short runs by insertion. */
function sort(from: usize, to: usize): void {
  while (to - from > SHORT * LINE) {
    const middle = from + ((to - from) / LINE / 2) * LINE;
    order(from, middle);
    order(middle, to - LINE);
    order(from, middle);
    const word = load<u64>(middle);
    const at = load<u32>(middle, 8);
    const size = load<u32>(middle, 12);
    let i = from;
    let j = to - LINE;
    while (i <= j) {
      while (compare(load<u64>(i), load<u32>(i, 8), load<u32>(i, 12), word, at, size) < 0) i += LINE;
      while (compare(load<u64>(j), load<u32>(j, 8), load<u32>(j, 12), word, at, size) > 0) j -= LINE;
      if (i <= j) {
        swap(i, j);
        i += LINE;
        j -= LINE;
      }
    }
    if (j - from < to - i) {
      sort(from, j + LINE);
      from = i;
    } else {
      sort(i, to);
      to = j + LINE;
    }
  }
  for (let i = from + LINE; i < to; i += LINE) {
    for (let j = i; j > from && less(j, j - LINE); j -= LINE) swap(j, j - LINE);
  }
}

function order(a: usize, b: usize): void {
  if (less(b, a)) swap(a, b);
}

function less(a: usize, b: usize): bool {
  return compare(load<u64>(a), load<u32>(a, 8), load<u32>(a, 12), load<u64>(b), load<u32>(b, 8), load<u32>(b, 12)) < 0;
}

function swap(a: usize, b: usize): void {
  const line = v128.load(a);
  v128.store(a, v128.load(b));
  v128.store(b, line);
}

function compare(wordA: u64, a: usize, sizeA: u32, wordB: u64, b: usize, sizeB: u32): i32 {
  if (wordA != wordB) return wordA < wordB ? -1 : 1;
  const common = min(sizeA, sizeB);
  for (let i: usize = 8; i < common; i++) {
    const byteA = load<u8>(a + i);
    const byteB = load<u8>(b + i);
    if (byteA != byteB) return byteA < byteB ? -1 : 1;
  }
  return sizeA == sizeB ? 0 : sizeA < sizeB ? -1 : 1;
}
