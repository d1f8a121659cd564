import type { BoundExpression } from '../../../query/expression.ts';
import type { Emitter, Value } from './emitter.ts';

/** What the parts of the expression compiler need of the whole. */
export interface Compiler {
  readonly emitter: Emitter;
  /** Emits what computes `expression` and says where its value is. */
  value(expression: BoundExpression): Value;
  /** A condition that holds where the boolean expression is TRUE (or FALSE, when `outcome` is false). */
  truth(expression: BoundExpression, outcome?: boolean): string;
}

export type Call = BoundExpression & { kind: 'call' };
