import { deserialize } from 'node:v8';
import { isMarkedAsUntransferable } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { move, transferableSymbol, valueSymbol, workerData } from 'piscina';
import { type ErrorDescription, SluiceError } from '../../query/error.ts';
import type { LaneName } from '../../query/fragment.ts';
import { DecodedSource, textOf } from '../formats/coding/decoded-source.ts';
import { firstInOrder } from '../operators/top-k.ts';
import type { Lane, ObjectLocation, ScanPlan, TaskResult } from '../task.ts';
import { type CheckedSource, openSource } from './byte-source.ts';
import type { PostedPlan, WorkerOptions, WorkerReply, WorkerTask } from './worker-protocol.ts';

const { lanes: lanesModule } = workerData as WorkerOptions;
const lanes = new Map<LaneName, Lane>();
/** By key; `forLane` is what the lane is given of a plan, the same object for all its tasks. */
const plans = new LRUCache<number, { readonly plan: ScanPlan; readonly forLane: ScanPlan }>({ max: 64 });
const sources = new LRUCache<string, { readonly version: string; readonly source: CheckedSource }>({
  max: 64,
  dispose: ({ source }) => source.close(),
});

/** The task that came last, and with it all before: lanes do one at a time. */
let last: Promise<unknown> = Promise.resolve();

/** The entry of a pool worker: runs a task, when those before it are done, and moves the vectors of its result to the caller. */
export default async function runTask(task: WorkerTask) {
  const execution = last.then(() => execute(task));
  last = execution;
  const reply = await execution;
  return move({
    [transferableSymbol]: reply.kind === 'done' ? buffersOf(reply.result) : [],
    [valueSymbol]: reply,
  } as unknown as Parameters<typeof move>[0]);
}

async function execute({ plan: posted, part, stop }: WorkerTask): Promise<WorkerReply> {
  const flag = new Int32Array(stop);
  const aborted = () => Atomics.load(flag, 0) !== 0;
  const { plan, forLane } = planOf(posted);
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

function planOf({ key, bytes }: PostedPlan) {
  const known = plans.get(key);
  if (known) return known;
  const plan = deserialize(Buffer.from(new Uint8Array(bytes))) as ScanPlan;
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
    lane = await openLane(name);
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

function buffersOf({ batches }: TaskResult): ArrayBuffer[] {
  const buffers = new Set<ArrayBufferLike>();
  for (const { columns } of batches)
    for (const column of columns) {
      const arrays = column.kind === 'utf8' ? [column.offsets, column.bytes] : [column.values];
      for (const { buffer } of column.validity ? [...arrays, column.validity] : arrays) buffers.add(buffer);
    }
  return [...buffers].filter(
    (buffer) => buffer instanceof ArrayBuffer && !isMarkedAsUntransferable(buffer),
  ) as ArrayBuffer[];
}
