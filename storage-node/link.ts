import { setTimeout as sleep } from 'node:timers/promises';

/** What is sent at once takes so long on the link, within these bounds: small, so that a client sees a steady rate. */
const PIECE_MS = 4;
const SMALLEST_PIECE = 1024;
const LARGEST_PIECE = 64 * 1024;
/** Timers are no finer. */
const LEAST_MS = 1;
/**
 * Amid an answer, so much time is made up for in which nothing was sent: a link goes on sending what is in its queue
 * while more is made, or while a timer is late.
 */
const QUEUE_MS = 100;
/** A busy time in which less was sent than the link takes so long for tells nothing of its rate. */
const TELLING_MS = 250;
/** A link that reaches so much of its rate has held it. */
const HELD = 0.97;

/** What a link is measured and waits by; the tests bring their own. */
export interface LinkClock {
  /** Milliseconds. */
  now(): number;
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

const CLOCK: LinkClock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
};

/** One answer on its way over the link. */
export interface Transfer {
  /** Waits until `bytes` more have gone over the link, at first also for its delay. Rejects with the signal's reason. */
  take(bytes: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** How often the link was busy long enough to tell its rate, and what became of it. */
export interface LinkRates {
  readonly told: number;
  /** Of these, how often the rate stayed more than 3 % below what was asked. */
  readonly behind: number;
  /** 10^6 bits a second, the last time. */
  readonly lastMbit: number | undefined;
}

/**
 * A link of limited rate that all answers share: a token bucket, kept as the time at which the link will be free
 * again, without a burst when it begins to send. Who asks first sends first. Its delay comes before the first byte of each answer.
 */
export class Link {
  /** 10^6 bits a second. */
  readonly mbit: number;
  /** Bytes that are best taken at a time. */
  readonly piece: number;
  readonly #bytesPerMs: number;
  readonly #delay: number;
  readonly #clock: LinkClock;
  #freeAt = 0;
  /** Answers under way, and since one of them is: when, and how many bytes. */
  #open = 0;
  #busySince = 0;
  #busyBytes = 0;
  #rates: LinkRates = { told: 0, behind: 0, lastMbit: undefined };

  /** `mbit` in 10^6 bits a second, Infinity for no limit; `delay` in ms, one way. */
  constructor(mbit: number, delay = 0, clock: LinkClock = CLOCK) {
    this.mbit = mbit;
    this.#bytesPerMs = (mbit * 1e6) / 8 / 1000;
    this.piece = Math.min(LARGEST_PIECE, Math.max(SMALLEST_PIECE, Math.round(this.#bytesPerMs * PIECE_MS)));
    this.#delay = delay;
    this.#clock = clock;
  }

  get rates(): LinkRates {
    return this.#rates;
  }

  /** An answer that begins. */
  transfer(): Transfer {
    let started = false;
    return {
      take: async (bytes, signal) => {
        signal.throwIfAborted();
        if (!started) {
          if (this.#delay > 0) await this.#sleep(this.#delay, signal);
          started = true;
          this.#begin();
        }
        await this.#take(bytes, signal);
      },
      close: () => {
        if (started) this.#end();
        started = false;
      },
    };
  }

  async #take(bytes: number, signal: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    this.#freeAt = Math.max(this.#freeAt, now - QUEUE_MS) + bytes / this.#bytesPerMs;
    this.#busyBytes += bytes;
    const wait = this.#freeAt - now;
    if (wait >= LEAST_MS) await this.#sleep(wait, signal);
  }

  #begin(): void {
    if (this.#open++ > 0) return;
    this.#busySince = this.#clock.now();
    this.#freeAt = Math.max(this.#freeAt, this.#busySince);
    this.#busyBytes = 0;
  }

  #end(): void {
    if (--this.#open > 0 || this.#busyBytes / this.#bytesPerMs < TELLING_MS) return;
    const lastMbit = (this.#busyBytes * 8) / 1000 / (this.#clock.now() - this.#busySince);
    const isBehind = lastMbit < HELD * this.mbit;
    const { told, behind } = this.#rates;
    this.#rates = { told: told + 1, behind: behind + (isBehind ? 1 : 0), lastMbit };
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    await this.#clock.sleep(ms, signal).catch(() => signal.throwIfAborted());
  }
}
