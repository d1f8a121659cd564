import { cpuPlaces } from '../../engine/run/pin-worker.ts';
import { SluiceError } from '../../query/error.ts';
import { type HeldArrays, KernelMemory } from '../arrays/kernel-memory.ts';
import { type ArrayKernel, arrayAt, bytesOf } from '../arrays/kernels/array-kernel.ts';
import { resultText } from '../arrays/result-text.ts';
import { compileVariant } from '../arrays/variants.ts';
import { timeCalls, warmUp } from '../statistics/time-calls.ts';
import { AskedWorker } from './asked-worker.ts';
import { CALL, DONE, type Job, OVER, type Reply, type TeamSetting, type TeamWay } from './team-protocol.ts';

/** Workers that have not answered a call after so long never will. */
const PATIENCE_MS = 60_000;
/** Parts begin at multiples of so many elements, so that no cache line has elements of two of them. */
const ALIGNMENT = 64;

/** Worker threads that do an array kernel together, each a part of the input, and add up their results. */
export class Team {
  /** Holds the input and the results of all workers. */
  readonly #memory: KernelMemory;
  readonly #control: Int32Array<SharedArrayBuffer>;
  readonly #workers: readonly AskedWorker<Job, Reply>[];
  readonly #warm = new Set<string>();
  #loaded: { kernel: ArrayKernel; arrays: HeldArrays } | undefined;

  /**
   * @param size Workers that there are; they are pinned to CPUs where there are as many.
   * @throws SluiceError `not-found` when the kernels have not been built.
   */
  static async open(size: number): Promise<Team> {
    return new Team(size, { shared: await compileVariant('shared'), own: await compileVariant('simd') });
  }

  private constructor(size: number, modules: TeamSetting['modules']) {
    this.#memory = new KernelMemory('shared');
    this.#control = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
    const { memory } = this.#memory;
    const workerData: TeamSetting = { memory, control: this.#control, modules, places: cpuPlaces(size) };
    const file = new URL('./team-worker.ts', import.meta.url);
    this.#workers = Array.from({ length: size }, () => new AskedWorker(file, { workerData }));
  }

  load(kernel: ArrayKernel, n: number, seed: number): void {
    const arrays = this.#memory.hold(kernel, n, this.#workers.length);
    kernel.fill(arrays.first, arrays.second, seed);
    this.#loaded = { kernel, arrays };
  }

  /**
   * Runs the loaded kernel on the first `count` workers, over and over, for at least `ms` milliseconds. A call begins
   * when the workers are woken, and ends when their results are added up.
   * @returns Milliseconds of a call, and the result as cells of text.
   */
  async measure(way: TeamWay, count: number, ms: number): Promise<{ time: number; result: string[] }> {
    const { kernel, arrays } = this.#loaded!;
    const workers = this.#workers.slice(0, count);
    // What another way has left there must not pass for this one's result.
    for (const { out } of arrays.parts) out.fill(0);
    Atomics.store(this.#control, CALL, 0);
    await Promise.all(workers.map((worker, i) => worker.ask(this.#jobOf(way, i, count))));
    const length = kernel.out.result(arrays.n);
    const total = arrayAt(kernel.out.type, new ArrayBuffer(bytesOf(kernel.out.type, length)), 0, length);
    const results = arrays.parts.slice(0, count).map(({ out }) => out.subarray(0, length));
    const calls = (times: number) => {
      for (let i = 0; i < times; i++) {
        this.#call(count);
        addUp(results, total);
      }
    };
    const over = workers.map((worker) => worker.reply());
    try {
      const key = `${kernel.name} ${way} ${count}`;
      if (!this.#warm.has(key)) await warmUp(calls);
      this.#warm.add(key);
      const time = await timeCalls(calls, ms);
      return { time, result: resultText(kernel, { ...arrays, out: total }) };
    } finally {
      Atomics.store(this.#control, CALL, OVER);
      Atomics.notify(this.#control, CALL);
      await Promise.all(over);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  #jobOf(way: TeamWay, worker: number, workers: number): Job {
    const { kernel, arrays } = this.#loaded!;
    const { n, addresses, parts } = arrays;
    return {
      way,
      kernel: kernel.name,
      n,
      from: startOf(worker, workers, n),
      to: startOf(worker + 1, workers, n),
      first: addresses.first,
      second: addresses.second,
      out: parts[worker]!.address,
      workers,
    };
  }

  /** Wakes the workers and sleeps until the last one is done. */
  #call(workers: number): void {
    const control = this.#control;
    Atomics.store(control, DONE, 0);
    Atomics.add(control, CALL, 1);
    Atomics.notify(control, CALL);
    for (;;) {
      const done = Atomics.load(control, DONE);
      if (done === workers) return;
      if (Atomics.wait(control, DONE, done, PATIENCE_MS) === 'timed-out')
        throw new SluiceError('internal', `the workers of a team are not done after ${PATIENCE_MS / 1000} s`);
    }
  }
}

/** Where the part of a worker begins; that of the one after the last, where the input ends. */
function startOf(worker: number, workers: number, n: number): number {
  if (worker === workers) return n;
  return Math.floor((n * worker) / workers / ALIGNMENT) * ALIGNMENT;
}

function addUp(results: readonly ArrayLike<number>[], total: { fill(value: number): void; [i: number]: number }): void {
  total.fill(0);
  for (const result of results) {
    for (let i = 0; i < result.length; i++) total[i]! += result[i]!;
  }
}
