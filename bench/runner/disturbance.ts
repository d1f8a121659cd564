import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Notices what else ran on the machine during a measurement, from /proc (Linux; elsewhere nothing is noticed).
 *
 * A sample is `disturbed` when, while it was taken,
 * - the hypervisor gave more than 2 % of the time of all cores to others (steal), or
 * - processes other than this one and its servers used more than 10 % of one core,
 * each at least 30 ms (the kernel counts in steps of 10 ms); or when, after all rounds of its case,
 * - its value is an outlier: further than 5 scaled MADs and 10 % from the median (statistics.ts).
 * Disturbed samples are marked, shown and counted; medians include them, because they hardly move a median and leaving
 * them out would be a choice made after the fact.
 */
export interface Watch {
  /** Ends the watch. True: disturbed by steal or by foreign processes. */
  stop(): boolean;
}

const TICK_MS = 10;
const LEAST_MS = 30;

/** Starts to watch; `pids` are the servers of the experiment. */
export function watchMachine(pids: readonly number[]): Watch {
  const before = readTimes(pids);
  const start = performance.now();
  return {
    stop() {
      const after = readTimes(pids);
      if (!before || !after) return false;
      const ms = performance.now() - start;
      const steal = after.steal - before.steal;
      const foreign = after.busy - before.busy - (after.own - before.own);
      return steal > Math.max(LEAST_MS, 0.02 * ms * after.cores) || foreign > Math.max(LEAST_MS, 0.1 * ms);
    },
  };
}

interface Times {
  /** Milliseconds since boot, summed over cores. */
  readonly busy: number;
  readonly steal: number;
  /** Milliseconds of this process and its servers. */
  readonly own: number;
  readonly cores: number;
}

function readTimes(pids: readonly number[]): Times | undefined {
  try {
    const lines = readFileSync('/proc/stat', 'latin1').split('\n');
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = lines[0]!
      .split(/\s+/)
      .slice(1)
      .map(Number);
    const cores = lines.filter((line) => /^cpu\d/.test(line)).length;
    let own = process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000;
    for (const pid of pids) {
      // The second field, the command, may hold blanks: count from behind its parenthesis.
      const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
      own += (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    }
    return { busy: (user + nice + system + irq + softirq) * TICK_MS, steal: steal * TICK_MS, own, cores };
  } catch {
    return undefined;
  }
}

/** Waits, 2 s at most, until other processes use less than 10 % of a core. */
export async function untilQuiet(pids: readonly number[]): Promise<void> {
  for (let i = 0; i < 8; i++) {
    const watch = watchMachine(pids);
    await sleep(250);
    if (!watch.stop()) return;
  }
}
