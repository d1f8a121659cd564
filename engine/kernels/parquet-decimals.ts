// Decimals that Parquet stores as bytes: two's complement, the highest byte first.

let high: i64 = 0;

/** The low word of a value of `length` bytes, whose high word goes to `high`. Reads up to 15 bytes outside of it. */
// @ts-ignore: decorator
@inline
function lowWord(at: usize, length: u32): i64 {
  if (length <= 8) {
    // A shift by 64 would be one by 0.
    const value = length ? <i64>bswap(load<u64>(at)) >> (64 - (length << 3)) : 0;
    high = value >> 63;
    return value;
  }
  high = <i64>bswap(load<u64>(at)) >> (128 - (length << 3));
  return <i64>bswap(load<u64>(at + length - 8));
}

/** Whether the value was stored in `size` bytes (8 or 16). */
// @ts-ignore: decorator
@inline
function storeDecimal(at: usize, length: u32, target: usize, size: u32): bool {
  if (length > 16) {
    // What is beyond 16 bytes must only repeat the sign of what is left.
    const sign = load<i8>(at + length - 16) >> 7;
    for (; length > 16; length--) if (load<i8>(at++) != sign) return false;
  }
  const low = lowWord(at, length);
  store<i64>(target, low);
  if (size == 8) return high == low >> 63;
  store<i64>(target, high, 8);
  return true;
}

/** Values of `length` bytes, one behind the other. Gives the index of the first that does not fit, or `count`. */
export function parquetFixedDecimals(source: usize, length: u32, target: usize, size: u32, count: u32): u32 {
  for (let index: u32 = 0; index < count; index++) {
    if (!storeDecimal(source, length, target, size)) return index;
    source += length;
    target += size;
  }
  return count;
}

/** Values of any length. Gives the index of the first that does not fit, or `count`. */
export function parquetTextDecimals(addresses: usize, lengths: usize, target: usize, size: u32, count: u32): u32 {
  for (let index: u32 = 0; index < count; index++) {
    const at = <usize>load<u32>(addresses + (<usize>index << 2)), length = load<u32>(lengths + (<usize>index << 2));
    if (!storeDecimal(at, length, target, size)) return index;
    target += size;
  }
  return count;
}
