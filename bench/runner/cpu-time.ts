import { endedChildrenTime, processTime } from '../servers/process-time.ts';

/**
 * Milliseconds of CPU that this process, its children that have ended, and others have used, all threads, user and
 * system. Undefined when one of the others cannot be looked at: it has ended, or there is no /proc.
 */
export function cpuTime(pids: readonly number[]): number | undefined {
  const { user, system } = process.cpuUsage();
  let ms = (user + system) / 1000 + endedChildrenTime();
  for (const pid of pids) {
    const other = processTime(pid);
    if (other === undefined) return undefined;
    ms += other;
  }
  return ms;
}
