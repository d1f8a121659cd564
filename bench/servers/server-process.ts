import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SluiceError } from '../../query/error.ts';
import { HOST, type Place } from './place.ts';

const SLUICE = fileURLToPath(new URL('../../cli/sluice.ts', import.meta.url));
const END_WITH_PARENT = new URL('./end-with-parent.ts', import.meta.url).href;
const START_MS = 20_000;
const STOP_MS = 11_000;

export interface ServerOptions {
  readonly place?: Place;
  /** The program; the tests put another in its place. */
  readonly script?: string;
}

/** A `sluice` server in a process of its own, for as long as an experiment needs it. */
export class ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Milliseconds from its start until it listened. */
  readonly startMs: number;
  readonly #child: ChildProcess;

  private constructor(url: string, child: ChildProcess, pid: number, startMs: number) {
    this.url = url;
    this.pid = pid;
    this.startMs = startMs;
    this.#child = child;
  }

  /**
   * Starts `sluice ARGS` and waits for its line `listening on http://…`.
   * @throws SluiceError `unreachable` with the last lines of its stderr when it ends or says nothing for 20 s.
   */
  static async start(
    args: readonly string[],
    signal: AbortSignal,
    { place = HOST, script = SLUICE }: ServerOptions = {},
  ): Promise<ServerProcess> {
    signal.throwIfAborted();
    const started = performance.now();
    const { child, pid } = place.start(['--import', END_WITH_PARENT, script, ...args]);
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2000);
    });
    const waiting = AbortSignal.any([signal, AbortSignal.timeout(START_MS)]);
    const stopped = once(child, 'exit', { signal: waiting }).then(() => undefined);
    try {
      const url = await Promise.race([listeningLine(child, waiting), stopped]);
      if (url !== undefined) {
        const startMs = performance.now() - started;
        child.stdout.resume();
        stopped.catch(() => {});
        return new ServerProcess(url, child, await pid(), startMs);
      }
    } catch {
      child.kill('SIGKILL');
      signal.throwIfAborted();
    }
    const reason = complaint.trim() === '' ? 'it gave no reason' : complaint.trim();
    throw new SluiceError('unreachable', `sluice ${args.join(' ')} did not start: ${reason}`);
  }

  /** SIGTERM; SIGKILL when that has not helped after 11 s. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(timer);
  }
}

async function listeningLine(child: ChildProcess, signal: AbortSignal): Promise<string | undefined> {
  const lines = createInterface({ input: child.stdout!, signal });
  for await (const line of lines) {
    const url = /listening on (http:\/\/\S+)/.exec(line)?.[1];
    if (url) return url;
  }
  // The output has ended, or the wait has: the exit or the signal decides which.
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}
