import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';

/** A place in a page. */
export interface PageReader {
  readonly view: DataView;
  offset: number;
}

/**
 * DELTA_BINARY_PACKED (Parquet Encodings.md): fills `target` and moves `reader` behind the encoded values.
 * Throws an Error where the header makes no sense or the bytes do not suffice.
 */
export function unpackDelta<T extends Int32Array | BigInt64Array>(reader: PageReader, target: T): T {
  const header = { view: reader.view, offset: reader.offset };
  const blockSize = readUnsigned(header);
  const miniblocks = readUnsigned(header);
  // hyparquet trusts these, and can loop for ever.
  if (blockSize < 8 || miniblocks < 1 || blockSize > 1 << 20 || (blockSize / miniblocks) % 8 !== 0)
    throw new Error(`its delta encoding has blocks of ${blockSize} values in ${miniblocks} parts`);
  const total = readUnsigned(header);
  if (total < target.length)
    throw new Error(`its delta encoding holds ${total} values where ${target.length} are expected`);
  if (target instanceof BigInt64Array) deltaBinaryUnpack(reader, target.length, target);
  else {
    reader.offset = header.offset;
    unpackInt32(reader, target, blockSize / miniblocks, miniblocks);
  }
  return target;
}

/**
 * 32-bit values, modulo 2^32. Not hyparquet's: it cuts a first value of 33 zigzag bits, which DuckDB writes for
 * unsigned columns.
 */
function unpackInt32(reader: PageReader, target: Int32Array, valuesEach: number, miniblocks: number): void {
  const { view } = reader;
  const count = target.length;
  let value = readZigzag(reader);
  let next = 0;
  if (count > 0) target[next++] = value;
  while (next < count) {
    const minDelta = readZigzag(reader);
    const widths = reader.offset;
    let position = widths + miniblocks;
    for (let block = 0; block < miniblocks && next < count; block++) {
      const width = view.getUint8(widths + block);
      if (width > 64) throw new Error(`its delta encoding has values of ${width} bits`);
      const stop = Math.min(next + valuesEach, count);
      let bit = position * 8;
      for (; next < stop; next++) {
        let delta = 0;
        // Bits beyond 32 vanish modulo 2^32.
        for (let done = 0; done < width && done < 32; ) {
          const shift = (bit + done) & 7;
          delta |= (view.getUint8((bit + done) >>> 3) >> shift) << done;
          done += 8 - shift;
        }
        if (width < 32) delta &= (1 << width) - 1;
        bit += width;
        value = (value + minDelta + delta) | 0;
        target[next] = value;
      }
      position += (valuesEach * width) / 8;
    }
    reader.offset = position;
  }
}

function readUnsigned(reader: PageReader): number {
  let value = 0;
  for (let scale = 1; scale < 2 ** 49; scale *= 128) {
    const byte = reader.view.getUint8(reader.offset++);
    value += (byte & 127) * scale;
    if (byte < 128) return value;
  }
  throw new Error('its delta encoding has a number that is too long');
}

/** A zigzag number of up to 64 bits, modulo 2^32. */
function readZigzag(reader: PageReader): number {
  let low = 0;
  let above = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = reader.view.getUint8(reader.offset++);
    const bits = byte & 127;
    if (shift < 32) low |= bits << shift;
    // Bit 32 becomes the sign bit of the decoded value.
    if (shift === 28) above = (bits >> 4) & 1;
    if (byte < 128) return ((low >>> 1) | (above << 31)) ^ -(low & 1);
  }
  throw new Error('its delta encoding has a number that is too long');
}
