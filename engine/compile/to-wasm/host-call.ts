import type { DataType, Scalar } from '../../../query/types.ts';

/** What compiled code lets the lane do in JavaScript, one row at a time. */
export interface HostCall {
  /** The import's name: equal names mean the same. */
  readonly name: string;
  readonly parameters: readonly DataType[];
  readonly result: DataType;
  /** Throws SluiceError, which ends the batch. */
  readonly compute: (...operands: Scalar[]) => Scalar;
}
