// LZ4 blocks. Source: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
import { copyBlocks, copyMatch } from './page-copies';

// A second result of the function below.
let sourceBehind: usize = 0;

/** A length whose first 4 bits are `nibble`; 0xffffffff for one that is cut off or more than `most`. */
// @ts-ignore: decorator
@inline
function fullLength(nibble: u32, source: usize, sourceEnd: usize, most: u32): u32 {
  let length = nibble;
  if (nibble == 15) {
    let byte: u32;
    do {
      if (source >= sourceEnd || length > most) return 0xffffffff;
      byte = <u32>load<u8>(source++);
      length += byte;
    } while (byte == 255);
  }
  sourceBehind = source;
  return length;
}

/**
 * Unpacks the block in bytes [source, sourceEnd) to exactly `size` bytes at `target`. Gives 1, or 0 where the bytes are
 * damaged or are not of that size. Reads and writes up to 15 bytes behind both.
 */
export function lz4Decompress(source: usize, sourceEnd: usize, target: usize, size: u32): u32 {
  const targetEnd = target + size;
  let at = target;
  while (source < sourceEnd) {
    const token = <u32>load<u8>(source++);
    const literal = fullLength(token >>> 4, source, sourceEnd, size);
    source = sourceBehind;
    if (i32(literal > <u32>(sourceEnd - source)) | i32(literal > <u32>(targetEnd - at))) return 0;
    copyBlocks(at, source, literal);
    source += literal;
    at += literal;
    // The last sequence has no match.
    if (source == sourceEnd) break;
    const distance = <u32>load<u16>(source);
    source += 2;
    if (source > sourceEnd) return 0;
    const match = fullLength(token & 15, source, sourceEnd, size);
    source = sourceBehind;
    const room = <u32>(targetEnd - at);
    // A distance of 0 is more than anything, once 1 is taken away.
    if (i32(distance - 1 >= <u32>(at - target)) | i32(match > room) | i32(match + 4 > room)) return 0;
    copyMatch(at, distance, match + 4);
    at += match + 4;
  }
  return u32(at == targetEnd);
}

/**
 * The same for blocks as Hadoop frames them: each behind its sizes, unpacked and packed, in 4 bytes with the highest
 * first.
 */
export function lz4HadoopDecompress(source: usize, sourceEnd: usize, target: usize, size: u32): u32 {
  const targetEnd = target + size;
  while (sourceEnd - source >= 8) {
    const unpacked = bswap(load<u32>(source)), packed = bswap(load<u32>(source, 4));
    source += 8;
    if (i32(packed > <u32>(sourceEnd - source)) | i32(unpacked > <u32>(targetEnd - target))) return 0;
    if (!lz4Decompress(source, source + packed, target, unpacked)) return 0;
    source += packed;
    target += unpacked;
  }
  return u32(source == sourceEnd && target == targetEnd);
}
