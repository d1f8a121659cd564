import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { SluiceError } from '../../../query/error.ts';
import type { Contender } from '../contender.ts';
import { q6Contender } from './q6-scan.ts';
import type { ScanResult } from './scan-result.ts';
import type { ScanTask } from './worker.ts';

/**
 * The scan of Q6 in WebAssembly, on worker threads with a memory each.
 * @throws SluiceError `not-found` when the kernels have not been built.
 */
export async function openWasmQ6(variant: 'scalar' | 'simd', threads: number): Promise<Contender> {
  const bytes = await readFile(new URL(`../../kernels/q6/${variant}.wasm`, import.meta.url)).catch(() => {
    throw new SluiceError('not-found', `bench/kernels/q6/${variant}.wasm is missing: run npm run build:kernels`);
  });
  const module = await WebAssembly.compile(bytes);
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL('./worker.ts', import.meta.url), { workerData: module }),
  );
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  return q6Contender(
    {
      scan: (path, ranges) =>
        Promise.all(
          ranges.map(async (range, i) => {
            const worker = workers[i]!;
            const answer = once(worker, 'message');
            worker.postMessage({ path, range } satisfies ScanTask);
            const [result] = (await answer) as [ScanResult];
            return result;
          }),
        ),
      async close() {
        await Promise.all(workers.map((worker) => worker.terminate()));
      },
    },
    threads,
  );
}
