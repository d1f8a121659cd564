import type { CsvBorder } from '../csv-format.ts';
import type { TaskPart, TaskResult } from '../task.ts';

type Outcome = { readonly result: TaskResult } | { readonly error: unknown };

/**
 * Runs the parts and gives their results in the parts' order. At most `window` tasks run or wait with a result that
 * nobody has taken, so a slow consumer holds the workers back.
 *
 * A csv-chunk starts on the assumption that its first byte lies within nothing. The chunk before tells whether that was
 * right; if not, the result or error is dropped and the chunk runs again. So a wrong guess costs time, nothing else.
 */
export async function* runInOrder(
  parts: readonly TaskPart[],
  run: (part: TaskPart) => Promise<TaskResult>,
  window: number,
): AsyncGenerator<TaskResult, void, undefined> {
  const running: { readonly part: TaskPart; readonly outcome: Promise<Outcome> }[] = [];
  let next = 0;
  let border: CsvBorder = 'plain';
  for (;;) {
    for (let part = parts[next]; part && running.length < window; part = parts[++next])
      running.push({ part, outcome: settle(run(part)) });
    const head = running.shift();
    if (!head) return;
    let outcome = await head.outcome;
    if (head.part.kind === 'csv-chunk' && head.part.border !== border)
      outcome = await settle(run({ ...head.part, border }));
    if ('error' in outcome) throw outcome.error;
    border = outcome.result.endBorder ?? 'plain';
    yield outcome.result;
  }
}

/** A promise that never rejects: whoever loses interest in it leaves no unhandled rejection behind. */
function settle(result: Promise<TaskResult>): Promise<Outcome> {
  return result.then(
    (value) => ({ result: value }),
    (error: unknown) => ({ error }),
  );
}
