import type { DataType } from '../../../query/types.ts';

/**
 * Where a vector of up to VECTOR_SIZE rows stands: values (utf8: addresses, then lengths; decimals beyond 18 digits:
 * low and high word of each row) and validity bytes.
 */
export interface VectorPlace {
  readonly type: DataType;
  readonly values: number;
  readonly validity: number;
}
