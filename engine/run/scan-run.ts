import { serialize } from 'node:v8';
import type { Piscina } from 'piscina';
import { errorFrom, SluiceError } from '../../query/error.ts';
import type { BoundFragment, BoundOutput } from '../../query/fragment.ts';
import { partialSchema } from '../../query/partial-states.ts';
import type { Batch } from '../column.ts';
import { TopK } from '../operators/top-k.ts';
import type { RejectedCounts, ScanPlan, TaskPart, TaskResult } from '../task.ts';
import { firstRows } from './first-rows.ts';
import { KeySample } from './key-sample.ts';
import { GroupMerger } from './merge.ts';
import { isLimited, type PlannedTasks } from './plan-tasks.ts';
import { ResultWindow } from './result-window.ts';
import { type Outcome, oneByOne, type PartRunner, runInOrder } from './run-in-order.ts';
import type { ScanStatistics, TaskCounts } from './scan.ts';
import { shareSerialized } from './shared-value.ts';
import type { PartReply, PostedParts, PostedPlan, SharedParts, WorkerReply, WorkerTask } from './worker-protocol.ts';

/** One waits in the worker while another runs: to ask for the next would take as long as to wake two threads. */
export const TASKS_PER_WORKER = 2;

/** Lists of parts that workers were given so far: their numbers. */
let lists = 0;
const postedParts = new WeakMap<readonly TaskPart[], PostedParts>();

/** What a scan may use. */
export interface ScanBounds {
  readonly threads: number;
  /** A table of groups that holds more is given downstream and starts anew. */
  groupBytes(): number;
  /** So much results that wait may hold, as far as the largest so far tells. */
  resultBytes(): number;
}

/** One scan on its way: its tasks, its flag to stop them, its counters. */
export class ScanRun {
  readonly plan: ScanPlan;
  readonly #pool: Piscina<WorkerTask, WorkerReply>;
  readonly #posted: PostedPlan;
  readonly #signal: AbortSignal;
  readonly #bounds: ScanBounds;
  readonly #window: ResultWindow;
  readonly #stop = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  #tasks: TaskCounts = { total: 0, pruned: 0 };
  #rowsScanned = 0;
  #bytesRead = 0;
  #rejected: RejectedCounts = { rowsSkipped: 0, valuesNulled: 0 };

  constructor(
    plan: ScanPlan,
    pool: Piscina<WorkerTask, WorkerReply>,
    posted: PostedPlan,
    signal: AbortSignal,
    bounds: ScanBounds,
  ) {
    this.plan = plan;
    this.#pool = pool;
    this.#posted = posted;
    this.#signal = signal;
    this.#bounds = bounds;
    this.#window = new ResultWindow(TASKS_PER_WORKER * bounds.threads, bounds.resultBytes);
  }

  /** Rows in object order, or merged groups. */
  async *batches({ parts, counts, bytesRead }: PlannedTasks): AsyncGenerator<Batch, void, undefined> {
    this.#tasks = counts;
    this.#bytesRead += bytesRead;
    const { output } = this.plan.fragment;
    if (output.kind === 'rows' && output.limit === 0) return;
    const results = this.#results(parts);
    if (output.kind === 'rows' && output.orderBy) {
      const rows = new TopK(partialSchema(output), output.orderBy, output.limit ?? Number.POSITIVE_INFINITY);
      for await (const { batches } of results) for (const batch of batches) rows.add(batch);
      const first = rows.finish();
      if (first.length > 0) yield first;
    } else if (output.kind === 'rows') {
      yield* limited(results, output.limit ?? Number.POSITIVE_INFINITY);
    } else {
      yield* this.#groups(output, results);
    }
  }

  /**
   * Merged groups, in several batches where the table would have passed its bound, or where batches have so few groups in
   * common that merging does not make less of them: they merge again downstream.
   */
  async *#groups(
    output: Extract<BoundOutput, { kind: 'groups' }>,
    results: AsyncIterable<TaskResult>,
  ): AsyncGenerator<Batch, void, undefined> {
    const merger = new GroupMerger(output);
    const sample = new KeySample(output.keys.length);
    let flushed = false;
    for await (const { batches } of results)
      for (const batch of batches) {
        if (sample.addsNewKeys(batch) && merger.count > 0) {
          yield* merger.flush();
          flushed = true;
        }
        merger.add(batch);
        if (merger.bytes <= this.#bounds.groupBytes()) continue;
        yield* merger.flush();
        flushed = true;
      }
    if (!flushed || merger.count > 0) yield* merger.finish();
  }

  /** Tells tasks that still run that nobody waits for them. */
  stop(): void {
    Atomics.store(new Int32Array(this.#stop), 0, 1);
  }

  statistics(): ScanStatistics {
    return {
      lane: this.plan.lane,
      threads: this.#bounds.threads,
      rowsScanned: this.#rowsScanned,
      bytesRead: this.#bytesRead,
      tasks: this.#tasks,
      pushed: pushedParts(this.plan.fragment),
      ...(rejectedAny(this.#rejected) && {
        rejected: { object: this.plan.object.location.name, ...this.#rejected },
      }),
    };
  }

  /** Task results in order, until the signal says stop. */
  async *#results(parts: readonly TaskPart[]): AsyncGenerator<TaskResult, void, undefined> {
    const aborted = Promise.withResolvers<never>();
    aborted.promise.catch(() => {});
    const abort = () => {
      this.stop();
      aborted.reject(this.#cancelled());
    };
    this.#signal.addEventListener('abort', abort, { once: true });
    try {
      if (this.#signal.aborted) abort();
      const unlessAborted = <T>(result: Promise<T>) => Promise.race([result, aborted.promise]);
      const window = () => this.#window.tasks;
      const atFirst = isLimited(this.plan.fragment.output) ? window() : this.#bounds.threads;
      for await (const result of runInOrder(parts, this.#runner(parts, unlessAborted), window, atFirst)) {
        this.#rowsScanned += result.rowsScanned;
        if (result.rejected) this.#rejected = addRejected(this.#rejected, result.rejected);
        yield result;
        if (this.#signal.aborted) throw this.#cancelled();
      }
    } finally {
      this.#signal.removeEventListener('abort', abort);
    }
  }

  /**
   * Where a few rows may be enough, they are asked for part by part. Otherwise workers take parts by themselves and
   * reply now and then: a reply and the next task cost as much as reading a few megabytes.
   */
  #runner(parts: readonly TaskPart[], unlessAborted: <T>(result: Promise<T>) => Promise<T>): PartRunner {
    const single = oneByOne(parts, async (part) => {
      const [[, reply]] = (await unlessAborted(this.#send(part, placeOf(part)))) as [WorkerReply[number]];
      if (reply.kind === 'failed') throw errorFrom(reply.error);
      return reply.result;
    });
    if (isLimited(this.plan.fragment.output)) return single;
    const next = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const shared: SharedParts = { kind: 'shared', parts: postParts(parts), next: next.buffer };
    return {
      get left() {
        return parts.length - Atomics.load(next, 0);
      },
      take: async () => {
        const replies = await unlessAborted(this.#send(shared, 'some of its parts'));
        return replies.map(([index, reply]) => [index, outcomeOf(reply)] as const);
      },
      repeat: single.repeat,
    };
  }

  async #send(work: WorkerTask['work'], place: string): Promise<WorkerReply> {
    if (this.#signal.aborted) throw this.#cancelled();
    const task: WorkerTask = { plan: this.#posted, work, stop: this.#stop };
    const replies = await this.#pool.run(task).catch((error: Error): never => {
      throw new SluiceError('internal', `${this.plan.object.location.name}: ${place}: ${error.message}`);
    });
    const results = replies.flatMap(([, reply]) => (reply.kind === 'done' ? reply.result : []));
    for (const { bytesRead } of results) this.#bytesRead += bytesRead;
    this.#window.add(results);
    return replies;
  }

  #cancelled(): SluiceError {
    return new SluiceError('cancelled', `${this.plan.object.location.name}: the scan was cancelled`);
  }
}

function outcomeOf(reply: PartReply): Outcome {
  return reply.kind === 'done' ? { result: reply.result } : { error: errorFrom(reply.error) };
}

function postParts(parts: readonly TaskPart[]): PostedParts {
  let posted = postedParts.get(parts);
  if (!posted) {
    posted = { key: ++lists, bytes: shareSerialized(serialize(parts)) };
    postedParts.set(parts, posted);
  }
  return posted;
}

function addRejected(a: RejectedCounts, b: RejectedCounts): RejectedCounts {
  return { rowsSkipped: a.rowsSkipped + b.rowsSkipped, valuesNulled: a.valuesNulled + b.valuesNulled };
}

function rejectedAny({ rowsSkipped, valuesNulled }: RejectedCounts): boolean {
  return rowsSkipped + valuesNulled > 0;
}

async function* limited(results: AsyncIterable<TaskResult>, limit: number): AsyncGenerator<Batch, void, undefined> {
  let left = limit;
  if (left <= 0) return;
  for await (const { batches } of results) {
    for (const batch of batches) {
      if (batch.length === 0) continue;
      yield firstRows(batch, left);
      left -= batch.length;
      if (left <= 0) return;
    }
  }
}

function placeOf(part: TaskPart): string {
  switch (part.kind) {
    case 'csv-chunk':
    case 'ndjson-chunk':
      return `the chunk at byte ${part.start}`;
    case 'row-group':
      return `row group ${part.index}`;
    case 'rows':
      return `the rows from ${part.first} on`;
  }
}

function pushedParts({ conjuncts, output }: BoundFragment): string[] {
  const parts = conjuncts.length > 0 ? ['filter'] : [];
  if (output.kind === 'groups') return [...parts, ...(output.keys.length > 0 ? ['group'] : []), 'aggregate'];
  return [...parts, 'project', ...(output.orderBy ? ['sort'] : []), ...(output.limit === undefined ? [] : ['limit'])];
}
