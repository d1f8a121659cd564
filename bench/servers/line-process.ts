import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type ErrorCode, SluiceError } from '../../query/error.ts';
import { HOST, type Place } from './place.ts';

/** A line of its output, as JSON. */
type Message<Reply> =
  | { readonly kind: 'ready'; readonly pids: readonly number[] }
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };

const STOP_MS = 10_000;

export interface LineProcessOptions {
  readonly place?: Place;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * A Node process that is asked one question after the other, each a line of JSON on its standard input, and answers by
 * lines on its standard output: pipes lead into containers too, where the channel of `fork` does not.
 */
export class LineProcess<Question, Reply> {
  readonly name: string;
  /** Its id; 0 where it cannot be seen from here. */
  readonly pid: number;
  /** Its id, and those of processes that it has started. */
  readonly pids: readonly number[];
  /** Milliseconds from its start until it was ready. */
  readonly startMs: number;
  readonly #child: ChildProcess;
  readonly #said: Conversation<Reply>;

  private constructor(
    name: string,
    child: ChildProcess,
    said: Conversation<Reply>,
    pids: readonly number[],
    startMs: number,
  ) {
    this.name = name;
    this.pid = pids[0]!;
    this.pids = pids;
    this.startMs = startMs;
    this.#child = child;
    this.#said = said;
  }

  /**
   * Starts a program that calls `answerLines`, and waits until it is ready.
   * @param name What errors call it.
   * @param args The program and what it is told.
   * @throws SluiceError what the program complained of; `internal` when it ended.
   */
  static async start<Question, Reply>(
    name: string,
    args: readonly string[],
    { place = HOST, env }: LineProcessOptions = {},
  ): Promise<LineProcess<Question, Reply>> {
    const begun = performance.now();
    const { child, pid } = place.start(args, env);
    const said = new Conversation<Reply>(name, child);
    const message = await said.next();
    const startMs = performance.now() - begun;
    if (message.kind === 'failed') throw new SluiceError(message.code, message.message);
    if (message.kind !== 'ready') throw new SluiceError('internal', `${name}: it answers before it is asked`);
    // In a container they would be ids of its own.
    const started = message.pids.map((id) => (place === HOST ? id : 0));
    return new LineProcess<Question, Reply>(name, child, said, [await pid(), ...started], startMs);
  }

  /** @throws SluiceError what the process complained of; `internal` when it ended. */
  async ask(question: Question): Promise<Reply> {
    this.#child.stdin!.write(`${JSON.stringify(question)}\n`);
    const message = await this.#said.next();
    if (message.kind === 'failed') throw new SluiceError(message.code, `${this.name}: ${message.message}`);
    if (message.kind !== 'reply') throw new SluiceError('internal', `${this.name}: no reply`);
    return message.reply;
  }

  /** Lets it end; SIGKILL when that takes it more than 10 s. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.stdin!.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(timer);
  }
}

/** The lines that a process writes, and what it complained of last. */
class Conversation<Reply> {
  readonly #name: string;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;
  #complaint = '';

  constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
    this.#ended = once(child, 'close');
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-2000);
    });
  }

  async next(): Promise<Message<Reply>> {
    const { value } = await this.#lines.next();
    if (value !== undefined) return JSON.parse(value) as Message<Reply>;
    await this.#ended;
    throw new SluiceError('internal', `${this.#name}: its process ended: ${this.#complaint.trim()}`);
  }
}

/** What a process answers with. */
export interface Answerer<Question, Reply> {
  /** Processes that it has started, which work for it. */
  readonly pids?: readonly number[];
  ask(question: Question): Promise<Reply>;
  close(): Promise<void>;
}

/** The other end of a `LineProcess`: answers one line after the other, and ends this process when the lines do. */
export async function answerLines<Question, Reply>(open: () => Promise<Answerer<Question, Reply>>): Promise<void> {
  const send = (message: Message<Reply>) => process.stdout.write(`${JSON.stringify(message)}\n`);
  try {
    const answerer = await open();
    send({ kind: 'ready', pids: answerer.pids ?? [] });
    for await (const line of createInterface(process.stdin)) {
      try {
        send({ kind: 'reply', reply: await answerer.ask(JSON.parse(line) as Question) });
      } catch (error) {
        send(failed(error));
      }
    }
    await answerer.close();
  } catch (error) {
    send(failed(error));
  }
  process.exit();
}

function failed(error: unknown): Message<never> {
  if (error instanceof SluiceError) return { kind: 'failed', code: error.code, message: error.message };
  return { kind: 'failed', code: 'internal', message: error instanceof Error ? error.message : String(error) };
}
