import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type ErrorCode, SluiceError } from '../../query/error.ts';
import { adopt } from '../servers/adopt.ts';
import type { Question, Reply } from './contender.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** What the process of a contender says. */
export type Message =
  | { readonly kind: 'ready'; readonly pids: readonly number[] }
  | ({ readonly kind: 'reply' } & Reply)
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };

/** A contender in a process of its own, so that neither its heap nor its threads are in the way of others. */
export class ContenderProcess {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #messages: AsyncIterator<[Message]>;
  #complaint = '';
  #pids: readonly number[] = [];

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
    const gone = new AbortController();
    child.once('exit', () => gone.abort());
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-2000);
    });
    this.#messages = on(child, 'message', { signal: gone.signal }) as AsyncIterator<[Message]>;
  }

  /** Its process, and those that it has started. */
  get pids(): readonly number[] {
    return this.#pids;
  }

  /** @throws SluiceError `not-found` when the contender is not installed. */
  static async start(name: string, threads = 1): Promise<ContenderProcess> {
    const child = adopt(
      fork(MAIN, [name, String(threads)], {
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        env: { ...process.env, POLARS_MAX_THREADS: String(threads) },
      }),
    );
    const contender = new ContenderProcess(name, child);
    const message = await contender.#next();
    if (message.kind === 'failed') throw new SluiceError(message.code, message.message);
    if (message.kind === 'ready') contender.#pids = message.pids;
    return contender;
  }

  /** @throws SluiceError what the contender complained of; `internal` when its process ended. */
  async ask(question: Question): Promise<Reply> {
    this.#child.send(question);
    const message = await this.#next();
    if (message.kind === 'failed') throw new SluiceError(message.code, `${this.name}: ${message.message}`);
    if (message.kind !== 'reply') throw new SluiceError('internal', `${this.name}: no reply`);
    return message;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    if (this.#child.connected) this.#child.disconnect();
    await gone;
  }

  async #next(): Promise<Message> {
    const { value } = await this.#messages.next().catch(() => {
      throw new SluiceError('internal', `${this.name}: its process ended: ${this.#complaint.trim()}`);
    });
    const [message] = value as [Message];
    return message;
  }
}
