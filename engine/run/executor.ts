import { serialize } from 'node:v8';
import { LRUCache } from 'lru-cache';
import { Piscina } from 'piscina';
import { bindFragment } from '../../query/bind.ts';
import { SluiceError } from '../../query/error.ts';
import type { Fragment } from '../../query/fragment.ts';
import { partialSchema } from '../../query/partial-states.ts';
import type { Batch } from '../column.ts';
import type { ObjectDescription, ObjectLocation, ScanPlan } from '../task.ts';
import type { CpuBudget } from './cpu-budget.ts';
import { describeObject } from './describe-object.ts';
import { withLineNumber } from './line-number.ts';
import type { MemoryShares } from './memory-shares.ts';
import { type CpuPlaces, countPinned, cpuPlaces } from './pin-worker.ts';
import { type PlannedTasks, planTasks } from './plan-tasks.ts';
import type { Scan, ScanStatistics } from './scan.ts';
import { type ScanBounds, ScanRun, TASKS_PER_WORKER } from './scan-run.ts';
import { shareSerialized } from './shared-value.ts';
import { schemaChanged, widened } from './widen.ts';
import type { PostedPlan, WorkerOptions, WorkerReply, WorkerTask } from './worker-protocol.ts';

export interface ExecutorOptions {
  /** Worker threads, 1 or more. */
  readonly threads: number;
  /** Bytes of a CSV chunk; for tests. */
  readonly chunkSize?: number;
  /** Bounds of buffers; absent: 256 MiB for the groups of each scan, and what workers can get. */
  readonly memory?: MemoryShares;
  /** What the process may use of the CPU; absent: all there is. */
  readonly budget?: CpuBudget;
  /** Gives each worker a CPU of its own, as far as the system allows. */
  readonly pin?: boolean;
  /** URL of another lane registry; for tests. */
  readonly lanes?: string;
}

/** Of a scan, where nothing else is said. */
const GROUP_BYTES = 256 * 1024 * 1024;

/** Runs scans on a pool of worker threads, one pool for all scans of a process. */
export class Executor {
  readonly threads: number;
  readonly #pool: Piscina<WorkerTask, WorkerReply>;
  readonly #chunkSize: number | undefined;
  readonly #bounds: ScanBounds;
  readonly #places: CpuPlaces | undefined;
  readonly #descriptions = new LRUCache<string, ObjectDescription>({ max: 256 });
  /** What fragments were bound to last. */
  readonly #bound = new WeakMap<Fragment, ScanPlan>();
  readonly #tasks = new WeakMap<ScanPlan, PlannedTasks>();
  readonly #posted = new WeakMap<ScanPlan, PostedPlan>();
  /** By their content. */
  readonly #equalPosted = new LRUCache<string, PostedPlan>({ max: 256 });
  readonly #closing = new AbortController();
  /** One number, which the workers read. */
  readonly #scansUnderWay = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #plans = 0;

  constructor({ threads, chunkSize, memory, budget, pin, lanes }: ExecutorOptions) {
    this.threads = threads;
    /** All scans under way share alike. */
    const shareOf = (bytes: number) => bytes / Math.max(1, Atomics.load(this.#scansUnderWay, 0));
    this.#bounds = {
      threads,
      groupBytes: () => (memory ? shareOf(memory.groups) : GROUP_BYTES),
      resultBytes: () => (memory ? shareOf(memory.results) : Number.POSITIVE_INFINITY),
    };
    this.#chunkSize = chunkSize;
    this.#places = pin ? cpuPlaces(threads) : undefined;
    const workerData: WorkerOptions = {
      lanes: lanes ?? new URL('../lanes/lane-registry.ts', import.meta.url).href,
      scans: this.#scansUnderWay.buffer,
      ...(memory && { laneBytes: memory.lane }),
      ...(budget && { budget: budget.shared }),
      ...(this.#places && { places: this.#places }),
    };
    this.#pool = new Piscina({
      filename: new URL('./worker.ts', import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: TASKS_PER_WORKER,
      // Idle workers that sleep in Atomics.wait would not see that a server closed their connection.
      atomics: 'disabled',
      workerData,
    });
    // A worker that dies without a task harms nobody; the pool has already replaced it.
    this.#pool.on('error', () => {});
  }

  /** How many workers have a CPU of their own. */
  get pinned(): number {
    return this.#places ? countPinned(this.#places) : 0;
  }

  /**
   * What a scan must know of a local object: format, schema, row groups. Remembered by version.
   * Throws `bad-data`, `not-found`, `unsupported`.
   */
  async describe(location: ObjectLocation): Promise<ObjectDescription> {
    const key = JSON.stringify(location);
    const known = this.#descriptions.get(key);
    if (known) return known;
    const description = await describeObject(location);
    this.#descriptions.set(key, description);
    return description;
  }

  /** Binds the fragment (throws its errors at once) and gives the scan; nothing runs before `batches` is iterated. */
  scan(object: ObjectDescription, fragment: Fragment, signal?: AbortSignal): Scan {
    let plan = this.#bound.get(fragment);
    if (plan?.object !== object) {
      plan = { object, fragment: bindFragment(fragment, object.schema), lane: fragment.lane };
      this.#bound.set(fragment, plan);
    }
    return this.scanBound(plan, signal);
  }

  /** As `scan`, of a plan that is bound already. */
  scanBound(plan: ScanPlan, signal?: AbortSignal): Scan {
    const statistics = Promise.withResolvers<ScanStatistics>();
    statistics.promise.catch(() => {});
    const signals = signal ? [signal, this.#closing.signal] : [this.#closing.signal];
    const run = new ScanRun(plan, this.#pool, this.#post(plan), AbortSignal.any(signals), this.#bounds);
    return {
      schema: partialSchema(plan.fragment.output),
      batches: this.#observe(run, statistics),
      statistics: statistics.promise,
    };
  }

  /** Ends the workers; scans that still run fail with `cancelled`. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#pool.destroy();
  }

  /** Iterates a run and settles its statistics with it, also when the iteration is left early. */
  async *#observe(run: ScanRun, statistics: PromiseWithResolvers<ScanStatistics>): AsyncGenerator<Batch> {
    Atomics.add(this.#scansUnderWay, 0, 1);
    try {
      yield* run.batches(await this.#planTasks(run.plan));
    } catch (error) {
      const explained =
        error instanceof SluiceError
          ? this.#widen(run.plan.object, await withLineNumber(run.plan.object, error))
          : error;
      statistics.reject(explained);
      throw explained;
    } finally {
      run.stop();
      Atomics.sub(this.#scansUnderWay, 0, 1);
      statistics.resolve(run.statistics());
    }
  }

  async #planTasks(plan: ScanPlan): Promise<PlannedTasks> {
    const known = this.#tasks.get(plan);
    if (known) return known;
    const tasks = await planTasks(plan, this.#chunkSize);
    // Only what follows from the footer alone: Bloom filters are read anew by every scan.
    if (tasks.bytesRead === 0) this.#tasks.set(plan, tasks);
    return tasks;
  }

  /** An error over a guessed type widens what is remembered of the object: planned again, the query will get further. */
  #widen(object: ObjectDescription, error: SluiceError): SluiceError {
    const wider = widened(object, error);
    if (!wider) return error;
    const key = JSON.stringify(object.location);
    const known = this.#descriptions.get(key);
    // Another scan may have widened what is known further than this one does.
    if (known) this.#descriptions.set(key, widened(known, error) ?? known);
    return schemaChanged(error, wider);
  }

  /** The same for equal plans. */
  #post(plan: ScanPlan): PostedPlan {
    let posted = this.#posted.get(plan);
    if (!posted) {
      const content = serialize(plan);
      const text = content.toString('latin1');
      posted = this.#equalPosted.get(text) ?? { key: ++this.#plans, bytes: shareSerialized(content) };
      this.#equalPosted.set(text, posted);
      this.#posted.set(plan, posted);
    }
    return posted;
  }
}
