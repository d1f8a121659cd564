import {
  LONGEST_VALUE,
  writeAscii,
  writeDate,
  writeDecimal,
  writeDecimal32,
  writeFloat64,
  writeInt32,
  writeTimestamp,
} from './ascii.ts';
import type { Batch, ColumnSpec, ColumnType, FixedVector, Utf8Vector } from './column.ts';

/** Writes the value of one row at `at` and returns where it stopped; there is room for the longest value. */
export type PutValue = (bytes: Uint8Array, at: number, row: number) => number;

/** What distinguishes the text formats; a format is this record and a caller of `encodeLines`. */
export interface LineFormat {
  /** Bytes around a row, and before column i (a separator, perhaps a key). */
  readonly before: (column: number) => Uint8Array;
  readonly afterRow: Uint8Array;
  readonly nullValue: Uint8Array;
  /** Numbers and booleans stand within these, e.g. `"`; empty for none. */
  readonly fixedQuote: string;
  /** Dates and timestamps stand within these; empty for none. */
  readonly temporalQuote: string;
  readonly putText: (vector: Utf8Vector, column: ColumnSpec) => PutValue;
  /** Whether a row in which the column is NULL holds nothing of it, not even the bytes before it. */
  readonly leavesOut?: (column: ColumnSpec) => boolean;
  /** The most bytes that one byte of text may take. */
  readonly textExpansion: number;
}

const BUFFER_BYTES = 1 << 20;

/** The rows of `batches` as lines of text, in pieces of about 1 MiB. A piece is only valid until the next is taken. */
export function* encodeLines(
  columns: readonly ColumnSpec[],
  batches: Iterable<Batch>,
  format: LineFormat,
): Generator<{ readonly bytes: Uint8Array; readonly rows: number }> {
  const prefixes = columns.map((_, column) => format.before(column));
  const fixedRoom = prefixes.reduce((sum, prefix) => sum + prefix.length + LONGEST_VALUE, 0) + format.afterRow.length;
  const leftOut = columns.map((column) => format.leavesOut?.(column) ?? false);
  let bytes = new Uint8Array(BUFFER_BYTES);
  let at = 0;
  let rows = 0;
  for (const batch of batches) {
    const puts = batch.vectors.map((vector, column) =>
      vector.kind === 'utf8'
        ? format.putText(vector, columns[column]!)
        : putFixed(columns[column]!.type, vector, format),
    );
    const texts = batch.vectors.filter((vector) => vector.kind === 'utf8');
    const validities = batch.vectors.map((vector) => vector.validity);
    for (let row = 0; row < batch.rows; row++) {
      let room = fixedRoom;
      for (const { offsets } of texts) room += (offsets[row + 1]! - offsets[row]!) * format.textExpansion;
      if (at + room > bytes.length) {
        yield { bytes: bytes.subarray(0, at), rows };
        at = 0;
        rows = 0;
        if (room > bytes.length) bytes = new Uint8Array(room);
      }
      for (let column = 0; column < puts.length; column++) {
        const isNull = validities[column]?.[row] === 0;
        if (isNull && leftOut[column]) continue;
        at = putBytes(bytes, at, prefixes[column]!);
        at = isNull ? putBytes(bytes, at, format.nullValue) : puts[column]!(bytes, at, row);
      }
      at = putBytes(bytes, at, format.afterRow);
      rows++;
    }
  }
  if (rows > 0) yield { bytes: bytes.subarray(0, at), rows };
}

function putBytes(bytes: Uint8Array, at: number, source: Uint8Array): number {
  for (let i = 0; i < source.length; i++) bytes[at + i] = source[i]!;
  return at + source.length;
}

function putFixed(type: ColumnType, vector: FixedVector, { fixedQuote, temporalQuote }: LineFormat): PutValue {
  const isTemporal = type.kind === 'date' || type.kind === 'timestamp';
  return within(isTemporal ? temporalQuote : fixedQuote, putBare(type, vector));
}

function putBare(type: ColumnType, { values }: FixedVector): PutValue {
  switch (type.kind) {
    case 'bool':
      return (bytes, at, row) => writeAscii(bytes, at, values[row] ? 'true' : 'false');
    case 'int32':
      return (bytes, at, row) => writeInt32(bytes, at, values[row] as number);
    case 'float64':
      return (bytes, at, row) => writeFloat64(bytes, at, values[row] as number);
    case 'date':
      return (bytes, at, row) => writeDate(bytes, at, values[row] as number);
    case 'timestamp':
      return (bytes, at, row) => writeTimestamp(bytes, at, values[row] as bigint);
    case 'int64':
      return putInt64(values as BigInt64Array, 0);
    case 'decimal':
      return putInt64(values as BigInt64Array, type.scale);
    case 'utf8':
      throw new TypeError('a utf8 column came with a fixed-width vector');
  }
}

/** Values that fit 32 bits, nearly all, are written without making a bigint of them. */
function putInt64(values: BigInt64Array, scale: number): PutValue {
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  return (bytes, at, row) => {
    const low = halves[2 * row]!;
    if (halves[2 * row + 1] !== low >> 31 || low === -0x8000_0000) return writeDecimal(bytes, at, values[row]!, scale);
    return scale === 0 ? writeInt32(bytes, at, low) : writeDecimal32(bytes, at, low, scale);
  };
}

function within(quote: string, put: PutValue): PutValue {
  if (quote === '') return put;
  return (bytes, at, row) => writeAscii(bytes, put(bytes, writeAscii(bytes, at, quote), row), quote);
}
