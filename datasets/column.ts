/** The types a generated column may have; decimals hold at most 18 digits. */
export type ColumnType =
  | { readonly kind: 'bool' }
  | { readonly kind: 'int32' }
  | { readonly kind: 'int64' }
  | { readonly kind: 'float64' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'date' }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'utf8' };

/** A name with points is a path: NDJSON writes `a.b` as the member b of the object a. */
export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
  /** How NDJSON writes it: text that is JSON already; a column whose key is left out where it is NULL. */
  readonly ndjson?: 'verbatim' | 'optional';
}

/**
 * The values of one column. `validity` has one byte a row, 1 valid and 0 NULL; absent means that no row is NULL.
 * bool: Uint8Array (0, 1); int32 and date (days since 1970-01-01): Int32Array; int64, timestamp (µs since
 * 1970-01-01) and decimal (unscaled): BigInt64Array; float64: Float64Array.
 * utf8: bytes of row i are bytes[offsets[i] .. offsets[i + 1]).
 */
export type Vector = FixedVector | Utf8Vector;

export interface FixedVector {
  readonly kind: 'fixed';
  readonly values: Uint8Array | Int32Array | BigInt64Array | Float64Array;
  readonly validity?: Uint8Array;
}

export interface Utf8Vector {
  readonly kind: 'utf8';
  readonly offsets: Int32Array;
  readonly bytes: Uint8Array;
  readonly validity?: Uint8Array;
}

/** `rows` rows; `vectors[i]` belongs to column i of the data set. */
export interface Batch {
  readonly rows: number;
  readonly vectors: readonly Vector[];
}

const SQL_NAMES = {
  bool: 'boolean',
  int32: 'integer',
  int64: 'bigint',
  float64: 'double',
  date: 'date',
  timestamp: 'timestamp',
  utf8: 'varchar',
} as const;

/** The type as SQL writes it, e.g. `decimal(15,2)`. */
export function sqlType(type: ColumnType): string {
  return type.kind === 'decimal' ? `decimal(${type.precision},${type.scale})` : SQL_NAMES[type.kind];
}

/** An empty fixed-width array of the kind that holds `type`. */
export function allocateValues(type: ColumnType, rows: number): FixedVector['values'] {
  switch (type.kind) {
    case 'bool':
      return new Uint8Array(rows);
    case 'int32':
    case 'date':
      return new Int32Array(rows);
    case 'float64':
      return new Float64Array(rows);
    case 'int64':
    case 'timestamp':
    case 'decimal':
      return new BigInt64Array(rows);
    case 'utf8':
      throw new TypeError('utf8 columns have no fixed width');
  }
}

/** The first `limit` rows of a stream of batches, without copying. */
export function* takeRows(batches: Iterable<Batch>, limit: number): Generator<Batch> {
  let left = limit;
  if (left <= 0) return;
  for (const batch of batches) {
    yield batch.rows <= left ? batch : firstRows(batch, left);
    left -= batch.rows;
    if (left <= 0) return;
  }
}

function firstRows(batch: Batch, rows: number): Batch {
  const vectors = batch.vectors.map((vector): Vector => {
    const validity = vector.validity && { validity: vector.validity.subarray(0, rows) };
    return vector.kind === 'fixed'
      ? { kind: 'fixed', values: vector.values.subarray(0, rows), ...validity }
      : { kind: 'utf8', offsets: vector.offsets.subarray(0, rows + 1), bytes: vector.bytes, ...validity };
  });
  return { rows, vectors };
}
