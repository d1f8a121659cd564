import * as arrow from 'apache-arrow';
import { SluiceError } from '../query/error.ts';
import {
  BINARY,
  BOOL,
  DATE,
  type DataType,
  FLOAT64,
  INT32,
  INT64,
  type Schema,
  TIMESTAMP,
  UTF8,
} from '../query/types.ts';
import { type Batch, type Column, isWide } from './column.ts';

/** The Arrow schema; every field may be NULL. Decimals are Decimal128, timestamps µs without a zone. */
export function toArrowSchema(schema: Schema): arrow.Schema {
  return new arrow.Schema(schema.map(({ name, type }) => new arrow.Field(name, toArrowType(type), true)));
}

/** The batch as Arrow; vectors are shared where the layouts agree. `schema` as `toArrowSchema` gives it. */
export function toArrow(batch: Batch, schema = toArrowSchema(batch.schema)): arrow.RecordBatch {
  const children = batch.columns.map(toArrowData);
  const type = new arrow.Struct(schema.fields);
  return new arrow.RecordBatch(schema, arrow.makeData({ type, length: batch.length, nullCount: 0, children }));
}

/** The Arrow batch as our columns; slices are allowed. Throws `unsupported` for types that Sluice does not have. */
export function fromArrow(batch: arrow.RecordBatch): Batch {
  const schema = fromArrowSchema(batch.schema);
  const columns = schema.map(({ type }, index) => fromArrowData(type, batch.data.children[index]!));
  return { schema, length: batch.numRows, columns };
}

/** Throws `unsupported`. */
export function fromArrowSchema(schema: arrow.Schema): Schema {
  return schema.fields.map(({ name, type }) => ({ name, type: fromArrowType(name, type) }));
}

/** An Arrow IPC stream of the batches: the schema, a piece for each batch, the end mark. */
export async function* arrowStream(
  schema: Schema,
  batches: AsyncIterable<Batch>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const arrowSchema = toArrowSchema(schema);
  const writer = new PieceWriter();
  writer.reset(undefined, arrowSchema);
  yield writer.take();
  for await (const batch of batches) {
    writer.write(toArrow(batch, arrowSchema));
    yield writer.take();
  }
  writer.finish();
  yield writer.take();
}

/**
 * Reads an Arrow IPC stream; one without batches gives an empty batch, so that its schema arrives.
 * Throws `bad-data` when it is not one or ends early, and whatever `bytes` throws.
 */
export async function* readArrowStream(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Batch, void, undefined> {
  const observed = new ObservedBytes(bytes);
  try {
    const reader = await arrow.RecordBatchReader.from(observed.pieces());
    for await (const batch of reader) yield fromArrow(batch);
  } catch (error) {
    if (observed.failure) throw observed.failure.error;
    if (error instanceof SluiceError) throw error;
    throw new SluiceError('bad-data', `not an Arrow stream: ${(error as Error).message}`);
  }
  // The reader takes a stream that just stops for a complete one.
  if (observed.failure) throw observed.failure.error;
  if (!observed.endsWithMark()) throw new SluiceError('bad-data', 'the Arrow stream ended before its end mark');
}

/** Collects what the writer writes, so that each batch leaves as one piece. */
class PieceWriter extends arrow.RecordBatchStreamWriter {
  #pieces: Uint8Array[] = [];

  take(): Uint8Array {
    const pieces = this.#pieces;
    this.#pieces = [];
    return Buffer.concat(pieces);
  }

  protected override _write(chunk: ArrayBufferView): this {
    if (this._started && chunk.byteLength > 0) {
      this.#pieces.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      this._position += chunk.byteLength;
    }
    return this;
  }
}

/** Passes bytes on, and remembers their end and why they failed, which the Arrow reader does not tell. */
class ObservedBytes {
  failure: { readonly error: unknown } | undefined;
  readonly #bytes: AsyncIterable<Uint8Array>;
  #tail = new Uint8Array(0);

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#bytes = bytes;
  }

  async *pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const piece of this.#bytes) {
        this.#tail = Uint8Array.from([...this.#tail, ...piece.subarray(-8)].slice(-8));
        yield piece;
      }
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }

  /** The end mark is 0xFFFFFFFF and a length of 0 (Arrow columnar format, IPC streaming format). */
  endsWithMark(): boolean {
    return this.#tail.length === 8 && this.#tail.every((byte, index) => byte === (index < 4 ? 0xff : 0));
  }
}

function toArrowType(type: DataType): arrow.DataType {
  switch (type.kind) {
    case 'bool':
      return new arrow.Bool();
    case 'int32':
      return new arrow.Int32();
    case 'int64':
      return new arrow.Int64();
    case 'float64':
      return new arrow.Float64();
    case 'decimal':
      return new arrow.Decimal(type.scale, type.precision, 128);
    case 'date':
      return new arrow.DateDay();
    case 'timestamp':
      return new arrow.TimestampMicrosecond();
    case 'utf8':
      return new arrow.Utf8();
    case 'binary':
      return new arrow.Binary();
  }
}

function fromArrowType(name: string, type: arrow.DataType): DataType {
  if (arrow.DataType.isBool(type)) return BOOL;
  if (arrow.DataType.isInt(type) && type.isSigned && type.bitWidth === 32) return INT32;
  if (arrow.DataType.isInt(type) && type.isSigned && type.bitWidth === 64) return INT64;
  if (arrow.DataType.isFloat(type) && type.precision === arrow.Precision.DOUBLE) return FLOAT64;
  if (arrow.DataType.isDecimal(type) && type.bitWidth === 128)
    return { kind: 'decimal', precision: type.precision, scale: type.scale };
  if (arrow.DataType.isDate(type) && type.unit === arrow.DateUnit.DAY) return DATE;
  if (arrow.DataType.isTimestamp(type) && type.unit === arrow.TimeUnit.MICROSECOND && !type.timezone) return TIMESTAMP;
  if (arrow.DataType.isUtf8(type)) return UTF8;
  if (arrow.DataType.isBinary(type)) return BINARY;
  throw new SluiceError('unsupported', `column "${name}" has the Arrow type ${type}`);
}

function toArrowData(column: Column): arrow.Data {
  const type = toArrowType(column.type);
  const { length, validity } = column;
  const nulls = validity?.includes(0) ? { nullBitmap: toBitmap(validity, length) } : { nullCount: 0 };
  if (column.kind === 'utf8') {
    const valueOffsets = column.offsets.subarray(0, length + 1);
    return arrow.makeData({ type: type as arrow.Utf8, length, valueOffsets, data: column.bytes, ...nulls });
  }
  return arrow.makeData({ type: type as arrow.Int, length, data: toArrowValues(column) as Int32Array, ...nulls });
}

function toArrowValues({ type, length, values }: Extract<Column, { kind: 'fixed' }>): ArrayBufferView {
  if (type.kind === 'bool') return toBitmap(values as Uint8Array, length);
  if (type.kind !== 'decimal') return values;
  if (isWide(type)) return new Uint32Array(values.buffer, values.byteOffset, 4 * length);
  const words = new BigInt64Array(2 * length);
  for (let row = 0; row < length; row++) {
    const value = values[row] as bigint;
    words[2 * row] = value;
    words[2 * row + 1] = value < 0n ? -1n : 0n;
  }
  return new Uint32Array(words.buffer);
}

/** One bit a row, least significant first, padded to 8 bytes. */
function toBitmap(flags: Uint8Array, length: number): Uint8Array {
  const bitmap = new Uint8Array(8 * Math.ceil(length / 64));
  for (let row = 0; row < length; row++) if (flags[row]) bitmap[row >> 3]! |= 1 << (row & 7);
  return bitmap;
}

function fromBitmap(bitmap: Uint8Array, offset: number, length: number): Uint8Array {
  const flags = new Uint8Array(length);
  for (let row = 0; row < length; row++) flags[row] = (bitmap[(offset + row) >> 3]! >> ((offset + row) & 7)) & 1;
  return flags;
}

/** Value and offset arrays of a slice begin at its first row; only bitmaps are shared from their start. */
function fromArrowData(type: DataType, data: arrow.Data): Column {
  const { length, offset, nullBitmap } = data;
  const common = { type, length, ...(data.nullCount > 0 && { validity: fromBitmap(nullBitmap, offset, length) }) };
  if (type.kind === 'utf8' || type.kind === 'binary') {
    const given = (data.valueOffsets as Int32Array).subarray(0, length + 1);
    const start = given[0] ?? 0;
    const offsets = length === 0 ? new Int32Array(1) : start === 0 ? given : given.map((end) => end - start);
    if (length > 0) checkOffsets(given, length, (data.values as Uint8Array).length);
    const bytes = (data.values as Uint8Array).subarray(start, start + offsets[length]!);
    return { kind: 'utf8', ...common, offsets, bytes };
  }
  return { kind: 'fixed', ...common, values: fromArrowValues(type, data) };
}

/** Arrow streams come from other machines, and the reader does not look into offsets. */
function checkOffsets(offsets: Int32Array, length: number, size: number): void {
  let ascending = offsets.length === length + 1 && offsets[0]! >= 0 && offsets[length]! <= size;
  for (let row = 0; row < length && ascending; row++) ascending = offsets[row]! <= offsets[row + 1]!;
  if (!ascending) throw new SluiceError('bad-data', 'an Arrow batch holds text beyond its bytes');
}

function fromArrowValues(type: DataType, { values, offset, length }: arrow.Data) {
  if (type.kind === 'bool') return fromBitmap(values, offset, length);
  if (type.kind !== 'decimal') return values.subarray(0, length) as Int32Array | BigInt64Array | Float64Array;
  const words = new BigInt64Array((values as Uint32Array).slice(0, 4 * length).buffer);
  return isWide(type) ? words : words.filter((_, word) => word % 2 === 0);
}
