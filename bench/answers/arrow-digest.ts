import { createHash } from 'node:crypto';
import { type Data, tableFromIPC } from 'apache-arrow';

/**
 * Rows and SHA-256 of an Arrow IPC stream's values, column after column. Batch borders do not count, so that results
 * that took different ways can be compared. Columns are of fixed width, or utf8; columns with nulls, booleans and
 * whatever else there may be take a slow path over single values.
 */
export function digestArrow(stream: Uint8Array): { rows: number; sha256: string } {
  const table = tableFromIPC(stream);
  const hash = createHash('sha256');
  for (const [c, field] of table.schema.fields.entries()) {
    hash.update(`${field.name} ${field.type}\n`);
    const vector = table.getChildAt(c)!;
    const lengths = createHash('sha256');
    const plain = vector.data.every((data) => data.nullCount === 0 && isPlain(data));
    if (!plain) {
      for (const value of vector) hash.update(`${value === null ? 'null' : JSON.stringify(String(value))}\n`);
      continue;
    }
    for (const data of vector.data) {
      if (data.length === 0) continue;
      if (!data.valueOffsets) {
        hash.update(bytesOf(data.values, data.length * data.stride));
        continue;
      }
      const offsets = data.valueOffsets as Int32Array;
      hash.update(data.values.subarray(offsets[0]!, offsets[data.length]!));
      const widths = new Int32Array(data.length);
      for (let i = 0; i < widths.length; i++) widths[i] = offsets[i + 1]! - offsets[i]!;
      lengths.update(bytesOf(widths, widths.length));
    }
    hash.update(lengths.digest());
  }
  return { rows: table.numRows, sha256: hash.digest('hex') };
}

/** Values in one typed array of whole elements. */
function isPlain(data: Data): boolean {
  const { values, valueOffsets, dictionary, children } = data;
  if (dictionary || children.length > 0) return false;
  if (valueOffsets) return valueOffsets instanceof Int32Array;
  return ArrayBuffer.isView(values) && (values as Uint8Array).length >= data.length * data.stride;
}

function bytesOf(values: { buffer: ArrayBufferLike; byteOffset: number; BYTES_PER_ELEMENT: number }, length: number) {
  return new Uint8Array(values.buffer, values.byteOffset, length * values.BYTES_PER_ELEMENT);
}
