import type { TaskPart, TaskResult } from '../task.ts';

type Outcome = { readonly result: TaskResult } | { readonly error: unknown };

/**
 * Runs the parts and gives their results in the parts' order. At most `window` tasks run or wait with a result that
 * nobody has taken, so a slow consumer holds the workers back.
 *
 * A csv-chunk guesses whether its first byte lies within quotes, and so which row is its first. The chunk before tells
 * which row it is; if it is another one, or the guess led to an error, the chunk runs again with that row. So a wrong
 * guess costs time, nothing else.
 */
export async function* runInOrder(
  parts: readonly TaskPart[],
  run: (part: TaskPart) => Promise<TaskResult>,
  window: number,
): AsyncGenerator<TaskResult, void, undefined> {
  const running: { readonly part: TaskPart; readonly outcome: Promise<Outcome> }[] = [];
  let next = 0;
  let firstRow: number | undefined;
  for (;;) {
    for (let part = parts[next]; part && running.length < window; part = parts[++next])
      running.push({ part, outcome: settle(run(part)) });
    const head = running.shift();
    if (!head) return;
    let outcome = await head.outcome;
    const { part } = head;
    if (part.kind === 'csv-chunk' && firstRow !== undefined && !beginsAt(firstRow, part.end, outcome))
      outcome = await settle(run({ ...part, firstRow }));
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

/** A promise that never rejects: whoever loses interest in it leaves no unhandled rejection behind. */
function settle(result: Promise<TaskResult>): Promise<Outcome> {
  return result.then(
    (value) => ({ result: value }),
    (error: unknown) => ({ error }),
  );
}
