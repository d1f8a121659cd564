import type { ChildProcess } from 'node:child_process';

const living = new Set<ChildProcess>();

/**
 * Sees to it that a child does not outlive this process, whether that comes to its end, is told to exit, or dies of an
 * uncaught error. Children that must also end when this process is killed outright take notice by themselves, by the
 * end of their standard input or of their channel.
 */
export function adopt<Child extends ChildProcess>(child: Child): Child {
  if (process.listenerCount('exit', killAll) === 0) process.on('exit', killAll);
  living.add(child);
  child.once('exit', () => living.delete(child));
  return child;
}

function killAll(): void {
  for (const child of living) child.kill('SIGKILL');
}
