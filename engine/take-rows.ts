import { SluiceError } from '../query/error.ts';
import type { Schema } from '../query/types.ts';
import { type Batch, type Column, isWide } from './column.ts';
import { zeroValues } from './zero-values.ts';

const MAX_TEXT_BYTES = 2 ** 31 - 1;

/** The rows of a batch in the order of `rows`. */
export function takeRows(batch: Batch, rows: Int32Array): Batch {
  return { schema: batch.schema, length: rows.length, columns: batch.columns.map((column) => takeFrom(column, rows)) };
}

/** The batches one below the other. Throws `unsupported` when a column's text would pass 2 GiB. */
export function concatBatches(schema: Schema, batches: readonly Batch[]): Batch {
  const [only] = batches;
  if (only && batches.length === 1) return only;
  const length = batches.reduce((sum, batch) => sum + batch.length, 0);
  const columns = schema.map(({ type }, index) => {
    const parts = batches.map(({ columns }) => columns[index]!);
    const validity = concatValidity(parts, length);
    if (type.kind === 'utf8' || type.kind === 'binary')
      return { kind: 'utf8', type, length, ...concatText(parts, length), ...validity } as const;
    return { kind: 'fixed', type, length, values: concatValues(parts, type, length), ...validity } as const;
  });
  return { schema, length, columns };
}

/** The rows of a column in the order of `rows`. */
export function takeFrom(column: Column, rows: Int32Array): Column {
  const { type } = column;
  const { length } = rows;
  const known = column.validity;
  const validity = known && { validity: takeBytes(known, rows, new Uint8Array(length)) };
  if (column.kind === 'utf8') {
    const offsets = new Int32Array(length + 1);
    let total = 0;
    for (let i = 0; i < length; i++) {
      const row = rows[i]!;
      total += column.offsets[row + 1]! - column.offsets[row]!;
      offsets[i + 1] = total;
    }
    const bytes = new Uint8Array(total);
    for (let i = 0; i < length; i++) {
      const row = rows[i]!;
      bytes.set(column.bytes.subarray(column.offsets[row], column.offsets[row + 1]), offsets[i]);
    }
    return { kind: 'utf8', type, length, offsets, bytes, ...validity };
  }
  const values = zeroValues(type, length);
  const width = isWide(type) ? 4 : values.BYTES_PER_ELEMENT / 4;
  if (values instanceof Uint8Array) takeBytes(column.values as Uint8Array, rows, values);
  else if (width === 1) takeWords(wordsOf(column.values), rows, wordsOf(values));
  else takeGroups(wordsOf(column.values), rows, wordsOf(values), width);
  return { kind: 'fixed', type, length, values, ...validity };
}

function takeBytes(source: Uint8Array, rows: Int32Array, target: Uint8Array): Uint8Array {
  for (let i = 0; i < rows.length; i++) target[i] = source[rows[i]!]!;
  return target;
}

function takeWords(source: Int32Array, rows: Int32Array, target: Int32Array): void {
  for (let i = 0; i < rows.length; i++) target[i] = source[rows[i]!]!;
}

/** Values of two or four words: 64-bit integers go as halves, since as BigInts they cost far more. */
function takeGroups(source: Int32Array, rows: Int32Array, target: Int32Array, width: number): void {
  for (let i = 0, to = 0; i < rows.length; i++, to += width) {
    const from = width * rows[i]!;
    target[to] = source[from]!;
    target[to + 1] = source[from + 1]!;
    if (width === 2) continue;
    target[to + 2] = source[from + 2]!;
    target[to + 3] = source[from + 3]!;
  }
}

function wordsOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength >> 2);
}

function concatValidity(parts: readonly Column[], length: number): { validity?: Uint8Array } {
  if (!parts.some(({ validity }) => validity)) return {};
  const validity = new Uint8Array(length).fill(1);
  let row = 0;
  for (const part of parts) {
    if (part.validity) validity.set(part.validity.subarray(0, part.length), row);
    row += part.length;
  }
  return { validity };
}

function concatValues(parts: readonly Column[], type: Column['type'], length: number) {
  const words = isWide(type) ? 2 : 1;
  const values = zeroValues(type, length);
  let row = 0;
  for (const part of parts) {
    if (part.kind !== 'fixed') throw new TypeError('expected values of fixed width');
    (values as BigInt64Array).set((part.values as BigInt64Array).subarray(0, words * part.length), words * row);
    row += part.length;
  }
  return values;
}

function concatText(parts: readonly Column[], length: number): { offsets: Int32Array; bytes: Uint8Array } {
  const texts = parts.map((part) => {
    if (part.kind !== 'utf8') throw new TypeError('expected text');
    const start = part.offsets[0] ?? 0;
    return { part, start, size: (part.offsets[part.length] ?? 0) - start };
  });
  const total = texts.reduce((sum, { size }) => sum + size, 0);
  if (total > MAX_TEXT_BYTES)
    throw new SluiceError('unsupported', 'a result that has to be sorted holds more than 2 GiB of text in one column');
  const offsets = new Int32Array(length + 1);
  const bytes = new Uint8Array(total);
  let row = 0;
  let at = 0;
  for (const { part, start, size } of texts) {
    bytes.set(part.bytes.subarray(start, start + size), at);
    for (let i = 0; i < part.length; i++) offsets[row + i + 1] = at + part.offsets[i + 1]! - start;
    row += part.length;
    at += size;
  }
  return { offsets, bytes };
}
