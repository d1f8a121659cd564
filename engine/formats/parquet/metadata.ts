import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';

export const PHYSICAL_TYPES = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
] as const;
export type PhysicalType = (typeof PHYSICAL_TYPES)[number];

export const CODECS = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'] as const;

/** The annotation of a leaf, from its LogicalType or, in older files, from its ConvertedType. */
export type Annotation =
  | { readonly kind: 'string' | 'enum' | 'json' | 'bson' | 'uuid' | 'float16' | 'date' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'timestamp'; readonly unit: TimeUnit; readonly utc: boolean }
  | { readonly kind: 'time'; readonly unit: TimeUnit; readonly utc: boolean }
  | { readonly kind: 'integer'; readonly bits: number; readonly signed: boolean }
  | { readonly kind: 'other'; readonly name: string };
export type TimeUnit = 'ms' | 'us' | 'ns';

/** One node of the schema, in the depth-first order of the footer; the root is the first. */
export interface SchemaNode {
  readonly name: string;
  readonly physical: PhysicalType | undefined;
  readonly typeLength: number;
  readonly repetition: 'required' | 'optional' | 'repeated';
  readonly children: number;
  readonly annotation: Annotation | undefined;
}

/** Statistics as they stand in the file: bounds are PLAIN-encoded bytes, decoded only by who knows the column. */
export interface RawStatistics {
  /** Deprecated bounds (fields 1 and 2): ordered by signed comparison whatever the type. */
  readonly oldMax: Uint8Array | undefined;
  readonly oldMin: Uint8Array | undefined;
  readonly max: Uint8Array | undefined;
  readonly min: Uint8Array | undefined;
  readonly nullCount: number | undefined;
  readonly nanCount: number | undefined;
  /** Whether `min` and `max` are values of the column, not only bounds; false where the file says that one is not. */
  readonly exact: boolean;
}

export interface ColumnChunk {
  readonly physical: PhysicalType;
  /** Numbers of the Encoding enum. */
  readonly encodings: readonly number[];
  readonly codec: number;
  readonly valueCount: number;
  readonly uncompressedSize: number;
  /** The chunk's bytes: dictionary page (if any) and data pages, `offset` from the object's beginning. */
  readonly offset: number;
  readonly size: number;
  /** Bytes at the end of those that the metadata do not count, because of an old writer's mistake; they may belong to others. */
  readonly uncounted: number;
  readonly dictionaryOffset: number | undefined;
  readonly dataOffset: number;
  readonly statistics: RawStatistics | undefined;
  /** Where the bounds of its pages stand, and where the pages do; absent where the file does not say or cannot be right. */
  readonly columnIndex: ByteSpan | undefined;
  readonly offsetIndex: ByteSpan | undefined;
  /** Where its Bloom filter begins. */
  readonly bloomFilter: number | undefined;
}

export interface ByteSpan {
  readonly offset: number;
  readonly size: number;
}

export interface RowGroup {
  readonly rows: number;
  /** One per leaf of the schema; undefined where the chunk is encrypted or lies in another file. */
  readonly chunks: readonly (ColumnChunk | undefined)[];
}

export interface ParquetMetadata {
  readonly nodes: readonly SchemaNode[];
  readonly rowGroups: readonly RowGroup[];
}

export type Struct = Readonly<Record<string, unknown>>;

/**
 * Reads a FileMetaData struct (parquet.thrift, Thrift compact protocol) and checks every number that others rely on.
 * `dataEnd` is where column data ends at the latest. Throws a plain Error that says what is wrong; the caller adds where.
 */
export function parseMetadata(bytes: Uint8Array, dataEnd: number): ParquetMetadata {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const file = struct(deserializeTCompactProtocol({ view, offset: 0 }), 'file metadata');
  const nodes = list(file.field_2, 'schema').map((node) => schemaNode(struct(node, 'schema element')));
  const leaves = nodes.filter((node) => node.children === 0 && node.physical !== undefined).length;
  const end: DataEnd = { dataEnd, omitted: omittedBytes(file.field_6) };
  const rowGroups = list(file.field_4 ?? [], 'row groups').map((group) =>
    rowGroup(struct(group, 'row group'), leaves, end),
  );
  return { nodes, rowGroups };
}

interface DataEnd {
  /** Where column data ends at the latest. */
  readonly dataEnd: number;
  /** By how many bytes at most a chunk is longer than its metadata say. */
  readonly omitted: number;
}

/** parquet-mr before 1.2.9 did not count the header of the dictionary page (PARQUET-816). */
function omittedBytes(createdBy: unknown): number {
  const writer = createdBy instanceof Uint8Array ? decoder.decode(createdBy) : '';
  const old = /^parquet-mr(?! version (1\.2\.9|1\.[3-9]|1\.\d\d|[2-9]))/.test(writer);
  return old ? 100 : 0;
}

function schemaNode(node: Struct): SchemaNode {
  const children = node.field_5 === undefined ? 0 : count(node.field_5, 'number of children');
  const physical = node.field_1 === undefined ? undefined : PHYSICAL_TYPES[count(node.field_1, 'physical type')];
  if (children === 0 && node.field_1 !== undefined && !physical) throw new Error('a column has no known physical type');
  return {
    name: text(node.field_4, 'column name'),
    physical: children > 0 ? undefined : physical,
    typeLength: node.field_2 === undefined ? 0 : count(node.field_2, 'type length'),
    repetition: node.field_3 === 1 ? 'optional' : node.field_3 === 2 ? 'repeated' : 'required',
    children,
    annotation: annotation(node),
  };
}

const CONVERTED = [
  'UTF8 MAP MAP_KEY_VALUE LIST ENUM DECIMAL DATE TIME_MILLIS TIME_MICROS TIMESTAMP_MILLIS TIMESTAMP_MICROS',
  'UINT_8 UINT_16 UINT_32 UINT_64 INT_8 INT_16 INT_32 INT_64 JSON BSON INTERVAL',
]
  .join(' ')
  .split(' ');

const LOGICAL_NAMES: Record<string, string> = {
  field_2: 'MAP',
  field_3: 'LIST',
  field_16: 'VARIANT',
  field_17: 'GEOMETRY',
  field_18: 'GEOGRAPHY',
};

/** LogicalType wins over ConvertedType where both stand. */
function annotation(node: Struct): Annotation | undefined {
  if (node.field_10 !== undefined) {
    const logical = struct(node.field_10, 'logical type');
    if (logical.field_1) return { kind: 'string' };
    if (logical.field_4) return { kind: 'enum' };
    if (logical.field_6) return { kind: 'date' };
    if (logical.field_12) return { kind: 'json' };
    if (logical.field_13) return { kind: 'bson' };
    if (logical.field_14) return { kind: 'uuid' };
    if (logical.field_15) return { kind: 'float16' };
    if (logical.field_5) {
      const { field_1, field_2 } = struct(logical.field_5, 'decimal type');
      return { kind: 'decimal', scale: count(field_1 ?? 0, 'decimal scale'), precision: count(field_2, 'precision') };
    }
    if (logical.field_8) {
      const timestamp = struct(logical.field_8, 'timestamp type');
      return { kind: 'timestamp', unit: timeUnit(timestamp), utc: timestamp.field_1 === true };
    }
    if (logical.field_7) {
      const time = struct(logical.field_7, 'time type');
      return { kind: 'time', unit: timeUnit(time), utc: time.field_1 === true };
    }
    if (logical.field_10) {
      const { field_1, field_2 } = struct(logical.field_10, 'integer type');
      return { kind: 'integer', bits: count(field_1, 'bit width'), signed: field_2 === true };
    }
    const known = Object.keys(logical).find((key) => LOGICAL_NAMES[key]);
    if (known) return { kind: 'other', name: LOGICAL_NAMES[known] ?? known };
  }
  if (node.field_6 === undefined) return undefined;
  const converted = CONVERTED[count(node.field_6, 'converted type')] ?? `converted type ${node.field_6}`;
  const integer = /^(U?)INT_(\d+)$/.exec(converted);
  if (integer) return { kind: 'integer', bits: Number(integer[2]), signed: integer[1] === '' };
  switch (converted) {
    case 'UTF8':
      return { kind: 'string' };
    case 'ENUM':
      return { kind: 'enum' };
    case 'JSON':
      return { kind: 'json' };
    case 'BSON':
      return { kind: 'bson' };
    case 'DATE':
      return { kind: 'date' };
    case 'TIME_MILLIS':
      return { kind: 'time', unit: 'ms', utc: false };
    case 'TIME_MICROS':
      return { kind: 'time', unit: 'us', utc: false };
    case 'TIMESTAMP_MILLIS':
      return { kind: 'timestamp', unit: 'ms', utc: false };
    case 'TIMESTAMP_MICROS':
      return { kind: 'timestamp', unit: 'us', utc: false };
    case 'DECIMAL':
      return {
        kind: 'decimal',
        scale: count(node.field_7 ?? 0, 'decimal scale'),
        precision: count(node.field_8, 'precision'),
      };
    default:
      return { kind: 'other', name: converted };
  }
}

/** Of a TimeType or TimestampType struct. */
function timeUnit(type: Struct): TimeUnit {
  const unit = struct(type.field_2, 'time unit');
  return unit.field_1 ? 'ms' : unit.field_2 ? 'us' : 'ns';
}

function rowGroup(group: Struct, leaves: number, end: DataEnd): RowGroup {
  const columns = list(group.field_1, 'column chunks');
  if (columns.length !== leaves)
    throw new Error(`a row group has ${columns.length} column chunks where ${leaves} are expected`);
  return {
    rows: count(group.field_3, 'row count of a row group'),
    chunks: columns.map((column) => columnChunk(struct(column, 'column chunk'), end)),
  };
}

function columnChunk(column: Struct, { dataEnd, omitted }: DataEnd): ColumnChunk | undefined {
  if (column.field_3 === undefined || column.field_8 !== undefined || column.field_1 !== undefined) return undefined;
  const meta = struct(column.field_3, 'column metadata');
  const physical = PHYSICAL_TYPES[count(meta.field_1, 'physical type')];
  if (!physical) throw new Error('a column chunk has no known physical type');
  const dataOffset = count(meta.field_9, 'data page offset');
  // Some writers leave 0 where there is no dictionary page.
  const dictionaryOffset = meta.field_11 === undefined ? 0 : count(meta.field_11, 'dictionary page offset');
  const offset = dictionaryOffset > 0 && dictionaryOffset < dataOffset ? dictionaryOffset : dataOffset;
  const size = count(meta.field_7, 'compressed size');
  const valueCount = count(meta.field_5, 'value count');
  if (valueCount > 0 && (offset < 4 || offset + size > dataEnd))
    throw new Error(`a column chunk claims bytes ${offset} to ${offset + size}, data lies in bytes 4 to ${dataEnd}`);
  const uncounted = Math.max(0, Math.min(omitted, dataEnd - offset - size));
  return {
    physical,
    encodings: list(meta.field_2 ?? [], 'encodings').map((encoding) => count(encoding, 'encoding')),
    codec: count(meta.field_4, 'codec'),
    valueCount,
    uncompressedSize: count(meta.field_6, 'uncompressed size'),
    offset,
    size: size + uncounted,
    uncounted,
    dictionaryOffset: offset < dataOffset ? offset : undefined,
    dataOffset,
    statistics: meta.field_12 === undefined ? undefined : statistics(struct(meta.field_12, 'statistics')),
    columnIndex: span(column.field_6, column.field_7, dataEnd),
    offsetIndex: span(column.field_4, column.field_5, dataEnd),
    bloomFilter: span(meta.field_14, 1, dataEnd)?.offset,
  };
}

/** Nothing where the numbers are impossible: what they point to is only good for speed. */
function span(offset: unknown, size: unknown, end: number): ByteSpan | undefined {
  const place = { offset: Number(offset ?? 0), size: Number(size ?? 0) };
  return place.offset >= 4 && place.size > 0 && place.offset + place.size <= end ? place : undefined;
}

function statistics(stats: Struct): RawStatistics {
  return {
    oldMax: optionalBytes(stats.field_1),
    oldMin: optionalBytes(stats.field_2),
    nullCount: stats.field_3 === undefined ? undefined : count(stats.field_3, 'null count'),
    max: optionalBytes(stats.field_5),
    min: optionalBytes(stats.field_6),
    nanCount: stats.field_9 === undefined ? undefined : count(stats.field_9, 'NaN count'),
    exact: stats.field_7 !== false && stats.field_8 !== false,
  };
}

export function struct(value: unknown, what: string): Struct {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array)
    throw new Error(`its ${what} is missing or not a struct`);
  return value as Struct;
}

export function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`its list of ${what} is missing`);
  return value;
}

export function count(value: unknown, what: string): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0)
    throw new Error(`its ${what} is ${String(value)}, a count is expected`);
  return number;
}

const decoder = new TextDecoder();

function text(value: unknown, what: string): string {
  if (!(value instanceof Uint8Array)) throw new Error(`its ${what} is missing`);
  return decoder.decode(value);
}

export function optionalBytes(value: unknown): Uint8Array | undefined {
  return value instanceof Uint8Array ? value : undefined;
}
