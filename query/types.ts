import { SluiceError } from './error.ts';

/** A SQL type. `decimal` holds an integer scaled by 10^scale, precision 1..38. */
export type DataType =
  | { readonly kind: 'bool' }
  | { readonly kind: 'int32' }
  | { readonly kind: 'int64' }
  | { readonly kind: 'float64' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'date' }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'utf8' }
  /** Bytes: only states of aggregates have this type. */
  | { readonly kind: 'binary' };

export interface Field {
  readonly name: string;
  readonly type: DataType;
  /** A part of another column, named by its path: queries can ask for it, but it is not among those that * means. */
  readonly isMember?: true;
}

export type Schema = readonly Field[];

/**
 * One value outside of a vector. bool: boolean; int32: number; date: number, days since 1970-01-01;
 * float64: number; int64: bigint; timestamp: bigint, µs since 1970-01-01; decimal: bigint, unscaled; utf8: string.
 */
export type Scalar = boolean | number | bigint | string | null;

export const BOOL: DataType = { kind: 'bool' };
export const INT32: DataType = { kind: 'int32' };
export const INT64: DataType = { kind: 'int64' };
export const FLOAT64: DataType = { kind: 'float64' };
export const DATE: DataType = { kind: 'date' };
export const TIMESTAMP: DataType = { kind: 'timestamp' };
export const UTF8: DataType = { kind: 'utf8' };
export const BINARY: DataType = { kind: 'binary' };

export function decimal(precision: number, scale: number): DataType {
  return { kind: 'decimal', precision, scale };
}

export function sameType(a: DataType, b: DataType): boolean {
  return formatType(a) === formatType(b);
}

const SQL_NAMES: Record<string, DataType> = {
  bool: BOOL,
  boolean: BOOL,
  int: INT32,
  int4: INT32,
  int32: INT32,
  integer: INT32,
  bigint: INT64,
  int8: INT64,
  int64: INT64,
  long: INT64,
  double: FLOAT64,
  'double precision': FLOAT64,
  float8: FLOAT64,
  float64: FLOAT64,
  date: DATE,
  timestamp: TIMESTAMP,
  datetime: TIMESTAMP,
  text: UTF8,
  string: UTF8,
  utf8: UTF8,
  varchar: UTF8,
};

/** Reads a type as SQL writes it: `decimal(12,2)`, `bigint`, `varchar(20)`. Throws `type`. */
export function parseType(text: string): DataType {
  const normal = text.trim().toLowerCase().replace(/\s+/g, ' ');
  const parameters = /^(\w+) ?\( ?(\d+) ?(?:, ?(\d+) ?)?\)$/.exec(normal);
  const name = parameters?.[1] ?? normal;
  if (name === 'decimal' || name === 'numeric') {
    const precision = Number(parameters?.[2] ?? 18);
    const scale = Number(parameters?.[3] ?? (parameters ? 0 : 3));
    if (precision < 1 || precision > 38 || scale > precision)
      throw new SluiceError(
        'type',
        `decimal(${precision},${scale}) is out of range: precision 1 to 38, scale at most precision`,
      );
    return decimal(precision, scale);
  }
  const type = SQL_NAMES[name];
  if (!type || (parameters && type.kind !== 'utf8')) throw new SluiceError('type', `unknown type "${text}"`);
  return type;
}

const TYPE_NAMES = {
  bool: 'boolean',
  int32: 'integer',
  int64: 'bigint',
  float64: 'double',
  date: 'date',
  timestamp: 'timestamp',
  utf8: 'varchar',
  binary: 'blob',
} as const;

/** The type as SQL writes it; `parseType` reads it back. */
export function formatType(type: DataType): string {
  return type.kind === 'decimal' ? `decimal(${type.precision},${type.scale})` : TYPE_NAMES[type.kind];
}
