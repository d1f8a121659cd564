import type { Expression } from './expression.ts';

/**
 * What a query means, whatever language it was written in: one SELECT over one table. Names are as written;
 * aggregates are calls of `sum` and its like, anywhere in `select`, `having` and `orderBy`.
 */
export interface LogicalPlan {
  /** The query's text, which all `at` count UTF-16 units of. */
  readonly text: string;
  readonly table: { readonly name: string; readonly at: number };
  readonly filter?: Expression;
  readonly select: readonly SelectItem[];
  readonly distinct: boolean;
  /** `all`: by every select item without an aggregate. An integer literal means a select item, from 1. */
  readonly groupBy: readonly Expression[] | 'all';
  readonly having?: Expression;
  readonly orderBy: readonly OrderKey[];
  readonly limit?: number;
  readonly offset: number;
}

export type SelectItem =
  | { readonly kind: 'star'; readonly at: number }
  /** `name` is the alias if there is one (`named`), or else what DuckDB calls the column. */
  | { readonly kind: 'expression'; readonly name: string; readonly named: boolean; readonly expression: Expression };

export interface OrderKey {
  /** An integer literal means a select item, from 1. */
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}
