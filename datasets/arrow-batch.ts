import {
  Bool,
  type DataType,
  DateDay,
  Decimal,
  Field,
  Float64,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
} from 'apache-arrow';
import type { Batch, ColumnSpec, ColumnType, Vector } from './column.ts';

/** The Arrow schema of columns; NULLs are allowed everywhere. */
export function arrowSchema(columns: readonly ColumnSpec[]): Schema {
  return new Schema(columns.map(({ name, type }) => new Field(name, arrowType(type), true)));
}

export function arrowBatch(schema: Schema, batch: Batch): RecordBatch {
  const children = schema.fields.map((field, column) => arrowData(field.type, batch.vectors[column]!, batch.rows));
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length: batch.rows, nullCount: 0, children }),
  );
}

function arrowType(type: ColumnType): DataType {
  switch (type.kind) {
    case 'bool':
      return new Bool();
    case 'int32':
      return new Int32();
    case 'int64':
      return new Int64();
    case 'float64':
      return new Float64();
    case 'decimal':
      return new Decimal(type.scale, type.precision, 128);
    case 'date':
      return new DateDay();
    case 'timestamp':
      return new TimestampMicrosecond();
    case 'utf8':
      return new Utf8();
  }
}

function arrowData(type: DataType, vector: Vector, length: number) {
  const nullCount = vector.validity ? vector.validity.reduce((nulls, valid) => nulls + 1 - valid, 0) : 0;
  const shared = { length, nullCount, ...(nullCount > 0 && { nullBitmap: packBits(vector.validity!) }) };
  if (vector.kind === 'utf8')
    return makeData({ type: new Utf8(), ...shared, valueOffsets: vector.offsets, data: vector.bytes });
  // makeData is typed by the exact Arrow type, which is only known at run time here.
  return makeData({ type, ...shared, data: arrowValues(type, vector.values) } as Parameters<typeof makeData>[0]);
}

function arrowValues(type: DataType, values: Extract<Vector, { kind: 'fixed' }>['values']) {
  if (type instanceof Bool) return packBits(values as Uint8Array);
  if (type instanceof Decimal) return widenDecimals(values as BigInt64Array);
  return values;
}

/** Bytes of 0 and 1 as Arrow's bitmap, least significant bit first. */
function packBits(flags: Uint8Array): Uint8Array {
  const bits = new Uint8Array((flags.length + 7) >> 3);
  for (let i = 0; i < flags.length; i++) bits[i >> 3]! |= flags[i]! << (i & 7);
  return bits;
}

/** 64-bit decimals as Arrow's 128-bit ones, four little-endian words each. */
function widenDecimals(values: BigInt64Array): Uint32Array {
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const words = new Uint32Array(values.length * 4);
  for (let i = 0; i < values.length; i++) {
    const high = halves[2 * i + 1]!;
    words[4 * i] = halves[2 * i]!;
    words[4 * i + 1] = high;
    words[4 * i + 2] = high >> 31;
    words[4 * i + 3] = high >> 31;
  }
  return words;
}
