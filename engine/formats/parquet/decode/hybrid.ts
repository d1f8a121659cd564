/**
 * Decodes `count` values of the RLE / bit-packed hybrid (Parquet Encodings.md) of `width` bits from bytes[start, end)
 * into `target` from `at` on; into bytes go values of eight bits at most. Throws a plain Error where the bytes do not suffice.
 */
export function decodeHybrid(
  bytes: Uint8Array,
  start: number,
  end: number,
  width: number,
  target: Uint8Array | Int32Array,
  at: number,
  count: number,
): void {
  if (width > 8 && target instanceof Uint8Array) throw new Error(`a level takes ${width} bits`);
  if (width > 32) throw new Error(`a bit width is ${width}, at most 32 is possible`);
  const stop = at + count;
  if (width === 0) {
    target.fill(0, at, stop);
    return;
  }
  const valueBytes = (width + 7) >> 3;
  let position = start;
  let next = at;
  while (next < stop) {
    let header = 0;
    let byte = 128;
    for (let shift = 0; byte & 128; shift += 7) {
      if (position >= end || shift > 28) throw new Error('its run-length encoding ends too early');
      byte = bytes[position++]!;
      header |= (byte & 127) << shift;
    }
    header >>>= 0;
    const length = header >>> 1;
    if (header & 1) {
      const values = Math.min(length * 8, stop - next);
      if (position + Math.ceil((values * width) / 8) > end) throw new Error('its bit-packed values end too early');
      if (width === 1) unpackBits(bytes, position, target, next, values);
      else unpack(bytes, position, width, target, next, values);
      position += length * width;
      next += values;
    } else {
      if (position + valueBytes > end) throw new Error('its run-length encoding ends too early');
      let value = 0;
      for (let i = 0; i < valueBytes; i++) value |= bytes[position++]! << (8 * i);
      if (width < 32 && value >>> width !== 0) throw new Error(`a run of ${value} does not fit ${width} bits`);
      if (length === 0) throw new Error('its run-length encoding holds an empty run');
      const runEnd = Math.min(next + length, stop);
      target.fill(value, next, runEnd);
      next = runEnd;
    }
  }
}

function unpack(
  bytes: Uint8Array,
  start: number,
  width: number,
  target: Uint8Array | Int32Array,
  at: number,
  count: number,
): void {
  const stop = at + count;
  let position = start;
  if (width > 24) {
    // Rare (dictionaries of more than 2^24 values): bit by bit.
    for (let next = at, bit = 0; next < stop; next++) {
      let value = 0;
      for (let i = 0; i < width; i++, bit++) value |= ((bytes[start + (bit >> 3)]! >> (bit & 7)) & 1) << i;
      target[next] = value;
    }
    return;
  }
  const mask = (1 << width) - 1;
  let window = 0;
  let bits = 0;
  for (let next = at; next < stop; next++) {
    while (bits < width) {
      window |= bytes[position++]! << bits;
      bits += 8;
    }
    target[next] = window & mask;
    window >>>= width;
    bits -= width;
  }
}

function unpackBits(
  bytes: Uint8Array,
  start: number,
  target: Uint8Array | Int32Array,
  at: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) target[at + i] = (bytes[start + (i >> 3)]! >> (i & 7)) & 1;
}
