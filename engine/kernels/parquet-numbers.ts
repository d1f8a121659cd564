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

/** 16 bits of IEEE 754 to doubles. */
export function parquetHalves(source: usize, target: usize, count: u32): void {
  for (let index: u32 = 0; index < count; index++) {
    const bits = <u32>load<u16>(source + (<usize>index << 1));
    const magnitude = bits & 0x7fff;
    // As a float, the number's exponent is 112 too low, unless it stands for infinity or no number.
    let value = <f64>reinterpret<f32>(magnitude << 13) * 5192296858534827628530496329220096.0;
    if (magnitude >= 0x7c00) value = magnitude == 0x7c00 ? Infinity : NaN;
    store<f64>(target + (<usize>index << 3), bits >> 15 ? -value : value);
  }
}

/** RLE runs of bits in [at, end) to bytes. Gives how many of `count` there are. Writes up to 7 bytes behind the last. */
export function parquetBitRuns(at: usize, end: usize, target: usize, count: u32): u32 {
  let done: u32 = 0;
  while (done < count) {
    let header: u32 = 0;
    for (let shift: u32 = 0, byte: u32 = 128; byte & 128; shift += 7) {
      if (at >= end || shift > 28) return done;
      byte = load<u8>(at++);
      header |= (byte & 127) << shift;
    }
    const length = header >>> 1, room = count - done;
    if (at >= end || length == 0) return done;
    if (header & 1) {
      const bytes = min(length, <u32>(end - at));
      const bits = <u32>min<u64>(<u64>bytes << 3, room);
      parquetBits(at, target + done, bits);
      at += bytes;
      done += bits;
    } else {
      const value = load<u8>(at++);
      if (value > 1) return done;
      memory.fill(target + done, value, min(length, room));
      done += min(length, room);
    }
  }
  return done;
}
