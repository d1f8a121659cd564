import type { TaskPart, TaskResult } from '../task.ts';

export type Outcome = { readonly result: TaskResult } | { readonly error: unknown };

/** Runs the parts of a scan. */
export interface PartRunner {
  /** How many parts nobody has taken yet. */
  readonly left: number;
  /**
   * Takes the first of them that are left, one or more, and gives what came of each by its number, in order; nothing
   * where others were faster. Rejects where that cannot be told.
   */
  take(): Promise<Iterable<readonly [index: number, outcome: Outcome]>>;
  /** Runs a part again, changed. */
  repeat(part: TaskPart): Promise<Outcome>;
}

/** Runs parts one by one. */
export function oneByOne(parts: readonly TaskPart[], run: (part: TaskPart) => Promise<TaskResult>): PartRunner {
  let next = 0;
  const repeat = (part: TaskPart): Promise<Outcome> =>
    run(part).then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    );
  return {
    get left() {
      return parts.length - next;
    },
    async take() {
      const index = next++;
      const part = parts[index];
      return part ? [[index, await repeat(part)]] : [];
    },
    repeat,
  };
}

/** An outcome of a task that gives them in the parts' order. */
interface Taken {
  readonly outcome: Outcome;
  readonly isLastOfTask: boolean;
}

/**
 * Gives the results of all parts in the parts' order. At most `window` tasks run or wait with a result that nobody has
 * taken, so a slow consumer holds the workers back; how many that are is asked before each. No more than `atFirst` are begun before one of them has ended: most
 * scans are over then.
 *
 * A csv-chunk guesses whether its first byte lies within quotes, and so which row is its first. The chunk before tells
 * which row it is; if it is another one, or the guess led to an error, the chunk runs again with that row. So a wrong
 * guess costs time, nothing else.
 */
export async function* runInOrder(
  parts: readonly TaskPart[],
  runner: PartRunner,
  window: () => number,
  atFirst: number = window(),
): AsyncGenerator<TaskResult, void, undefined> {
  const waiting = new Map<number, Taken>();
  let [open, begun, most] = [0, 0, atFirst];
  let changed = Promise.withResolvers<void>();
  const begin = async () => {
    open++;
    begun++;
    try {
      const outcomes = [...(await runner.take())];
      most = Number.POSITIVE_INFINITY;
      const last = outcomes.at(-1);
      if (!last) open--;
      for (const taken of outcomes) {
        const [index, outcome] = taken;
        waiting.set(index, { outcome, isLastOfTask: taken === last });
      }
      changed.resolve();
    } catch (error) {
      changed.promise.catch(() => {});
      changed.reject(error);
    }
  };
  let firstRow: number | undefined;
  for (const [index, part] of parts.entries()) {
    let taken: Taken | undefined;
    for (;;) {
      while (runner.left > 0 && begun < parts.length && open < Math.min(most, window())) begin();
      taken = waiting.get(index);
      if (taken) break;
      await changed.promise;
      changed = Promise.withResolvers();
    }
    waiting.delete(index);
    if (taken.isLastOfTask) open--;
    let { outcome } = taken;
    if (part.kind === 'csv-chunk' && firstRow !== undefined && !beginsAt(firstRow, part.end, outcome))
      outcome = await runner.repeat({ ...part, firstRow });
    if ('error' in outcome) throw outcome.error;
    firstRow = outcome.result.rowBounds?.next ?? firstRow;
    yield outcome.result;
  }
}

function beginsAt(firstRow: number, end: number, outcome: Outcome): boolean {
  if ('error' in outcome) return false;
  const { rowBounds } = outcome.result;
  return rowBounds ? rowBounds.first === firstRow : firstRow > end;
}
