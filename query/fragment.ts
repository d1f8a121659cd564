import type {
  BoundAggregate,
  BoundExpression,
  BoundNamed,
  Expression,
  NamedAggregate,
  NamedExpression,
} from './expression.ts';

/** What a fragment gives: rows, or partial groups (their states are laid out by `partial-states.ts`). */
export type FragmentOutput =
  | {
      readonly kind: 'rows';
      readonly columns: readonly NamedExpression[];
      readonly limit?: number;
      /** The first `limit` rows in this order are wanted (top-k); ties go by the rows' order in the object. */
      readonly orderBy?: readonly FragmentOrder[];
    }
  | {
      readonly kind: 'groups';
      readonly keys: readonly NamedExpression[];
      readonly aggregates: readonly NamedAggregate[];
    };

/** A sort key: one of the output's columns. Only together with a limit. */
export interface FragmentOrder {
  readonly column: number;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** The unit of pushdown: one scan over one object, as plain JSON. Validated by `parseFragment` at the door. */
export interface Fragment {
  readonly version: 1;
  /** The object's name in the store. */
  readonly object: string;
  readonly lane: LaneName;
  readonly filter?: Expression;
  readonly output: FragmentOutput;
}

export const LANE_NAMES = ['wasm', 'js'] as const;
export type LaneName = (typeof LANE_NAMES)[number];

export type BoundOutput =
  | {
      readonly kind: 'rows';
      readonly columns: readonly BoundNamed[];
      readonly limit?: number;
      readonly orderBy?: readonly FragmentOrder[];
    }
  | { readonly kind: 'groups'; readonly keys: readonly BoundNamed[]; readonly aggregates: readonly BoundAggregate[] };

/** A fragment resolved against the object's schema. The conjuncts are joined by AND; each is bool. */
export interface BoundFragment {
  readonly conjuncts: readonly BoundExpression[];
  readonly output: BoundOutput;
}
