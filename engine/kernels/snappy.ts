// Snappy, raw format. Source: https://github.com/google/snappy/blob/main/format_description.txt
import { copyBlocks, copyMatch, repeatUpTo64 } from './page-copies';

/**
 * What each tag of a copy says, in 8 bytes. MASK: which bits of the two bytes behind it count for the distance; MORE:
 * what to add to them. MOST: up to which distance one move of 16 bytes does not make the copy: less than its length, or
 * any where that is more than 16. LENGTH: a byte. Literals, and copies whose distance has 4 bytes, have distance 0.
 */
const COPIES: usize = memory.data(256 * 8, 16);
const MASK: usize = 0;
const MORE: usize = 2;
const MOST: usize = 4;
const LENGTH: usize = 6;
fillCopies();

function fillCopies(): void {
  for (let tag: u32 = 0; tag < 256; tag++) {
    const kind = tag & 3;
    const length = kind == 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    const copy = COPIES + (<usize>tag << 3);
    store<u16>(copy, kind == 1 ? 0xff : kind == 2 ? 0xffff : 0, MASK);
    store<u16>(copy, kind == 1 ? (tag >>> 5) << 8 : 0, MORE);
    store<u16>(copy, length > 16 ? 0xffff : length - 1, MOST);
    store<u8>(copy, length, LENGTH);
  }
}

/**
 * Unpacks bytes [source, sourceEnd) to exactly `size` bytes at `target`. Gives 1, or 0 where the bytes are damaged or
 * are not of that size. Reads and writes up to 15 bytes behind both.
 */
export function snappyDecompress(source: usize, sourceEnd: usize, target: usize, size: u32): u32 {
  let announced: u32 = 0;
  for (let shift = 0; ; shift += 7) {
    if (source >= sourceEnd || shift > 28) return 0;
    const byte = <u32>load<u8>(source++);
    announced |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  if (announced != size) return 0;
  const targetEnd = target + size;
  let at = target;
  while (source < sourceEnd) {
    // Far from both ends: a literal or none, then a copy; at most 64 bytes of the source and 124 of the target, and up
    // to 15 more are written. What takes time is the way from one tag to the next: a short literal and the copy behind
    // it are read by one load.
    for (let steps = min<u32>(<u32>(sourceEnd - source), <u32>(targetEnd - at)) >>> 7; steps > 0; steps--) {
      let word = load<u64>(source);
      const less = (<u32>word & 0xff) >>> 2;
      if ((<u32>word & 0xf3) == 0) {
        store<u32>(at, load<u32>(source, 1));
        // Past `less + 2` bytes: the tag is 4 times `less`, and of what is shifted by only the lowest 6 bits count.
        word = (word >> 16) >> (word << 1);
        source += less + 2;
        at += less + 1;
      } else if ((<u32>word & 3) == 0) {
        if (less >= 60) break;
        copyUpTo64(at, source + 1, less + 1);
        word = load<u64>(source + less, 2);
        source += less + 2;
        at += less + 1;
      }
      const copy = COPIES + (<usize>(<u32>word & 0xff) << 3);
      const distance = (<u32>(word >> 8) & <u32>load<u16>(copy, MASK)) + <u32>load<u16>(copy, MORE);
      // With signs, since the distance may reach below address 0; all addresses are below 2^31.
      if (<i32>(at - distance) < <i32>target) break;
      if (distance <= <u32>load<u16>(copy, MOST)) {
        if (distance == 0) break;
        if (distance < 16) repeatUpTo64(at, distance, <u32>load<u8>(copy, LENGTH));
        else copyUpTo64(at, at - distance, 64);
      } else v128.store(at, v128.load(at - distance));
      at += <usize>load<u8>(copy, LENGTH);
      source += (<u32>word & 3) + 1;
    }
    at = copyElement(source, sourceEnd, target, at, targetEnd);
    if (!at) return 0;
    source = sourceBehind;
  }
  return u32(source == sourceEnd && at == targetEnd);
}

/** Most are of at most 16 bytes; for the others one more jump is enough. */
// @ts-ignore: decorator
@inline
function copyUpTo64(target: usize, source: usize, length: u32): void {
  v128.store(target, v128.load(source));
  if (length > 16) {
    v128.store(target, v128.load(source, 16), 16);
    v128.store(target, v128.load(source, 32), 32);
    v128.store(target, v128.load(source, 48), 48);
  }
}

// A second result of the function below.
let sourceBehind: usize = 0;

/** Any one element. Gives where the target goes on, or 0. */
function copyElement(source: usize, sourceEnd: usize, target: usize, at: usize, targetEnd: usize): usize {
  const tag = <u32>load<u8>(source++);
  const kind = tag & 3;
  let length = (tag >>> 2) + 1;
  if (kind == 0) {
    if (length > 60) {
      const bytes = length - 60;
      length = (load<u32>(source) & (0xffffffff >>> (32 - (bytes << 3)))) + 1;
      source += bytes;
      // A length of 2^32 became 0; where the length's own bytes are cut off, so is the literal.
      if (i32(source > sourceEnd) | i32(length == 0)) return 0;
    }
    if (i32(length > <u32>(sourceEnd - source)) | i32(length > <u32>(targetEnd - at))) return 0;
    copyBlocks(at, source, length);
    sourceBehind = source + length;
    return at + length;
  }
  let distance = load<u32>(source);
  if (kind == 1) {
    length = ((tag >>> 2) & 7) + 4;
    distance = (distance & 0xff) | ((tag >>> 5) << 8);
    source++;
  } else if (kind == 2) {
    distance &= 0xffff;
    source += 2;
  } else {
    source += 4;
  }
  if (i32(distance - 1 >= <u32>(at - target)) | i32(length > <u32>(targetEnd - at))) return 0;
  copyMatch(at, distance, length);
  sourceBehind = source;
  return at + length;
}
