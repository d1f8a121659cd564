import {
  BOOL,
  DATE,
  type DataType,
  decimal,
  FLOAT64,
  INT32,
  INT64,
  type Schema,
  TIMESTAMP,
  UTF8,
} from '../../../query/types.ts';
import type { ParquetMetadata, PhysicalType, SchemaNode, TimeUnit } from './metadata.ts';

/** A flat column that Sluice reads: how it is stored, and as what it appears. */
export interface LeafColumn {
  readonly name: string;
  readonly type: DataType;
  /** Index of its chunk in each row group. */
  readonly chunk: number;
  readonly physical: PhysicalType;
  /** Bytes of a FIXED_LEN_BYTE_ARRAY. */
  readonly typeLength: number;
  readonly nullable: boolean;
  /** Stored in 32 bits without a sign; appears as int64. */
  readonly unsigned: boolean;
  /** Of a timestamp as stored. */
  readonly unit: TimeUnit | undefined;
}

/** A column that is in the file but not in the schema; a query that names it fails with `unsupported`. */
export interface UnsupportedColumn {
  readonly name: string;
  /** What stands in its way, such as `LIST` or `DECIMAL(76,2)`. */
  readonly reason: string;
}

export interface LeafColumns {
  readonly columns: readonly LeafColumn[];
  readonly unsupported: readonly UnsupportedColumn[];
}

/** The schema that queries see: the columns Sluice reads, in file order. */
export function schemaOf({ columns }: LeafColumns): Schema {
  return columns.map(({ name, type }) => ({ name, type }));
}

/** Sorts the root's children into columns that Sluice reads and those it does not. Throws a plain Error on a broken tree. */
export function leafColumns({ nodes, rowGroups }: ParquetMetadata): LeafColumns {
  const columns: LeafColumn[] = [];
  const unsupported: UnsupportedColumn[] = [];
  const root = nodes[0];
  if (!root) throw new Error('its schema is empty');
  let leaf = 0;
  let at = 1;
  for (let child = 0; child < root.children; child++) {
    const node = nodes[at];
    if (!node) throw new Error('its schema has fewer elements than its root claims');
    const chunk = leaf;
    let open = 1;
    while (open > 0) {
      const element = nodes[at++];
      if (!element) throw new Error('its schema has fewer elements than it claims');
      if (element.physical !== undefined) leaf++;
      open += element.children - 1;
    }
    const mapped = node.physical === undefined ? groupReason(node) : mapLeaf(node, node.physical);
    if (typeof mapped === 'string') unsupported.push({ name: node.name, reason: mapped });
    else if (rowGroups.some((group) => group.chunks[chunk] === undefined))
      unsupported.push({ name: node.name, reason: 'encrypted, or stored in another file' });
    else if (rowGroups.some((group) => group.chunks[chunk]?.physical !== node.physical))
      throw new Error(`its column "${node.name}" has another physical type in a row group than in the schema`);
    else columns.push({ ...mapped, chunk });
  }
  if (at !== nodes.length) throw new Error('its schema has more elements than its root claims');
  return { columns, unsupported };
}

function groupReason(node: SchemaNode): string {
  return node.annotation?.kind === 'other' ? node.annotation.name : node.repetition === 'repeated' ? 'LIST' : 'STRUCT';
}

function mapLeaf(node: SchemaNode, physical: PhysicalType): Omit<LeafColumn, 'chunk'> | string {
  if (node.repetition === 'repeated') return 'LIST';
  const { annotation, name, typeLength } = node;
  const nullable = node.repetition === 'optional';
  const leaf = (type: DataType, unsigned = false, unit?: TimeUnit) => ({
    name,
    type,
    physical,
    typeLength,
    nullable,
    unsigned,
    unit,
  });
  switch (annotation?.kind) {
    case undefined:
      return PLAIN_TYPES[physical] ? leaf(PLAIN_TYPES[physical]) : physical;
    case 'string':
    case 'enum':
    case 'json':
      return physical === 'BYTE_ARRAY' ? leaf(UTF8) : `${annotation.kind.toUpperCase()} stored as ${physical}`;
    case 'date':
      return physical === 'INT32' ? leaf(DATE) : `DATE stored as ${physical}`;
    case 'timestamp':
      return physical === 'INT64' ? leaf(TIMESTAMP, false, annotation.unit) : `TIMESTAMP stored as ${physical}`;
    case 'integer': {
      const { bits, signed } = annotation;
      if (physical === 'INT32' && bits <= 32) return signed || bits < 32 ? leaf(INT32) : leaf(INT64, true);
      if (physical === 'INT64' && bits === 64 && signed) return leaf(INT64);
      return `${signed ? '' : 'U'}INT${bits} stored as ${physical}`;
    }
    case 'decimal': {
      const { precision, scale } = annotation;
      const narrow = (physical === 'INT32' || physical === 'INT64') && precision <= 18;
      const fixed = physical === 'FIXED_LEN_BYTE_ARRAY' && typeLength >= 1 && typeLength <= 16;
      const readable = narrow || fixed || physical === 'BYTE_ARRAY';
      if (precision >= 1 && precision <= 38 && scale <= precision && readable) return leaf(decimal(precision, scale));
      return `DECIMAL(${precision},${scale})`;
    }
    case 'other':
      return annotation.name;
  }
}

/** Without an annotation a BYTE_ARRAY is binary, which Sluice has no type for. */
const PLAIN_TYPES: Partial<Record<PhysicalType, DataType>> = {
  BOOLEAN: BOOL,
  INT32,
  INT64,
  FLOAT: FLOAT64,
  DOUBLE: FLOAT64,
};
