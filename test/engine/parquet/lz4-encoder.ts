/** Packs bytes as one LZ4 block: greedy matches by a table of 4-byte words; the last 12 bytes are literals. */
export function lz4Compress(bytes: Uint8Array): Buffer {
  const out: number[] = [];
  const seen = new Map<number, number>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pushLength = (length: number): void => {
    if (length < 15) return;
    let rest = length - 15;
    for (; rest >= 255; rest -= 255) out.push(255);
    out.push(rest);
  };
  let literal = 0;
  for (let at = 0; at + 12 < bytes.length; ) {
    const word = view.getUint32(at, true);
    const match = seen.get(word);
    seen.set(word, at);
    if (match === undefined || at - match > 0xffff) {
      at++;
      continue;
    }
    let length = 4;
    while (at + length < bytes.length - 5 && bytes[match + length] === bytes[at + length]) length++;
    out.push((Math.min(15, at - literal) << 4) | Math.min(15, length - 4));
    pushLength(at - literal);
    out.push(...bytes.subarray(literal, at), (at - match) & 255, (at - match) >> 8);
    pushLength(length - 4);
    at += length;
    literal = at;
  }
  out.push(Math.min(15, bytes.length - literal) << 4);
  pushLength(bytes.length - literal);
  out.push(...bytes.subarray(literal));
  return Buffer.from(out);
}

/** The same as Hadoop frames it, in blocks of 1,000 bytes. */
export function lz4HadoopCompress(bytes: Uint8Array): Buffer {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 1000) {
    const part = bytes.subarray(at, at + 1000);
    const packed = lz4Compress(part);
    const sizes = Buffer.alloc(8);
    sizes.writeUInt32BE(part.length, 0);
    sizes.writeUInt32BE(packed.length, 4);
    parts.push(sizes, packed);
  }
  return Buffer.concat(parts);
}
