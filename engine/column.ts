import type { DataType, Schema } from '../query/types.ts';

/**
 * A column of a result, outside of any lane's memory, transferable between threads.
 * `validity` has one byte a row, 1 valid and 0 NULL; absent means that no row is NULL.
 * Fixed width values: bool Uint8Array (0, 1); int32 and date Int32Array; int64 and timestamp BigInt64Array;
 * float64 Float64Array; decimal of precision <= 18 BigInt64Array, unscaled; wider decimals BigInt64Array of
 * 2 x length, each value its low then its high 64 bits (two's complement).
 * utf8: bytes of row i are bytes[offsets[i] .. offsets[i + 1]).
 */
export type Column =
  | {
      readonly kind: 'fixed';
      readonly type: DataType;
      readonly length: number;
      readonly values: Uint8Array | Int32Array | BigInt64Array | Float64Array;
      readonly validity?: Uint8Array;
    }
  | {
      readonly kind: 'utf8';
      readonly type: DataType;
      readonly length: number;
      readonly offsets: Int32Array;
      readonly bytes: Uint8Array;
      readonly validity?: Uint8Array;
    };

/** Equal-length columns; `columns[i]` has the type of `schema[i]`. */
export interface Batch {
  readonly schema: Schema;
  readonly length: number;
  readonly columns: readonly Column[];
}

/** Decimals beyond 18 digits take two 64-bit words a value. */
export function isWide(type: DataType): boolean {
  return type.kind === 'decimal' && type.precision > 18;
}

/** What a batch's vectors take. */
export function batchBytes({ columns }: Batch): number {
  let bytes = 0;
  for (const column of columns) {
    bytes += column.validity?.byteLength ?? 0;
    bytes += column.kind === 'utf8' ? column.offsets.byteLength + column.bytes.byteLength : column.values.byteLength;
  }
  return bytes;
}
