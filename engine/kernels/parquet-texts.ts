// BYTE_ARRAYs of Parquet pages as vectors hold text: an array of addresses and one of lengths.

/** PLAIN: each value is its length in 4 bytes, then its bytes. Gives how many of `count` lie whole in [at, end). */
export function parquetPlainTexts(at: usize, end: usize, addresses: usize, lengths: usize, count: u32): u32 {
  for (let index: u32 = 0; index < count; index++) {
    if (end - at < 4) return index;
    const length = load<u32>(at);
    at += 4;
    if (length > <u32>(end - at)) return index;
    store<u32>(addresses + (<usize>index << 2), <u32>at);
    store<u32>(lengths + (<usize>index << 2), length);
    at += length;
  }
  return count;
}
