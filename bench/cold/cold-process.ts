import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { SluiceError } from '../../query/error.ts';
import { adopt } from '../servers/adopt.ts';

/**
 * Runs a file of this folder in a process of its own, in which V8 has compiled nothing yet. It is told its job, and
 * tells its result, as JSON.
 * @param flags V8's, which differ in what is compiled when.
 * @throws SluiceError `internal` with what the process said when it failed.
 */
export async function runCold<Job, Result>(
  file: string,
  job: Job,
  flags: readonly string[],
  signal: AbortSignal,
): Promise<Result> {
  signal.throwIfAborted();
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = adopt(
    spawn(process.execPath, [...flags, path, JSON.stringify(job)], { stdio: ['pipe', 'pipe', 'pipe'] }),
  );
  const ended = once(child, 'close');
  const [said, complaint] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (child.exitCode !== 0) throw new SluiceError('internal', `${file} ${flags.join(' ')}: ${complaint.trim()}`);
  return JSON.parse(said) as Result;
}
