import type { BoundExpression, BoundNamed } from './expression.ts';
import type { Fragment } from './fragment.ts';
import type { Schema } from './types.ts';

/** What is left to do over the one merged batch that a fragment gave, in this order. */
export interface Residual {
  /** The batch's schema: the fragment's rows, or its keys followed by its finished aggregates. */
  readonly input: Schema;
  /** HAVING: rows where it is not true go. */
  readonly having?: BoundExpression;
  /** Over `input`. NULLs and values compare as `compareScalars` says. */
  readonly orderBy: readonly ResidualOrder[];
  /** The result's columns, over `input`; two may have one name. */
  readonly columns: readonly BoundNamed[];
  /** Keeps the first of equal result rows. */
  readonly distinct: boolean;
  readonly limit?: number;
  readonly offset: number;
}

export interface ResidualOrder {
  readonly expression: BoundExpression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface PlannedQuery {
  readonly fragment: Fragment;
  readonly residual: Residual;
}
