// DELTA_BINARY_PACKED (Parquet Encodings.md). May read 15 bytes behind the page.

/** Values of a block at most: more makes no sense, and sizes stay within 32 bits. */
const MOST_VALUES: u64 = 1 << 20;

// Where the last number ended; 0 behind one that is cut off or too long.
let behind: usize = 0;

function readUnsigned(at: usize, end: usize): u64 {
  let value: u64 = 0;
  for (let shift: u64 = 0; shift < 70; shift += 7) {
    if (at >= end) break;
    const byte = <u64>load<u8>(at++);
    value |= (byte & 127) << shift;
    if (byte < 128) {
      behind = at;
      return value;
    }
  }
  behind = 0;
  return 0;
}

// @ts-ignore: decorator
@inline
function readZigzag(at: usize, end: usize): u64 {
  const value = readUnsigned(at, end);
  return (value >> 1) ^ (0 - (value & 1));
}

/** `count` sums of packed deltas, the first of them behind `value`; gives the last. Sums wrap around. */
// @ts-ignore: decorator
@inline
function unpackDeltas<T>(packed: usize, width: u32, least: u64, value: u64, target: usize, count: u32): u64 {
  const targetEnd = target + (<usize>count * sizeof<T>());
  if (width == 0) {
    for (; target < targetEnd; target += sizeof<T>()) {
      value += least;
      store<T>(target, <T>value);
    }
    return value;
  }
  const mask = ~(<u64>0) >> (64 - <u64>width);
  let bit: u64 = 0;
  for (; target < targetEnd; target += sizeof<T>(), bit += width) {
    const at = packed + <usize>(bit >> 3);
    let delta = load<u64>(at) >> (bit & 7);
    // Of 64 bits from an odd place on, the last are in a ninth byte. A shift by 64 would be one by 0.
    if (width > 56) delta |= (<u64>load<u8>(at, 8) << 1) << (63 - (bit & 7));
    value += least + (delta & mask);
    store<T>(target, <T>value);
  }
  return value;
}

/**
 * Decodes `count` values of bytes [at, end) to `target`; gives where the encoding ends, or 0 where the bytes are damaged
 * or hold fewer values. Where `exactly` is not 0 they must hold no more.
 */
// @ts-ignore: decorator
@inline
function decode<T>(at: usize, end: usize, target: usize, count: u32, exactly: u32): usize {
  const blockValues = readUnsigned(at, end);
  if (!behind) return 0;
  const parts = readUnsigned(behind, end);
  if (!behind) return 0;
  const total = readUnsigned(behind, end);
  if (!behind) return 0;
  if (i32(blockValues > MOST_VALUES) | i32(parts == 0) | i32(parts > blockValues)) return 0;
  const values = <u32>(blockValues / parts);
  if (i32(blockValues % parts != 0) | i32((values & 7) != 0)) return 0;
  if (i32(total < <u64>count) | (i32(exactly != 0) & i32(total != <u64>count))) return 0;
  let value = readZigzag(behind, end);
  if (!behind) return 0;
  at = behind;
  if (count == 0) return at;
  store<T>(target, <T>value);
  let done: u32 = 1;
  while (done < count) {
    const least = readZigzag(at, end);
    if (!behind) return 0;
    let width = behind;
    if (parts > <u64>(end - width)) return 0;
    at = width + <usize>parts;
    for (const widths = at; width < widths && done < count; width++) {
      const bits = <u32>load<u8>(width);
      const part = min(values, count - done);
      // The last part may be cut off behind the last value.
      if (bits > 64 || (<u64>part * bits + 7) >> 3 > <u64>(end - at)) return 0;
      value = unpackDeltas<T>(at, bits, least, value, target + (<usize>done * sizeof<T>()), part);
      done += part;
      at = min(end, at + <usize>((values >>> 3) * bits));
    }
  }
  return at;
}

export function parquetDelta32(at: usize, end: usize, target: usize, count: u32, exactly: u32): usize {
  return decode<u32>(at, end, target, count, exactly);
}

export function parquetDelta64(at: usize, end: usize, target: usize, count: u32, exactly: u32): usize {
  return decode<u64>(at, end, target, count, exactly);
}
