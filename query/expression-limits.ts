import { SluiceError } from './error.ts';

/** Bounds on what one query may hold, so that no text and no fragment costs more than its size suggests. */
export const MAX_TEXT_LENGTH = 65_536;
export const MAX_DEPTH = 200;
export const MAX_NODES = 20_000;
export const MAX_COLUMNS = 4_096;

/** Counts the nodes of expressions while they are built; `visit` throws `unsupported` beyond the limits. */
export class ExpressionBudget {
  #nodes = 0;

  visit(depth: number): void {
    this.#nodes++;
    if (depth > MAX_DEPTH) throw new SluiceError('unsupported', `expressions nest at most ${MAX_DEPTH} levels deep`);
    if (this.#nodes > MAX_NODES) throw new SluiceError('unsupported', `a query holds at most ${MAX_NODES} expressions`);
  }
}
