import type { DataType, Scalar } from './types.ts';

/**
 * An expression as front ends write it and fragments carry it: plain JSON, columns by name, not yet typed.
 * `at` is the offset in the query's text that errors point to.
 */
export type Expression =
  | { readonly kind: 'column'; readonly name: string; readonly at?: number }
  | { readonly kind: 'literal'; readonly type: DataType; readonly value: LiteralValue; readonly at?: number }
  | { readonly kind: 'call'; readonly function: string; readonly args: readonly Expression[]; readonly at?: number }
  | { readonly kind: 'cast'; readonly to: DataType; readonly arg: Expression; readonly at?: number };

/** A scalar in JSON: int64, decimal (unscaled) and timestamp (µs) as decimal digits in a string; others as they are. */
export type LiteralValue = string | number | boolean | null;

/** The operators that remain once an expression is bound; operands have been cast, so each is monomorphic. */
export type Operator =
  | 'and' // variadic, three-valued
  | 'or' // variadic, three-valued
  | 'not'
  | 'eq' // both operands of one type (decimals of one scale), as for ne lt le gt ge
  | 'ne'
  | 'lt'
  | 'le'
  | 'gt'
  | 'ge'
  | 'in' // first operand against literals of its type
  | 'is_null'
  | 'is_not_null'
  | 'like' // utf8, pattern a utf8 literal: % any run, _ one character
  | 'add' // int32, int64, float64, decimal (operands and result of one scale), date + int32
  | 'subtract' // as add; date - date gives int64 days
  | 'multiply' // int32, int64, float64; decimal: scales add up
  | 'divide' // float64 / float64; x / 0 is ±inf or NaN
  | 'integer_divide' // int32, int64, cut towards zero; x // 0 is NULL
  | 'modulo' // int32, int64, decimal: x % 0 is NULL; float64: x % 0 is NaN
  | 'negate';

/** An expression whose names, types and overloads are resolved against a schema. Casts are explicit. */
export type BoundExpression =
  | { readonly kind: 'column'; readonly index: number; readonly name: string; readonly type: DataType }
  | { readonly kind: 'literal'; readonly type: DataType; readonly value: Scalar }
  | {
      readonly kind: 'call';
      readonly operator: Operator;
      readonly args: readonly BoundExpression[];
      readonly type: DataType;
    }
  | { readonly kind: 'cast'; readonly arg: BoundExpression; readonly type: DataType };

export type AggregateFunction = 'count_star' | 'count' | 'sum' | 'avg' | 'min' | 'max';

export interface NamedExpression {
  readonly name: string;
  readonly expression: Expression;
}

export interface NamedAggregate {
  readonly name: string;
  readonly function: AggregateFunction;
  /** Absent for count_star only. */
  readonly arg?: Expression;
}

export interface BoundNamed {
  readonly name: string;
  readonly expression: BoundExpression;
}

export interface BoundAggregate {
  readonly name: string;
  readonly function: AggregateFunction;
  readonly arg?: BoundExpression;
  /** The final type: count int64; sum of integers decimal(38,0), of decimals decimal(38,s), of float64 float64; avg float64; min and max as the operand. */
  readonly type: DataType;
}
