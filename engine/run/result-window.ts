import { batchBytes } from '../column.ts';
import type { TaskResult } from '../task.ts';

/** How many tasks of a scan may run, or wait with their results, by the largest results so far. */
export class ResultWindow {
  readonly #most: number;
  readonly #bytes: () => number;
  #largest = 1;

  /** At most `most` tasks, whose results hold `bytes()` together; one task runs whatever it holds. */
  constructor(most: number, bytes: () => number) {
    this.#most = most;
    this.#bytes = bytes;
  }

  get tasks(): number {
    return Math.max(1, Math.min(this.#most, Math.floor(this.#bytes() / this.#largest)));
  }

  /** Tells what a task gave. */
  add(results: readonly TaskResult[]): void {
    const bytes = results.flatMap(({ batches }) => batches).reduce((sum, batch) => sum + batchBytes(batch), 0);
    this.#largest = Math.max(this.#largest, bytes);
  }
}
