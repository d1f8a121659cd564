import { Bench } from 'tinybench';
import { SluiceError } from '../../query/error.ts';

/** A timed sample lasts at least so long, so that the clock's resolution does not show. */
const LEAST_SAMPLE_MS = 0.05;
const LEAST_SAMPLES = 3;
/** Of a call that lasts longer, one is enough; unless one was shorter before, and this one has been interrupted. */
const LONG_CALL_MS = 20;
/** V8 compiles in the background, between calls: after so long a loop has its best code. */
const WARM_MS = 10;

/** Calls an operation so many times, one after the other. */
export type Calls = (times: number) => void | Promise<void>;

/** Milliseconds of the shortest call so far, of each operation. */
const shortest = new WeakMap<Calls, number>();

/** Calls until the code is as good as it gets: for the first time that an operation is measured. */
export async function warmUp(calls: Calls): Promise<void> {
  const end = performance.now() + WARM_MS;
  do await calls(1);
  while (performance.now() < end);
}

/**
 * Milliseconds of a call: the median over samples that are each long enough for the clock, together at least 3 and `ms`
 * milliseconds; of a call of 20 ms or more, that of one call.
 */
export async function timeCalls(calls: Calls, ms: number): Promise<number> {
  let times = 1;
  let { took, isAsync } = await timeOf(calls, times);
  const least = Math.min(took, shortest.get(calls) ?? took);
  shortest.set(calls, least);
  if (least >= LONG_CALL_MS) return took;
  while (took < LEAST_SAMPLE_MS) {
    times *= 2;
    ({ took, isAsync } = await timeOf(calls, times));
  }
  const bench = new Bench({ time: ms, iterations: LEAST_SAMPLES, warmup: false });
  // Left alone, tinybench would find out whether to wait by a call that it does not wait for.
  bench.add('calls', () => calls(times), { async: isAsync });
  const [task] = await bench.run();
  const result = task?.result;
  if (result?.state === 'errored') throw result.error;
  if (result?.state !== 'completed') throw new SluiceError('internal', `tinybench did not complete: ${result?.state}`);
  return result.latency.p50 / times;
}

async function timeOf(calls: Calls, times: number): Promise<{ took: number; isAsync: boolean }> {
  const start = performance.now();
  const pending = calls(times);
  if (pending) await pending;
  return { took: performance.now() - start, isAsync: pending !== undefined };
}
