import type { Overload } from '../../../query/function-entry.ts';
import {
  BOOL,
  DATE,
  type DataType,
  decimal,
  FLOAT64,
  INT32,
  INT64,
  type Scalar,
  TIMESTAMP,
  UTF8,
} from '../../../query/types.ts';

/** Operands that an overload is tried with, and how DuckDB is asked for the same. */
export interface FunctionCases {
  /** DuckDB's expression, $1 for the first operand; by default the function's name with all operands. */
  readonly sql?: string;
  /** Types of the operands, where the kind does not say enough (decimals). */
  readonly types?: readonly DataType[];
  readonly rows: readonly (readonly Scalar[])[];
}

/** By the ids of overloads. */
export type CaseTable = Readonly<Record<string, FunctionCases>>;

/** Every pair of a first and a second operand. */
export const pairs = (firsts: readonly Scalar[], seconds: readonly Scalar[]): Scalar[][] =>
  firsts.flatMap((first) => seconds.map((second) => [first, second]));

/** Operands one at a time. */
export const each = (values: readonly Scalar[]): Scalar[][] => values.map((value) => [value]);

const TYPES: Partial<Record<DataType['kind'], DataType>> = {
  bool: BOOL,
  int32: INT32,
  int64: INT64,
  float64: FLOAT64,
  decimal: decimal(18, 2),
  date: DATE,
  timestamp: TIMESTAMP,
  utf8: UTF8,
};

/** The types of the operands of one row: a variadic overload repeats its last one. */
export function operandTypes(overload: Overload, cases: FunctionCases, count: number): readonly DataType[] {
  if (cases.types) return cases.types;
  return Array.from({ length: count }, (_, i) => TYPES[overload.parameters[i] ?? overload.parameters.at(-1)!]!);
}
