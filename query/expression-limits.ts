import { SluiceError } from './error.ts';
import { type BoundExpression, operandsOf } from './expression.ts';

/** Bounds on what one query may hold, so that no text and no fragment costs more than its size suggests. */
export const MAX_TEXT_LENGTH = 65_536;
export const MAX_DEPTH = 200;
export const MAX_NODES = 20_000;
export const MAX_COLUMNS = 4_096;

/** Functions that stand for larger expressions can repeat their operands, so what is bound has a bound of its own. */
const MAX_BOUND_NODES = 100_000;

const sizes = new WeakMap<BoundExpression, number>();

/** The number of nodes, those of a part that occurs twice counted twice. */
function sizeOf(expression: BoundExpression): number {
  const known = sizes.get(expression);
  if (known !== undefined) return known;
  const size = operandsOf(expression).reduce((sum, operand) => sum + sizeOf(operand), 1);
  sizes.set(expression, size);
  return size;
}

/** Throws `unsupported` for an expression that has become too large to compile. */
export function checkSize(expression: BoundExpression): void {
  if (sizeOf(expression) <= MAX_BOUND_NODES) return;
  throw new SluiceError('unsupported', `an expression stands for at most ${MAX_BOUND_NODES} operations`);
}

/** Counts the nodes of expressions while they are built; `visit` throws `unsupported` beyond the limits. */
export class ExpressionBudget {
  #nodes = 0;

  visit(depth: number): void {
    this.#nodes++;
    if (depth > MAX_DEPTH) throw new SluiceError('unsupported', `expressions nest at most ${MAX_DEPTH} levels deep`);
    if (this.#nodes > MAX_NODES) throw new SluiceError('unsupported', `a query holds at most ${MAX_NODES} expressions`);
  }
}
