// Snappy, raw format. Source: https://github.com/google/snappy/blob/main/format_description.txt
import { copyBlocks, copyMatch } from './page-copies';

/**
 * What each tag says, in 8 bytes: a mask for the 4 bytes behind it and, from bit 48 on, what to add, which give the
 * distance; from bit 32 on the length of what it makes; from bit 40 on the bytes that it takes. A literal has distance
 * 64: too far only among the first bytes of a page. What takes more than a step of the loop has distance 0.
 */
const ELEMENTS: usize = memory.data(256 * 8, 16);
fillElements();

function fillElements(): void {
  for (let tag: u32 = 0; tag < 256; tag++) {
    const kind = tag & 3;
    let length = (tag >>> 2) + 1, taken = kind + 1, mask: u32 = 0, more: u32 = 0;
    if (kind == 0) {
      taken = length + 1;
      more = length > 60 ? 0 : 64;
    } else if (kind == 1) {
      length = ((tag >>> 2) & 7) + 4;
      mask = 0xff;
      more = (tag >>> 5) << 8;
    } else if (kind == 2) {
      mask = 0xffff;
    }
    store<u32>(ELEMENTS + (<usize>tag << 3), mask);
    store<u32>(ELEMENTS + (<usize>tag << 3), length | (taken << 8) | (more << 16), 4);
  }
}

/**
 * Unpacks bytes [source, sourceEnd) to exactly `size` bytes at `target`. Gives 1, or 0 where the bytes are damaged or
 * are not of that size. Reads and writes up to 63 bytes behind both.
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
    // Far from both ends nothing depends on the element's kind but numbers: kinds are hard to foretell.
    while (i32(sourceEnd - source >= 64) & i32(targetEnd - at >= 64)) {
      const tag = <u32>load<u8>(source);
      const element = load<u64>(ELEMENTS + (<usize>tag << 3));
      const length = <u32>(element >> 32) & 0xff;
      const distance = (load<u32>(source, 1) & <u32>element) + <u32>(element >> 48);
      // A distance of 0 is more than anything, once 1 is taken away.
      if (i32(distance - 1 >= <u32>(at - target)) | i32(distance < min<u32>(16, length))) break;
      const from = select<usize>(at - distance, source + 1, tag & 3);
      v128.store(at, v128.load(from));
      if (length > 16) {
        v128.store(at, v128.load(from, 16), 16);
        v128.store(at, v128.load(from, 32), 32);
        v128.store(at, v128.load(from, 48), 48);
      }
      source += <usize>(<u32>(element >> 40) & 0xff);
      at += length;
    }
    at = copyElement(source, sourceEnd, target, at, targetEnd);
    if (!at) return 0;
    source = sourceBehind;
  }
  return u32(source == sourceEnd && at == targetEnd);
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
