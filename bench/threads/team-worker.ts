// A worker of a team: runs its part of an array kernel whenever the team is called.
import { parentPort, workerData } from 'node:worker_threads';
import { pinThread } from '../../engine/run/pin-worker.ts';
import { KernelMemory } from '../arrays/kernel-memory.ts';
import { type ArrayKernel, arrayAt, bytesOf } from '../arrays/kernels/array-kernel.ts';
import { kernelNamed } from '../arrays/kernels/table.ts';
import { CALL, DONE, type Job, OVER, type Reply, type TeamSetting } from './team-protocol.ts';

type Run = (first: number, n: number, second: number, m: number, out: number) => void;

const { memory, control, modules, places } = workerData as TeamSetting;
const own = new KernelMemory('plain');
const overShared = new WebAssembly.Instance(modules.shared, { env: { memory } });
const overOwn = new WebAssembly.Instance(modules.own, { env: { memory: own.memory } });
if (places) pinThread(places);
const port = parentPort!;

port.on('message', (job: Job) => {
  const kernel = kernelNamed(job.kernel);
  const work = job.way === 'shared' ? workInShared(kernel, job) : workInOwn(kernel, job);
  port.postMessage('ready' satisfies Reply);
  answerCalls(job.workers, work);
  port.postMessage('over' satisfies Reply);
});

function answerCalls(workers: number, work: () => void): void {
  for (let last = 0; ; ) {
    Atomics.wait(control, CALL, last);
    const call = Atomics.load(control, CALL);
    if (call === OVER) return;
    // Woken late, for a call that was seen and answered already.
    if (call === last) continue;
    last = call;
    work();
    if (Atomics.add(control, DONE, 1) + 1 === workers) Atomics.notify(control, DONE);
  }
}

function workInShared(kernel: ArrayKernel, job: Job): () => void {
  const run = exportOf(overShared, kernel);
  const { first, second, secondLength } = partOf(kernel, job);
  const n = job.to - job.from;
  return () => run(first, n, second, secondLength, job.out);
}

function workInOwn(kernel: ArrayKernel, job: Job): () => void {
  const run = exportOf(overOwn, kernel);
  const n = job.to - job.from;
  const { first, second, out, addresses } = own.hold(kernel, n);
  const part = partOf(kernel, job);
  const firstPart = arrayAt(kernel.first, memory.buffer, part.first, n);
  const secondPart = arrayAt(kernel.second.type, memory.buffer, part.second, part.secondLength);
  const copyIn = () => {
    first.set(firstPart);
    second.set(secondPart);
  };
  const result = out.subarray(0, kernel.out.result(job.n));
  const handedOver = arrayAt(kernel.out.type, memory.buffer, job.out, result.length);
  const compute = () => {
    run(addresses.first, n, addresses.second, part.secondLength, addresses.out);
    handedOver.set(result);
  };
  if (job.way === 'own') {
    copyIn();
    return compute;
  }
  first.fill(0);
  return () => {
    copyIn();
    compute();
  };
}

/** Addresses of this worker's part in the memory of all. A second array is as long as the first, or there is none. */
function partOf({ first, second }: ArrayKernel, job: Job) {
  const hasSecond = second.length(job.n) > 0;
  return {
    first: job.first + bytesOf(first, job.from),
    second: job.second + (hasSecond ? bytesOf(second.type, job.from) : 0),
    secondLength: hasSecond ? job.to - job.from : 0,
  };
}

function exportOf({ exports }: WebAssembly.Instance, { name }: ArrayKernel): Run {
  return exports[name.replaceAll('-', '_')] as Run;
}
