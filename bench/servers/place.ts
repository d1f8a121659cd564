import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { adopt } from './adopt.ts';

/** A Node process that was started somewhere. */
export interface PlacedProcess {
  /** What stands for it on this machine: its standard streams and its end are those of the process. */
  readonly child: ChildProcessWithoutNullStreams;
  /** Its id among the processes of this machine, once it has said something; 0 where it cannot be seen from here. */
  pid(): Promise<number>;
}

/** Where Node processes run. */
export interface Place {
  /**
   * Starts this very Node. The process must end when its standard input does: that tells it that the harness is gone.
   * @param env Variables besides those that it has anyway.
   */
  start(args: readonly string[], env?: Readonly<Record<string, string>>): PlacedProcess;
}

/** This machine, as it is. */
export const HOST: Place = {
  start(args, env) {
    const child = adopt(spawn(process.execPath, args, { env: { ...process.env, ...env } }));
    // A process that has ended takes no more input, which shows by the answer that does not come.
    child.stdin.on('error', () => {});
    return { child, pid: async () => child.pid ?? 0 };
  },
};
