// Snappy, raw format. Source: https://github.com/google/snappy/blob/main/format_description.txt
import { copyBlocks, copyMatch } from './page-copies';

/** The lowest 1 to 4 bytes. */
// @ts-ignore: decorator
@inline
function lowBytes(word: u32, bytes: u32): u32 {
  return word & (0xffffffff >>> (32 - (bytes << 3)));
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
    const tag = <u32>load<u8>(source++);
    let length: u32, offset: u32;
    if (!(tag & 3)) {
      length = (tag >>> 2) + 1;
      if (length > 60) {
        const bytes = length - 60;
        length = lowBytes(load<u32>(source), bytes) + 1;
        source += bytes;
        // A length of 2^32 became 0; where the length's own bytes are cut off, so is the literal.
        if (i32(source > sourceEnd) | i32(length == 0)) return 0;
      }
      if (i32(length > <u32>(sourceEnd - source)) | i32(length > <u32>(targetEnd - at))) return 0;
      copyBlocks(at, source, length);
      source += length;
      at += length;
      continue;
    }
    if ((tag & 3) == 1) {
      length = 4 + ((tag >>> 2) & 7);
      offset = ((tag >>> 5) << 8) | <u32>load<u8>(source++);
    } else {
      length = (tag >>> 2) + 1;
      const wide = (tag & 3) == 3;
      offset = wide ? load<u32>(source) : <u32>load<u16>(source);
      source += wide ? 4 : 2;
    }
    // An offset of 0 is more than anything, once 1 is taken away.
    if (i32(offset - 1 >= <u32>(at - target)) | i32(length > <u32>(targetEnd - at))) return 0;
    copyMatch(at, offset, length);
    at += length;
  }
  return u32(source == sourceEnd && at == targetEnd);
}
