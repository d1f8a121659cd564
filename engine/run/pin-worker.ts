import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';

/** CPUs for workers, one each. Plain data: it crosses threads. */
export interface CpuPlaces {
  /** Numbers of CPUs as the system counts them. */
  readonly cpus: readonly number[];
  /** An Int32 for each of them in shared memory: the id of the thread that is pinned to it, or 0. */
  readonly threads: SharedArrayBuffer;
}

/**
 * The first `workers` CPUs that this process may use; undefined where there are fewer, or where the system is not Linux,
 * which alone tells both them and the ids of threads.
 */
export function cpuPlaces(workers: number): CpuPlaces | undefined {
  const cpus = allowedCpus().slice(0, workers);
  if (cpus.length < workers) return undefined;
  return { cpus, threads: new SharedArrayBuffer(workers * Int32Array.BYTES_PER_ELEMENT) };
}

/** How many threads are pinned now. */
export function countPinned({ threads }: CpuPlaces): number {
  return new Int32Array(threads).filter((thread) => thread !== 0 && isAlive(thread)).length;
}

/**
 * Pins the calling thread to a CPU that no living thread has, by `taskset` of util-linux, since Node has no call for
 * it; does nothing where there is no `taskset`, or it may not.
 */
export function pinThread({ cpus, threads }: CpuPlaces): void {
  const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  const holders = new Int32Array(threads);
  for (const [place, cpu] of cpus.entries()) {
    const holder = Atomics.load(holders, place);
    if (holder !== 0 && isAlive(holder)) continue;
    if (Atomics.compareExchange(holders, place, holder, thread) !== holder) continue;
    const { status } = spawnSync('taskset', ['-cp', String(cpu), String(thread)], { stdio: 'ignore' });
    if (status !== 0) Atomics.store(holders, place, 0);
    return;
  }
}

function isAlive(thread: number): boolean {
  return existsSync(`/proc/self/task/${thread}`);
}

function allowedCpus(): number[] {
  try {
    const status = readFileSync('/proc/self/status', 'latin1');
    return parseCpuList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '');
  } catch {
    return [];
  }
}

/** `0-2,5` as Linux writes sets of CPUs. */
export function parseCpuList(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    if (range === '' || first === undefined || last === undefined) return [];
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
