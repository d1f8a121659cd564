/** Packs bytes as Snappy: greedy matches by a table of 4-byte words; all kinds of elements occur. */
export function snappyCompress(bytes: Uint8Array): Buffer {
  const out: number[] = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    out.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  const seen = new Map<number, number>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let literal = 0;
  const flush = (end: number): void => {
    const length = end - literal - 1;
    if (length < 0) return;
    if (length < 60) out.push(length << 2);
    else if (length < 256) out.push(60 << 2, length);
    else out.push(61 << 2, length & 255, length >> 8);
    out.push(...bytes.subarray(literal, end));
  };
  for (let at = 0; at + 4 <= bytes.length; ) {
    const word = view.getUint32(at, true);
    const match = seen.get(word);
    seen.set(word, at);
    if (match === undefined || at - match > 0xffff) {
      at++;
      continue;
    }
    flush(at);
    let length = 4;
    while (length < 64 && at + length < bytes.length && bytes[match + length] === bytes[at + length]) length++;
    const offset = at - match;
    if (length < 12 && offset < 2048) out.push(1 | ((length - 4) << 2) | ((offset >> 8) << 5), offset & 255);
    else if (offset % 7 === 0) out.push(3 | ((length - 1) << 2), offset & 255, offset >> 8, 0, 0);
    else out.push(2 | ((length - 1) << 2), offset & 255, offset >> 8);
    at += length;
    literal = at;
  }
  flush(bytes.length);
  return Buffer.from(out);
}
