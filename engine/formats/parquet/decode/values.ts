import { type DataType, formatType } from '../../../../query/types.ts';
import { isWide } from '../../../column.ts';
import {
  type Conversion,
  float16,
  hexText,
  int96Microseconds,
  microseconds,
  timeText,
  uuidText,
} from '../conversion.ts';
import type { LeafColumn } from '../leaf-column.ts';
import type { PhysicalType } from '../metadata.ts';
import { type PageReader, unpackDelta } from './delta.ts';

export type FixedValues = Uint8Array | Int32Array | BigInt64Array | Float64Array;

/** Strings as they lie in a page: value i is bytes[starts[i] .. ends[i]). */
export interface ByteStrings {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Decoded, non-NULL values: fixed width ones already as `Column` holds the column's type. */
export type Values =
  | { readonly kind: 'fixed'; readonly values: FixedValues }
  | { readonly kind: 'strings'; readonly strings: ByteStrings };

/**
 * Checks that there are `wanted` values, and that all `codes` point to one where there are codes. Throws a plain Error
 * where it is not so.
 */
export function checkValues(values: Values, codes: Int32Array | undefined, column: LeafColumn, wanted: number): void {
  const elements = isWide(column.type) ? 2 : 1;
  const size = values.kind === 'fixed' ? values.values.length / elements : values.strings.starts.length;
  if (!codes && size < wanted) throw new Error(`a page holds ${size} values, ${wanted} are expected`);
  if (!codes) return;
  for (let i = 0; i < codes.length; i++)
    if (codes[i]! >>> 0 >= size) throw new Error(`a value lies beyond the dictionary's ${size}`);
}

/** PLAIN values (Parquet Encodings.md), also of a dictionary. Throws a plain Error where the bytes do not suffice. */
export function decodePlain(column: LeafColumn, bytes: Uint8Array, count: number): Values {
  switch (column.physical) {
    case 'BOOLEAN': {
      need(bytes, Math.ceil(count / 8));
      const values = new Uint8Array(count);
      for (let i = 0; i < count; i++) values[i] = (bytes[i >> 3]! >> (i & 7)) & 1;
      return { kind: 'fixed', values };
    }
    case 'BYTE_ARRAY':
      return fromByteArrays(column, plainByteArrays(bytes, count));
    case 'FIXED_LEN_BYTE_ARRAY':
      return fromByteArrays(column, fixedLength(bytes, count, column.typeLength));
    default:
      return fromNumbers(column, bytes, count);
  }
}

/** Values in any encoding but that of a dictionary. `encoding` by its name in hyparquet. */
export function decodeValues(
  column: LeafColumn,
  encoding: string | undefined,
  bytes: Uint8Array,
  count: number,
): Values {
  if (count === 0) return decodePlain(column, bytes, 0);
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  switch (encoding) {
    case 'PLAIN':
      return decodePlain(column, bytes, count);
    case 'DELTA_BINARY_PACKED': {
      if (column.physical === 'INT32')
        return fromNumbers(column, asBytes(unpackDelta(reader, new Int32Array(count))), count);
      if (column.physical === 'INT64')
        return fromNumbers(column, asBytes(unpackDelta(reader, new BigInt64Array(count))), count);
      break;
    }
    case 'BYTE_STREAM_SPLIT': {
      const width = column.physical === 'FIXED_LEN_BYTE_ARRAY' ? column.typeLength : NUMBER_WIDTHS[column.physical];
      if (!width) break;
      need(bytes, count * width);
      const joined = new Uint8Array(count * width);
      for (let b = 0; b < width; b++) for (let i = 0; i < count; i++) joined[i * width + b] = bytes[b * count + i]!;
      return decodePlain(column, joined, count);
    }
    case 'DELTA_LENGTH_BYTE_ARRAY':
      if (column.physical === 'BYTE_ARRAY') return fromByteArrays(column, deltaLengths(reader, bytes, count));
      break;
    case 'DELTA_BYTE_ARRAY':
      if (column.physical === 'BYTE_ARRAY' || column.physical === 'FIXED_LEN_BYTE_ARRAY')
        return fromByteArrays(column, deltaPrefixes(reader, bytes, count));
  }
  throw new Error(`encoding ${encoding} does not go with ${column.physical}`);
}

function need(bytes: Uint8Array, size: number): void {
  if (size > bytes.length) throw new Error(`a page holds ${bytes.length} bytes of values where ${size} are expected`);
}

function asBytes(values: Int32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Bytes of a stored number. */
const NUMBER_WIDTHS: Partial<Record<PhysicalType, number>> = { INT32: 4, INT64: 8, INT96: 12, FLOAT: 4, DOUBLE: 8 };

/** Little-endian numbers in `bytes` as values of the column's type; a view without a copy where that is possible. */
function fromNumbers({ physical, conversion, type }: LeafColumn, bytes: Uint8Array, count: number): Values {
  const width = NUMBER_WIDTHS[physical];
  if (!width) throw new Error(`${physical} is not a number`);
  need(bytes, count * width);
  const { buffer, byteOffset } = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice(0, count * width);
  switch (physical) {
    case 'INT32':
      return checkDigits(type, fromInt32(conversion, new Int32Array(buffer, byteOffset, count)));
    case 'INT64':
      return checkDigits(type, fromInt64(conversion, new BigInt64Array(buffer, byteOffset, count)));
    case 'INT96':
      return fixed(fromInt96(new DataView(buffer, byteOffset, count * width), count));
    case 'FLOAT':
      return fixed(Float64Array.from(new Float32Array(buffer, byteOffset, count)));
    default:
      return fixed(new Float64Array(buffer, byteOffset, count));
  }
}

/** Decimals in 64 bits have no more digits than their type says: those who calculate with doubles rely on it. */
function checkDigits(type: DataType, decoded: Values): Values {
  if (type.kind !== 'decimal' || isWide(type) || decoded.kind !== 'fixed') return decoded;
  const values = decoded.values as BigInt64Array;
  const limit = 10n ** BigInt(type.precision);
  const high = Number(limit >> 32n);
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  for (let i = 0; i < values.length; i++) {
    const top = words[2 * i + 1]!;
    // No BigInt a value but near the limit and beyond.
    if (top < high && top >= -high) continue;
    const value = values[i]!;
    if (value >= limit || value <= -limit)
      throw new Error(`the decimal ${value} has more than ${type.precision} digits`);
  }
  return decoded;
}

function fixed(values: FixedValues): Values {
  return { kind: 'fixed', values };
}

function fromInt32(conversion: Conversion, values: Int32Array): Values {
  switch (conversion.kind) {
    case 'sign-extend':
    case 'zero-extend':
      return fixed(widen(values, conversion.kind === 'zero-extend'));
    case 'time':
      return texts(values.length, (i) => timeText(BigInt(values[i]!), conversion));
    default:
      return fixed(values);
  }
}

function fromInt64(conversion: Conversion, values: BigInt64Array): Values {
  switch (conversion.kind) {
    case 'zero-extend': {
      const wide = new BigInt64Array(2 * values.length);
      for (let i = 0; i < values.length; i++) wide[2 * i] = values[i]!;
      return fixed(wide);
    }
    case 'timestamp':
      return fixed(values.map((value) => microseconds(value, conversion.unit)));
    case 'time':
      return texts(values.length, (i) => timeText(values[i]!, conversion));
    default:
      return fixed(values);
  }
}

function fromInt96(view: DataView, count: number): BigInt64Array {
  const values = new BigInt64Array(count);
  for (let i = 0; i < count; i++)
    values[i] = int96Microseconds(view.getBigInt64(12 * i, true), view.getUint32(12 * i + 8, true));
  return values;
}

/** 32 to 64 bits, by 32-bit words: no BigInt a value. */
function widen(values: Int32Array, unsigned: boolean): BigInt64Array {
  const words = new Int32Array(2 * values.length);
  for (let i = 0; i < values.length; i++) {
    words[2 * i] = values[i]!;
    words[2 * i + 1] = unsigned ? 0 : values[i]! >> 31;
  }
  return new BigInt64Array(words.buffer);
}

function fromByteArrays(column: LeafColumn, strings: ByteStrings): Values {
  const { bytes, starts, ends } = strings;
  const valueAt = (i: number) => bytes.subarray(starts[i], ends[i]);
  switch (column.conversion.kind) {
    case 'decimal':
      return checkDigits(column.type, fixed(fromBigEndian(column.type, strings)));
    case 'float16':
      return fixed(Float64Array.from(starts, (start) => float16(bytes[start]! | (bytes[start + 1]! << 8))));
    case 'hex':
      return texts(starts.length, (i) => hexText(valueAt(i)));
    case 'uuid':
      return texts(starts.length, (i) => uuidText(valueAt(i)));
    default:
      return { kind: 'strings', strings };
  }
}

/** ASCII texts, one after the other. */
function texts(count: number, textAt: (index: number) => string): Values {
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  const parts: string[] = [];
  let used = 0;
  for (let i = 0; i < count; i++) {
    const text = textAt(i);
    parts.push(text);
    starts[i] = used;
    used += text.length;
    ends[i] = used;
  }
  return { kind: 'strings', strings: { bytes: Buffer.from(parts.join(''), 'latin1'), starts, ends } };
}

/** Decimals in big-endian two's complement. */
function fromBigEndian(type: DataType, { bytes, starts, ends }: ByteStrings): BigInt64Array {
  const size = isWide(type) ? 16 : 8;
  const result = new Uint8Array(size * starts.length);
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i]!;
    const end = ends[i]!;
    const sign = start < end && bytes[start]! > 127 ? 255 : 0;
    // Bytes beyond the room, and the sign of what is left, must say nothing new.
    let beyond = 0;
    for (let p = start; p < end - size; p++) beyond |= bytes[p]! ^ sign;
    if (end - start > size) beyond |= (bytes[end - size]! ^ sign) & 128;
    if (beyond !== 0) throw new Error(`a decimal does not fit ${formatType(type)}`);
    const first = i * size;
    for (let k = 0; k < size; k++) result[first + k] = end - 1 - k >= start ? bytes[end - 1 - k]! : sign;
  }
  return new BigInt64Array(result.buffer);
}

function plainByteArrays(bytes: Uint8Array, count: number): ByteStrings {
  need(bytes, 4 * count);
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 4 > bytes.length) throw new Error('its strings end too early');
    const length = bytes[at]! + bytes[at + 1]! * 0x100 + bytes[at + 2]! * 0x10000 + bytes[at + 3]! * 0x1000000;
    at += 4;
    if (length > bytes.length - at)
      throw new Error(`a string claims ${length} bytes where ${bytes.length - at} are left`);
    starts[i] = at;
    at += length;
    ends[i] = at;
  }
  return { bytes, starts, ends };
}

function fixedLength(bytes: Uint8Array, count: number, width: number): ByteStrings {
  need(bytes, count * width);
  const starts = Int32Array.from({ length: count }, (_, i) => i * width);
  return { bytes, starts, ends: starts.map((start) => start + width) };
}

function deltaLengths(reader: PageReader, bytes: Uint8Array, count: number): ByteStrings {
  const lengths = unpackDelta(reader, new Int32Array(count));
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  let at = reader.offset;
  for (let i = 0; i < count; i++) {
    const length = lengths[i]!;
    if (length < 0 || length > bytes.length - at) throw new Error('its strings end too early');
    starts[i] = at;
    at += length;
    ends[i] = at;
  }
  return { bytes, starts, ends };
}

/** DELTA_BYTE_ARRAY: each value takes a prefix of the one before. */
function deltaPrefixes(reader: PageReader, bytes: Uint8Array, count: number): ByteStrings {
  const prefixes = unpackDelta(reader, new Int32Array(count));
  const suffixes = deltaLengths(reader, bytes, count);
  let size = 0;
  for (let i = 0; i < count; i++) size += prefixes[i]! + suffixes.ends[i]! - suffixes.starts[i]!;
  if (size < 0 || size > 0x7fffffff) throw new Error(`its strings take ${size} bytes, more than 2 GiB`);
  const joined = new Uint8Array(size);
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const prefix = prefixes[i]!;
    const before = i > 0 ? starts[i - 1]! : 0;
    if (prefix < 0 || prefix > at - before) throw new Error('a string takes more of the one before than there is');
    starts[i] = at;
    joined.copyWithin(at, before, before + prefix);
    at += prefix;
    joined.set(suffixes.bytes.subarray(suffixes.starts[i], suffixes.ends[i]), at);
    at += suffixes.ends[i]! - suffixes.starts[i]!;
    ends[i] = at;
  }
  return { bytes: joined, starts, ends };
}
