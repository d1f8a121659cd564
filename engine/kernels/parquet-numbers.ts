// Numbers as Parquet stores them to numbers as vectors hold them. May read 16 bytes behind the last value.

/** Bits, the lowest first, to bytes. Writes up to 7 bytes behind the last. */
export function parquetBits(source: usize, target: usize, count: u32): void {
  for (let index: u32 = 0; index < count; index += 8) {
    // Each byte keeps its own bit of eight copies of the byte.
    const bits = (<u64>load<u8>(source++) * 0x0101010101010101) & 0x8040201008040201;
    store<u64>(target + index, ((bits + 0x7f7f7f7f7f7f7f7f) >> 7) & 0x0101010101010101);
  }
}

/** 32 bits with a sign to 64. Writes up to 8 bytes behind the last. */
export function parquetSigned32(source: usize, target: usize, count: u32): void {
  for (let index: u32 = 0; index < count; index += 2)
    v128.store(target + (<usize>index << 3), v128.load32x2_s(source + (<usize>index << 2)));
}

/** 32 bits without a sign to 64. Writes up to 8 bytes behind the last. */
export function parquetUnsigned32(source: usize, target: usize, count: u32): void {
  for (let index: u32 = 0; index < count; index += 2)
    v128.store(target + (<usize>index << 3), v128.load32x2_u(source + (<usize>index << 2)));
}

/** Floats to doubles. Writes up to 8 bytes behind the last. */
export function parquetFloats(source: usize, target: usize, count: u32): void {
  for (let index: u32 = 0; index < count; index += 2)
    v128.store(target + (<usize>index << 3), f64x2.promote_low_f32x4(v128.load64_zero(source + (<usize>index << 2))));
}

/** 64 bits with a sign to 128. */
export function parquetSigned64(source: usize, target: usize, count: u32): void {
  for (let index: u32 = 0; index < count; index++) {
    const value = load<i64>(source + (<usize>index << 3));
    store<i64>(target + (<usize>index << 4), value);
    store<i64>(target + (<usize>index << 4), value >> 63, 8);
  }
}

/** 64 bits without a sign to 128. */
export function parquetUnsigned64(source: usize, target: usize, count: u32): void {
  for (let index: u32 = 0; index < count; index++)
    v128.store(target + (<usize>index << 4), v128.load64_zero(source + (<usize>index << 3)));
}
