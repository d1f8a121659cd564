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
import type { Conversion } from './conversion.ts';
import type { ParquetMetadata, PhysicalType, SchemaNode } from './metadata.ts';

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
  readonly conversion: Conversion;
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

const AS_STORED: Conversion = { kind: 'none' };
const HEX: Conversion = { kind: 'hex' };

function mapLeaf(node: SchemaNode, physical: PhysicalType): Omit<LeafColumn, 'chunk'> | string {
  if (node.repetition === 'repeated') return 'LIST';
  const { name, typeLength } = node;
  const appearance = appearanceOf(node, physical);
  if (typeof appearance === 'string') return appearance;
  return { name, physical, typeLength, nullable: node.repetition === 'optional', ...appearance };
}

/** As what a leaf appears; or what stands in the way. */
function appearanceOf(node: SchemaNode, physical: PhysicalType): Pick<LeafColumn, 'type' | 'conversion'> | string {
  const { annotation, typeLength } = node;
  switch (annotation?.kind) {
    case undefined:
      return withoutAnnotation(physical);
    case 'bson':
      return physical === 'BYTE_ARRAY' ? { type: UTF8, conversion: HEX } : `BSON stored as ${physical}`;
    case 'string':
    case 'enum':
    case 'json':
      if (physical === 'BYTE_ARRAY') return { type: UTF8, conversion: { kind: 'text' } };
      return `${annotation.kind.toUpperCase()} stored as ${physical}`;
    case 'uuid':
      if (physical === 'FIXED_LEN_BYTE_ARRAY' && typeLength === 16) return { type: UTF8, conversion: { kind: 'uuid' } };
      return `UUID stored as ${physical}(${typeLength})`;
    case 'float16':
      if (physical === 'FIXED_LEN_BYTE_ARRAY' && typeLength === 2)
        return { type: FLOAT64, conversion: { kind: 'float16' } };
      return `FLOAT16 stored as ${physical}(${typeLength})`;
    case 'date':
      return physical === 'INT32' ? { type: DATE, conversion: AS_STORED } : `DATE stored as ${physical}`;
    case 'timestamp': {
      const { unit } = annotation;
      if (physical !== 'INT64') return `TIMESTAMP stored as ${physical}`;
      return { type: TIMESTAMP, conversion: unit === 'us' ? AS_STORED : { kind: 'timestamp', unit } };
    }
    case 'time': {
      const { unit, utc } = annotation;
      if (physical !== (unit === 'ms' ? 'INT32' : 'INT64')) return `TIME in ${unit} stored as ${physical}`;
      return { type: UTF8, conversion: { kind: 'time', unit, utc } };
    }
    case 'integer': {
      const { bits, signed } = annotation;
      const unsigned = !signed && (bits === 32 || bits === 64);
      const conversion: Conversion = unsigned ? { kind: 'zero-extend' } : AS_STORED;
      if (physical === 'INT32' && bits <= 32) return { type: unsigned ? INT64 : INT32, conversion };
      if (physical === 'INT64' && bits === 64) return { type: unsigned ? decimal(20, 0) : INT64, conversion };
      return `${signed ? '' : 'U'}INT${bits} stored as ${physical}`;
    }
    case 'decimal': {
      const { precision, scale } = annotation;
      const conversion = decimalConversion(physical, typeLength, precision);
      if (precision < 1 || precision > 38 || scale > precision || !conversion) return `DECIMAL(${precision},${scale})`;
      return { type: decimal(precision, scale), conversion };
    }
    case 'other':
      return annotation.name;
  }
}

function withoutAnnotation(physical: PhysicalType): Pick<LeafColumn, 'type' | 'conversion'> {
  switch (physical) {
    case 'BOOLEAN':
      return { type: BOOL, conversion: AS_STORED };
    case 'INT32':
      return { type: INT32, conversion: AS_STORED };
    case 'INT64':
      return { type: INT64, conversion: AS_STORED };
    case 'INT96':
      return { type: TIMESTAMP, conversion: { kind: 'int96' } };
    case 'FLOAT':
      return { type: FLOAT64, conversion: { kind: 'float32' } };
    case 'DOUBLE':
      return { type: FLOAT64, conversion: AS_STORED };
    case 'BYTE_ARRAY':
    case 'FIXED_LEN_BYTE_ARRAY':
      return { type: UTF8, conversion: HEX };
  }
}

function decimalConversion(physical: PhysicalType, typeLength: number, precision: number): Conversion | undefined {
  switch (physical) {
    case 'INT32':
      return precision <= 18 ? { kind: 'sign-extend' } : undefined;
    case 'INT64':
      return precision <= 18 ? AS_STORED : undefined;
    case 'FIXED_LEN_BYTE_ARRAY':
      return typeLength >= 1 && typeLength <= 16 ? { kind: 'decimal' } : undefined;
    case 'BYTE_ARRAY':
      return { kind: 'decimal' };
    default:
      return undefined;
  }
}
