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

function tickTime(pid: number): number | undefined {
  try {
    // The second field, the command, may hold blanks: count from behind its parenthesis.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return undefined;
  }
}
