import { BOOL, DATE, type DataType, decimal, FLOAT64, INT32, INT64, TIMESTAMP, UTF8 } from '../../../query/types.ts';
import type { Conversion } from './conversion.ts';
import type { PhysicalType, SchemaNode } from './metadata.ts';
import type { SchemaTree } from './schema-tree.ts';

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
  /** Its highest definition level: a value stands there, below it is NULL. Above 1 it is a member of a struct. */
  readonly definition: number;
  readonly conversion: Conversion;
}

const AS_STORED: Conversion = { kind: 'none' };
const HEX: Conversion = { kind: 'hex' };

/** A leaf as a column; or what stands in the way. */
export function leafColumn({ node, levels, chunk }: SchemaTree): LeafColumn | string {
  const { name, physical, typeLength } = node;
  if (physical === undefined) return 'STRUCT';
  const appearance = appearanceOf(node, physical);
  if (typeof appearance === 'string') return appearance;
  const { definition } = levels;
  return { name, chunk, physical, typeLength, nullable: definition > 0, definition, ...appearance };
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
      // Well-known binary.
      if (/^GEO(METRY|GRAPHY)$/.test(annotation.name) && physical === 'BYTE_ARRAY')
        return { type: UTF8, conversion: HEX };
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
