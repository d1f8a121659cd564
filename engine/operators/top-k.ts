import type { BoundOutput, FragmentOrder } from '../../query/fragment.ts';
import { partialSchema } from '../../query/partial-states.ts';
import type { Schema } from '../../query/types.ts';
import type { Batch } from '../column.ts';
import { concatBatches, takeRows } from '../take-rows.ts';
import { rowComparison, sortedRows } from './row-order.ts';

/** Rows that wait at least before they are sorted among the best so far. */
const WAITING_ROWS = 4096;

/**
 * The first `limit` rows of all batches in an order; rows that compare equal come in the order in which they were
 * added. Holds about twice that many rows: one that is not before the worst of `limit` known rows is dropped at once.
 */
export class TopK {
  readonly #schema: Schema;
  readonly #orderBy: readonly FragmentOrder[];
  readonly #limit: number;
  /** At most `limit` rows, in order. */
  #best: Batch;
  #waiting: Batch[] = [];
  #waitingRows = 0;

  constructor(schema: Schema, orderBy: readonly FragmentOrder[], limit: number) {
    this.#schema = schema;
    this.#orderBy = orderBy;
    this.#limit = limit;
    this.#best = concatBatches(schema, []);
  }

  add(batch: Batch): void {
    if (this.#limit === 0 || batch.length === 0) return;
    const rows = this.#rowsBeforeWorst(batch);
    if (rows?.length === 0) return;
    this.#waiting.push(rows ? takeRows(batch, rows) : batch);
    this.#waitingRows += rows?.length ?? batch.length;
    if (this.#waitingRows >= Math.max(WAITING_ROWS, this.#limit)) this.#settle();
  }

  /** The rows so far, in order. */
  finish(): Batch {
    this.#settle();
    return this.#best;
  }

  /** The rows that may be among the first; undefined for all. */
  #rowsBeforeWorst(batch: Batch): Int32Array | undefined {
    const worst = this.#limit - 1;
    if (this.#best.length <= worst) return undefined;
    const compare = rowComparison(this.#keysOf(batch), this.#keysOf(this.#best), this.#orderBy);
    const rows = new Int32Array(batch.length);
    let count = 0;
    for (let row = 0; row < batch.length; row++) if (compare(row, worst) < 0) rows[count++] = row;
    return count === batch.length ? undefined : rows.subarray(0, count);
  }

  #settle(): void {
    if (this.#waiting.length === 0) return;
    const all = concatBatches(this.#schema, [this.#best, ...this.#waiting]);
    const rows = sortedRows(this.#keysOf(all), this.#orderBy, all.length);
    this.#best = takeRows(all, rows.subarray(0, this.#limit));
    this.#waiting = [];
    this.#waitingRows = 0;
  }

  #keysOf({ columns }: Batch) {
    return this.#orderBy.map(({ column }) => columns[column]!);
  }
}

/** The rows of a task that may be among the first of its scan: all where the output has no order. */
export function firstInOrder(output: BoundOutput, batches: readonly Batch[]): readonly Batch[] {
  if (output.kind !== 'rows' || !output.orderBy) return batches;
  const rows = new TopK(partialSchema(output), output.orderBy, output.limit ?? Number.POSITIVE_INFINITY);
  for (const batch of batches) rows.add(batch);
  const first = rows.finish();
  return first.length > 0 ? [first] : [];
}
