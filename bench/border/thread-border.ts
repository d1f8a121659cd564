import { SluiceError } from '../../query/error.ts';
import { timeCalls, warmUp } from '../statistics/time-calls.ts';
import { AskedWorker } from '../threads/asked-worker.ts';
import type { Border, Crossing } from './border.ts';
import { type Reply, type Request, STATE, SUM, TURN } from './receiver-protocol.ts';

/** A receiver that has not answered after so long never will. */
const PATIENCE_MS = 60_000;

export const THREAD_WAYS: readonly string[] = ['clone', 'transfer', 'shared'];

/** Between two threads: a worker receives the bytes, and its answer comes back. */
export class ThreadBorder implements Border {
  readonly #worker = new AskedWorker<Request, Reply>(new URL('./receiver.ts', import.meta.url));
  readonly #control = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  readonly #warm = new Set<string>();
  /** Here while no call is under way: to be transferred, it must be owned. */
  #owned = new Uint8Array();
  #shared = new Uint8Array(new SharedArrayBuffer(0));

  /** Waits for the worker. */
  static async open(): Promise<ThreadBorder> {
    const border = new ThreadBorder();
    await border.#worker.ask({ kind: 'look', bytes: new Uint8Array(), giveBack: false });
    return border;
  }

  load(data: Uint8Array): void {
    this.#owned = data.slice();
    this.#shared = new Uint8Array(new SharedArrayBuffer(data.length));
    this.#shared.set(data);
  }

  async measure(way: string, ms: number): Promise<Crossing> {
    let sum = 0;
    if (way === 'shared') {
      const time = await this.#whileShared(() => {
        return this.#time(way, ms, (times) => {
          for (let i = 0; i < times; i++) sum = this.#lookShared();
        });
      });
      return { time, sum };
    }
    const look = way === 'transfer' ? () => this.#lookTransferred() : () => this.#lookCloned();
    const time = await this.#time(way, ms, async (times) => {
      for (let i = 0; i < times; i++) sum = await look();
    });
    return { time, sum };
  }

  close(): Promise<void> {
    return this.#worker.close();
  }

  async #time(way: string, ms: number, calls: (times: number) => void | Promise<void>): Promise<number> {
    if (!this.#warm.has(way)) await warmUp(calls);
    this.#warm.add(way);
    return timeCalls(calls, ms);
  }

  async #lookCloned(): Promise<number> {
    const { sum } = await this.#worker.ask({ kind: 'look', bytes: this.#owned, giveBack: false });
    return sum;
  }

  async #lookTransferred(): Promise<number> {
    const bytes = this.#owned;
    const reply = await this.#worker.ask({ kind: 'look', bytes, giveBack: true }, [bytes.buffer]);
    this.#owned = reply.bytes!;
    return reply.sum;
  }

  /** Wakes the receiver and sleeps until it has answered. */
  #lookShared(): number {
    Atomics.store(this.#control, STATE, TURN.receiver);
    Atomics.notify(this.#control, STATE);
    // It may also be woken late, for an answer that was seen already.
    while (Atomics.load(this.#control, STATE) === TURN.receiver) {
      if (Atomics.wait(this.#control, STATE, TURN.receiver, PATIENCE_MS) === 'timed-out')
        throw new SluiceError('internal', `the receiver has not answered for ${PATIENCE_MS / 1000} s`);
    }
    return this.#control[SUM]!;
  }

  /** While `work` runs, the receiver waits for turns and for no messages. */
  async #whileShared<T>(work: () => Promise<T>): Promise<T> {
    Atomics.store(this.#control, STATE, TURN.sender);
    const left = this.#worker.ask({ kind: 'share', control: this.#control, bytes: this.#shared });
    try {
      return await work();
    } finally {
      Atomics.store(this.#control, STATE, TURN.over);
      Atomics.notify(this.#control, STATE);
      await left;
    }
  }
}
