import { isMarkedAsUntransferable } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { move, transferableSymbol, valueSymbol, workerData } from 'piscina';
import { type ErrorDescription, SluiceError } from '../../query/error.ts';
import type { LaneName } from '../../query/fragment.ts';
import { batchBytes } from '../column.ts';
import { DecodedSource, textOf } from '../formats/coding/decoded-source.ts';
import { firstInOrder } from '../operators/top-k.ts';
import type { Lane, ObjectLocation, ScanPlan, TaskPart } from '../task.ts';
import { type CheckedSource, openSource } from './byte-source.ts';
import { CpuPacer } from './cpu-budget.ts';
import { pinThread } from './pin-worker.ts';
import { readShared } from './shared-value.ts';
import type { PartReply, PostedParts, PostedPlan, WorkerOptions, WorkerReply, WorkerTask } from './worker-protocol.ts';

/** A plan that this worker has read. */
interface ReadPlan {
  readonly plan: ScanPlan;
  /** What the lane is given of it, the same object for all its tasks. */
  readonly forLane: ScanPlan;
}

const { lanes: lanesModule, scans: scansBuffer, laneBytes, budget, places } = workerData as WorkerOptions;
if (places) pinThread(places);
const pacer = budget && new CpuPacer(budget);
const scansUnderWay = new Int32Array(scansBuffer);
const lanes = new Map<LaneName, Lane>();
/** By key. */
const plans = new LRUCache<number, ReadPlan>({ max: 64 });
const sources = new LRUCache<string, { readonly version: string; readonly source: CheckedSource }>({
  max: 64,
  dispose: ({ source }) => source.close(),
});

/** The task that came last, and with it all before: lanes do one at a time. */
let last: Promise<unknown> = Promise.resolve();

/** By key. */
const partLists = new LRUCache<number, readonly TaskPart[]>({ max: 64 });
/** Of the parts that it takes by itself, a worker replies where the results are so large, or after so long. */
const REPLY_AFTER_BYTES = 1 << 20;
/** Another scan may wait for this worker. */
const REPLY_AFTER_MS = 25;
/** Nobody does: a reply would only take the main thread to a core on which another worker runs. */
const REPLY_ALONE_AFTER_MS = 100;

/** The entry of a pool worker: runs a task, when those before it are done, and moves the vectors of its results to the caller. */
export default async function runTask(task: WorkerTask) {
  const stop = new Int32Array(task.stop);
  const stopped = () => Atomics.load(stop, 0) !== 0;
  // Lanes ask so often that this is the place to sleep off the CPU time used since.
  const aborted = () => {
    pacer?.pause(stopped);
    return stopped();
  };
  const execution = last.then(() => {
    pacer?.begin();
    return execute(task, aborted);
  });
  last = execution;
  const replies = await execution;
  pacer?.pause(stopped);
  return move({
    [transferableSymbol]: [...new Set(replies.flatMap(([, reply]) => buffersOf(reply)))],
    [valueSymbol]: replies,
  } as unknown as Parameters<typeof move>[0]);
}

async function execute({ plan: posted, work }: WorkerTask, aborted: () => boolean): Promise<WorkerReply> {
  const plan = planOf(posted);
  if (work.kind !== 'shared') return [[0, await executePart(plan, work, aborted)]];
  const parts = partsOf(work.parts);
  const next = new Int32Array(work.next);
  const replies: [number, PartReply][] = [];
  const begun = performance.now();
  for (let bytes = 0; bytes < REPLY_AFTER_BYTES && performance.now() - begun < replyAfterMs() && !aborted(); ) {
    const index = Atomics.add(next, 0, 1);
    const part = parts[index];
    if (!part) break;
    const reply = await executePart(plan, part, aborted);
    if (reply.kind === 'done') for (const batch of reply.result.batches) bytes += batchBytes(batch);
    replies.push([index, reply]);
  }
  return replies;
}

function replyAfterMs(): number {
  return Atomics.load(scansUnderWay, 0) > 1 ? REPLY_AFTER_MS : REPLY_ALONE_AFTER_MS;
}

async function executePart({ plan, forLane }: ReadPlan, part: TaskPart, aborted: () => boolean): Promise<PartReply> {
  const { location } = plan.object;
  try {
    if (aborted()) throw new SluiceError('cancelled', `${location.name}: the scan was cancelled`);
    const source = sourceOf(location);
    const text = textOf(source, plan.object.format);
    try {
      const lane = await laneOf(plan.lane);
      const result = await lane.run(forLane, part, text, aborted);
      const batches = firstInOrder(plan.fragment.output, result.batches);
      const bytesRead = text instanceof DecodedSource ? text.bytesRead : result.bytesRead;
      return { kind: 'done', result: { ...result, bytesRead, batches } };
    } finally {
      if (text !== source) text.close();
      source.check();
    }
  } catch (error) {
    return { kind: 'failed', error: describeError(plan, error) };
  }
}

function partsOf({ key, bytes }: PostedParts): readonly TaskPart[] {
  const known = partLists.get(key);
  if (known) return known;
  const parts = readShared(bytes) as readonly TaskPart[];
  partLists.set(key, parts);
  return parts;
}

function planOf({ key, bytes }: PostedPlan): ReadPlan {
  const known = plans.get(key);
  if (known) return known;
  const plan = readShared(bytes) as ScanPlan;
  const read = { plan, forLane: unordered(plan) };
  plans.set(key, read);
  return read;
}

/** What a lane does for a top-k: all rows, in no order, since any of them may be among the first. */
function unordered(plan: ScanPlan): ScanPlan {
  const { output } = plan.fragment;
  if (output.kind !== 'rows' || !output.orderBy) return plan;
  const { kind, columns } = output;
  return { ...plan, fragment: { ...plan.fragment, output: { kind, columns } } };
}

async function laneOf(name: LaneName): Promise<Lane> {
  let lane = lanes.get(name);
  if (!lane) {
    const { openLane } = (await import(lanesModule)) as typeof import('../lanes/lane-registry.ts');
    lane = await openLane(name, laneBytes);
    lanes.set(name, lane);
  }
  return lane;
}

function sourceOf(location: ObjectLocation): CheckedSource {
  const key = location.kind === 'file' ? location.path : location.kind === 'http' ? location.url : location.name;
  const known = sources.get(key);
  if (known?.version === location.version) return known.source;
  sources.delete(key);
  const source = openSource(location);
  sources.set(key, { version: location.version, source });
  return source;
}

/** An unexpected error may have left its lane in disorder, so the next task gets a new one. */
function describeError({ lane, object }: ScanPlan, error: unknown): ErrorDescription {
  if (error instanceof SluiceError) return error.toJSON();
  lanes.delete(lane);
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { code: 'internal', message: `${object.location.name}: ${lane} lane: ${message}` };
}

function buffersOf(reply: PartReply): ArrayBuffer[] {
  if (reply.kind === 'failed') return [];
  const buffers = new Set<ArrayBufferLike>();
  for (const { columns } of reply.result.batches)
    for (const column of columns) {
      const arrays = column.kind === 'utf8' ? [column.offsets, column.bytes] : [column.values];
      for (const { buffer } of column.validity ? [...arrays, column.validity] : arrays) buffers.add(buffer);
    }
  return [...buffers].filter(
    (buffer) => buffer instanceof ArrayBuffer && !isMarkedAsUntransferable(buffer),
  ) as ArrayBuffer[];
}
