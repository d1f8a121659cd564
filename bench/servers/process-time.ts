import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts the CPU time of a process in ticks of so many milliseconds. */
export const TICK_MS = 10;

/**
 * Milliseconds of CPU that another process has used, all threads, user and system. Undefined when it cannot be looked
 * at: it has ended, or there is no /proc.
 */
export function processTime(pid: number): number | undefined {
  return schedulerTime(pid) ?? tickTime(pid);
}

/** By the scheduler, to the nanosecond, of threads that still live: those of servers live as long as they do. */
function schedulerTime(pid: number): number | undefined {
  try {
    let ns = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`))
      ns += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]);
    return ns / 1e6;
  } catch {
    return undefined;
  }
}

/**
 * Milliseconds of CPU of the children of this process that have come to their end: 0 where the system does not tell.
 * Processes that last for one measurement only are found here.
 */
export function endedChildrenTime(): number {
  return ticks('self', [13, 14]) ?? 0;
}

function tickTime(pid: number): number | undefined {
  return ticks(pid, [11, 12]);
}

/** Milliseconds in two fields of /proc/PID/stat, counted from behind the command, which may hold blanks. */
function ticks(pid: number | 'self', [user, system]: readonly [number, number]): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
    return (Number(fields[user]) + Number(fields[system])) * TICK_MS;
  } catch {
    return undefined;
  }
}
