import type { DataType } from '../query/types.ts';
import { isWide } from './column.ts';

/** The array that holds `length` values of a fixed-width type in a `Column`, all zero. */
export function zeroValues(
  type: DataType,
  length: number,
): Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer> | Float64Array<ArrayBuffer> {
  switch (type.kind) {
    case 'bool':
      return new Uint8Array(length);
    case 'int32':
    case 'date':
      return new Int32Array(length);
    case 'float64':
      return new Float64Array(length);
    default:
      return new BigInt64Array(isWide(type) ? 2 * length : length);
  }
}
