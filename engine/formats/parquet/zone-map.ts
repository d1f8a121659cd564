import type { Scalar } from '../../../query/types.ts';
import { float16, hexText, microseconds, timeText, uuidText } from './conversion.ts';
import type { LeafColumn } from './leaf-column.ts';
import type { PhysicalType, RawStatistics } from './metadata.ts';

/** A bound of a column's values; utf8 as bytes, others as `Scalar`. */
export type Bound = number | bigint | Uint8Array;

/**
 * What statistics promise of a column's values in a row group or a page. Bounds hold for all values but NULLs, and but NaNs
 * where `mayBeNan`; an absent bound promises nothing.
 */
export interface Zone {
  readonly min: Bound | undefined;
  readonly max: Bound | undefined;
  readonly mayBeNull: boolean;
  readonly mayBeValid: boolean;
  readonly mayBeNan: boolean;
  /** Whether values equal to `min` and `max` exist, as far as truncation goes: strings may be cut. */
  readonly exact: boolean;
  /** Whether no value equals a bound, as a Bloom filter tells; absent where there is none. */
  readonly excludes?: (value: Bound) => boolean;
}

/**
 * The promise of the statistics of `count` values, NULLs among them; nothing where they are missing, malformed or of an
 * order we cannot trust.
 */
export function zoneOf(column: LeafColumn, count: number, statistics: RawStatistics | undefined): Zone {
  const floating = column.type.kind === 'float64';
  const nullCount = column.nullable ? statistics?.nullCount : 0;
  const { min, max } = bounds(column, statistics);
  return {
    min,
    max,
    mayBeNull: nullCount !== 0,
    mayBeValid: nullCount === undefined || nullCount < count,
    // Bounds leave NaNs out (parquet.thrift, Statistics), and only new writers count them.
    mayBeNan: floating && statistics?.nanCount !== 0,
    exact: column.type.kind !== 'utf8' && statistics?.exact !== false,
  };
}

/** Three-way order of two values of one type, as queries compare them: numbers, or strings bytewise. */
export function compareBounds(a: Bound, b: Bound): number {
  if (a instanceof Uint8Array || b instanceof Uint8Array) return Buffer.compare(a as Uint8Array, b as Uint8Array);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A literal as a bound; undefined for NULL. */
export function boundOf(value: Scalar): Bound | undefined {
  if (value === null) return undefined;
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  return typeof value === 'boolean' ? Number(value) : value;
}

function bounds(column: LeafColumn, statistics: RawStatistics | undefined): { min?: Bound; max?: Bound } {
  if (!statistics) return {};
  const bytes = column.physical === 'BYTE_ARRAY' || column.physical === 'FIXED_LEN_BYTE_ARRAY';
  // The deprecated bounds were ordered as signed values, also where that is wrong.
  const old = !bytes && column.conversion.kind !== 'zero-extend';
  const min = decodeBound(column, statistics.min ?? (old ? statistics.oldMin : undefined));
  const max = decodeBound(column, statistics.max ?? (old ? statistics.oldMax : undefined));
  if (min === undefined || max === undefined)
    return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
  // Contradictory bounds come from broken writers.
  return compareBounds(min, max) > 0 ? {} : { min, max };
}

/** A PLAIN-encoded bound as a value of the column's type; undefined where it is malformed or has no known order. */
function decodeBound(column: LeafColumn, bytes: Uint8Array | undefined): Bound | undefined {
  if (!bytes) return undefined;
  const width = WIDTHS[column.physical] ?? bytes.length;
  if (bytes.length !== width) return undefined;
  try {
    return convertBound(column, bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch {
    // A value that cannot be converted is no bound of values that can.
    return undefined;
  }
}

const WIDTHS: Partial<Record<PhysicalType, number>> = { BOOLEAN: 1, INT32: 4, INT64: 8, FLOAT: 4, DOUBLE: 8 };

function convertBound(
  { conversion, physical, typeLength }: LeafColumn,
  bytes: Uint8Array,
  view: DataView,
): Bound | undefined {
  switch (conversion.kind) {
    case 'none':
      if (physical === 'BOOLEAN') return bytes[0]! & 1;
      if (physical === 'INT32') return view.getInt32(0, true);
      return physical === 'INT64' ? view.getBigInt64(0, true) : notNan(view.getFloat64(0, true));
    case 'sign-extend':
      return BigInt(view.getInt32(0, true));
    case 'zero-extend':
      return physical === 'INT32' ? BigInt(view.getUint32(0, true)) : view.getBigUint64(0, true);
    case 'float32':
      return notNan(view.getFloat32(0, true));
    case 'float16':
      return bytes.length === 2 ? notNan(float16(view.getUint16(0, true))) : undefined;
    case 'timestamp':
      return microseconds(view.getBigInt64(0, true), conversion.unit);
    case 'time': {
      const value = physical === 'INT32' ? BigInt(view.getInt32(0, true)) : view.getBigInt64(0, true);
      return Buffer.from(timeText(value, conversion));
    }
    case 'decimal':
      if (bytes.length === 0 || bytes.length > 16) return undefined;
      if (physical === 'FIXED_LEN_BYTE_ARRAY' && bytes.length !== typeLength) return undefined;
      return BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
    case 'text':
      return bytes;
    // Both texts are ordered as the bytes are.
    case 'hex':
      return Buffer.from(hexText(bytes));
    case 'uuid':
      return bytes.length === 16 ? Buffer.from(uuidText(bytes)) : undefined;
    // The order of its statistics is undefined.
    case 'int96':
      return undefined;
  }
}

function notNan(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}
