import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { TICK_MS } from '../servers/process-time.ts';
import { cpuTime } from './cpu-time.ts';

/**
 * Notices what else ran on the machine during a measurement.
 *
 * A sample is `disturbed` when, while it was taken,
 * - the hypervisor gave more than 2 % of the time of all cores to others (steal; Linux only), or
 * - processes other than this one and its servers used more than 10 % of one core,
 * each at least 30 ms (the kernel counts in steps of 10 ms); or
 * - this process and its servers used less than 75 % of one core, and 10 ms less, though the work is bound by the CPU:
 *   they stood still, or waited for a core. Kinds say of which cases this is not so (`Session.waits`);
 * or when, after all rounds of its case,
 * - its value is an outlier: further than 5 scaled MADs and 10 % from the median (outliers.ts).
 * Disturbed samples are marked, shown and counted; medians include them, because they hardly move a median and leaving
 * them out would be a choice made after the fact.
 */
export interface Watch {
  stop(): Watched;
}

/** What happened between the start and the end of a watch. */
export interface Watched {
  /** Milliseconds. */
  readonly wall: number;
  /** Milliseconds of CPU of this process and its servers; undefined where the system does not tell. */
  readonly cpu: number | undefined;
  readonly disturbed: boolean;
}

const LEAST_MS = 30;
const LEAST_WAIT_MS = 10;

/** Starts to watch; `pids` are the servers of the experiment, `waits` says that they need not use the CPU throughout. */
export function watchMachine(pids: readonly number[], waits: boolean): Watch {
  const before = readMachine();
  const cpuBefore = cpuTime(pids);
  const start = performance.now();
  return {
    stop() {
      const wall = performance.now() - start;
      const cpuAfter = cpuTime(pids);
      const after = readMachine();
      const cpu = cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore;
      const steal = after.steal - before.steal;
      const disturbed =
        steal > Math.max(LEAST_MS, 0.02 * wall * after.cores) ||
        (cpu !== undefined &&
          (after.busy - before.busy - cpu > Math.max(LEAST_MS, 0.1 * wall) ||
            (!waits && wall - cpu > Math.max(LEAST_WAIT_MS, 0.25 * wall))));
      return { wall, cpu, disturbed };
    },
  };
}

/** What of a measurement cannot be watched on this system, in words. */
export function unwatched(): string[] {
  const gaps: string[] = [];
  if (readProcStat() === undefined) gaps.push('steal: there is no /proc/stat');
  if (cpuTime([process.pid]) === undefined)
    gaps.push('CPU of servers, and of foreign processes while servers run: there is no /proc/PID/stat');
  if (readMachine().busy === 0) gaps.push('CPU of foreign processes: the system does not tell how busy its cores are');
  return gaps;
}

/** Milliseconds since boot, summed over cores. */
interface MachineTimes {
  readonly busy: number;
  readonly steal: number;
  readonly cores: number;
}

function readMachine(): MachineTimes {
  const read = readProcStat();
  if (read) return read;
  const cores = cpus();
  const busy = cores.reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  return { busy, steal: 0, cores: cores.length };
}

function readProcStat(): MachineTimes | undefined {
  try {
    const lines = readFileSync('/proc/stat', 'latin1').split('\n');
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = lines[0]!
      .split(/\s+/)
      .slice(1)
      .map(Number);
    const cores = lines.filter((line) => /^cpu\d/.test(line)).length;
    return { busy: (user + nice + system + irq + softirq) * TICK_MS, steal: steal * TICK_MS, cores };
  } catch {
    return undefined;
  }
}

/** Waits, 2 s at most, until other processes use less than 10 % of a core. */
export async function untilQuiet(pids: readonly number[]): Promise<void> {
  for (let i = 0; i < 8; i++) {
    const watch = watchMachine(pids, true);
    await sleep(250);
    if (!watch.stop().disturbed) return;
  }
}
