// Copies of the codecs: by blocks of 16 bytes, so that up to 15 bytes behind the last one are written too.

// @ts-ignore: decorator
@inline
export function copyBlocks(target: usize, source: usize, length: u32): void {
  v128.store(target, v128.load(source));
  for (let done: u32 = 16; done < length; done += 16) v128.store(target + done, v128.load(source + done));
}

/** For distances of 1 to 15: which byte of a pattern of that length each of 16 bytes is; 16 bytes a distance. */
const PATTERNS: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1,
  0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0,
  0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
  0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0,
  0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3,
  0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1,
  0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 6,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 1, 2, 3, 4,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 1, 2,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0, 1,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0,
], 16);
/** By distance: the greatest multiple of it that is at most 16, so that blocks of that many bytes repeat the pattern. */
const STEPS: usize = memory.data<u8>([0, 16, 16, 15, 16, 15, 12, 14, 16, 9, 10, 11, 12, 13, 14, 15]);

/** `length` bytes that repeat those from `offset` bytes before `target` on; where the offset is less, a pattern. */
// @ts-ignore: decorator
@inline
export function copyMatch(target: usize, offset: u32, length: u32): void {
  if (offset >= 16) copyBlocks(target, target - offset, length);
  else repeatPattern(target, offset, length);
}

function repeatPattern(target: usize, offset: u32, length: u32): void {
  const pattern = i8x16.swizzle(v128.load(target - offset), v128.load(PATTERNS + (<usize>offset << 4)));
  const step = <u32>load<u8>(STEPS + offset);
  for (let done: u32 = 0; done < length; done += step) v128.store(target + done, pattern);
}

/** As `repeatPattern` for at most 64 bytes, most without a jump; up to 15 bytes behind the 64 are written. */
export function repeatUpTo64(target: usize, offset: u32, length: u32): void {
  const pattern = i8x16.swizzle(v128.load(target - offset), v128.load(PATTERNS + (<usize>offset << 4)));
  const step = <u32>load<u8>(STEPS + offset);
  v128.store(target, pattern);
  v128.store(target + step, pattern);
  v128.store(target + 2 * step, pattern);
  v128.store(target + 3 * step, pattern);
  for (let done: u32 = 4 * step; done < length; done += step) v128.store(target + done, pattern);
}
