/** Bytes that `writeAsRun` adds at the most. */
export const RUN_HEADER_BYTES = 5;

/**
 * Writes levels of one bit in the deprecated encoding BIT_PACKED, which fills bytes from the highest bit down, as a run of
 * the RLE / bit-packed hybrid, which fills them from the lowest up: behind its header the bytes [start, end) of `bytes`,
 * turned round, from `target` on. Gives where the run ends.
 */
export function writeAsRun(bytes: Uint8Array, start: number, end: number, target: number): number {
  let at = target;
  // Groups of eight levels, as a varint whose lowest bit says that they are packed.
  for (let header = ((end - start) << 1) | 1; ; header >>>= 7) {
    bytes[at++] = header < 128 ? header : (header & 127) | 128;
    if (header < 128) break;
  }
  for (let from = start; from < end; from++) bytes[at++] = turned(bytes[from] as number);
  return at;
}

/** A byte, its bits in the opposite order. */
function turned(byte: number): number {
  const pairs = ((byte & 0x55) << 1) | ((byte >> 1) & 0x55);
  const fours = ((pairs & 0x33) << 2) | ((pairs >> 2) & 0x33);
  return ((fours & 0x0f) << 4) | (fours >> 4);
}
