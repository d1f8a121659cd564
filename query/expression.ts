import type { DataType, Scalar } from './types.ts';

/**
 * An expression as front ends write it and fragments carry it: plain JSON, columns by name, not yet typed.
 * `at` is the offset in the query's text that errors point to.
 */
export type Expression =
  | { readonly kind: 'column'; readonly name: string; readonly at?: number }
  | { readonly kind: 'literal'; readonly type: DataType; readonly value: LiteralValue; readonly at?: number }
  | {
      readonly kind: 'call';
      readonly function: string;
      readonly args: readonly Expression[];
      /** Of aggregates only: over distinct values, over the rows where the condition is true. */
      readonly distinct?: boolean;
      readonly filter?: Expression;
      readonly at?: number;
    }
  | {
      readonly kind: 'cast';
      readonly to: DataType;
      readonly arg: Expression;
      /** TRY_CAST: NULL where the value does not fit. */
      readonly try?: boolean;
      readonly at?: number;
    };

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
  | 'is_distinct_from' // as ne, but NULL is a value; never NULL
  | 'is_not_distinct_from'
  | 'in' // first operand against others of its type
  | 'is_null'
  | 'is_not_null'
  | 'like' // text, pattern, escape: utf8; % any run, _ one character; escape is a literal, '' for none
  | 'ilike' // as like, letter case aside
  | 'case' // condition, result, condition, result, …, result: an odd number, results of the call's type
  | 'coalesce' // variadic, operands of the call's type
  | 'add' // int32, int64, float64, decimal (operands and result of one scale), date + int32
  | 'subtract' // as add; date - date gives int64 days
  | 'multiply' // int32, int64, float64; decimal: scales add up
  | 'divide' // float64 / float64; x / 0 is ±inf or NaN
  | 'integer_divide' // int32, int64: cut towards zero; float64: the plain quotient; x // 0 is NULL
  | 'modulo' // int32, int64, decimal: x % 0 is NULL; float64: x % 0 is NaN
  | 'negate';

/** An expression whose names, types and overloads are resolved against a schema. Casts are explicit. */
export type BoundExpression =
  | { readonly kind: 'column'; readonly index: number; readonly name: string; readonly type: DataType }
  | {
      readonly kind: 'literal';
      readonly type: DataType;
      readonly value: Scalar;
      /** A text or NULL as the query wrote it: it takes the type of what it meets. Of interest to the binder only. */
      readonly untyped?: true;
    }
  | {
      readonly kind: 'call';
      readonly operator: Operator;
      readonly args: readonly BoundExpression[];
      readonly type: DataType;
    }
  | {
      /** A function of the library; `overload` is the `id` of one of its overloads (`functions.ts`). */
      readonly kind: 'function';
      readonly overload: string;
      readonly args: readonly BoundExpression[];
      readonly type: DataType;
    }
  | {
      readonly kind: 'cast';
      readonly arg: BoundExpression;
      readonly type: DataType;
      /** NULL where the value does not fit, instead of `bad-value`. */
      readonly try?: boolean;
    };

export type Comparison = Extract<Operator, 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'>;

/** `a OP b` is `b MIRRORED[OP] a`. */
export const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  eq: 'eq',
  ne: 'ne',
  lt: 'gt',
  le: 'ge',
  gt: 'lt',
  ge: 'le',
};

/** The expressions that an expression is made of, in order. */
export function operandsOf(expression: BoundExpression): readonly BoundExpression[] {
  if (expression.kind === 'call' || expression.kind === 'function') return expression.args;
  return expression.kind === 'cast' ? [expression.arg] : [];
}

/** The number of operations, columns and constants that an expression is made of. */
export function operationsOf(expression: BoundExpression): number {
  return operandsOf(expression).reduce((sum, operand) => sum + operationsOf(operand), 1);
}

export const AGGREGATE_FUNCTIONS = [
  'count_star',
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'bool_and',
  'bool_or',
  'first', // NULLs count
  'last',
  'any_value', // the first that is not NULL
  'arg_min', // value, key: the value where the key is least; rows with a NULL in either do not take part
  'arg_max',
  'var_samp',
  'var_pop',
  'stddev_samp',
  'stddev_pop',
  'median',
  'quantile_cont', // value, fraction
  'quantile_disc',
  'approx_quantile', // value, fraction: t-digest
  'approx_count_distinct', // HyperLogLog
  'string_agg', // value, separator
] as const;
export type AggregateFunction = (typeof AGGREGATE_FUNCTIONS)[number];

export interface NamedExpression {
  readonly name: string;
  readonly expression: Expression;
}

export interface NamedAggregate {
  readonly name: string;
  readonly function: AggregateFunction;
  /** Columns of values, then constants: none for count_star, one for most. */
  readonly args: readonly Expression[];
  /** Equal values count once. */
  readonly distinct?: boolean;
  /** Only rows where this is true take part. */
  readonly filter?: Expression;
}

export interface BoundNamed {
  readonly name: string;
  readonly expression: BoundExpression;
}

export interface BoundAggregate {
  readonly name: string;
  readonly function: AggregateFunction;
  /**
   * What lanes compute for each row. A FILTER has become part of them: operands are NULL in rows that do not take part
   * (for `first` and `last`, where NULL is a value, a last operand of type bool says which rows do).
   */
  readonly args: readonly BoundExpression[];
  /** The constants: the fraction of quantiles, the separator of string_agg. */
  readonly parameters: readonly Scalar[];
  readonly distinct: boolean;
  /**
   * The final type: count int64; sum of integers decimal(38,0), of decimals decimal(38,s), of float64 float64; avg
   * float64; min and max as the operand; others as in DuckDB.
   */
  readonly type: DataType;
}
