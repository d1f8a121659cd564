import { setTimeout as sleep } from 'node:timers/promises';

/** What may be sent at once after a pause, in milliseconds of the link's rate. */
const BURST_MS = 5;

/**
 * A link of limited rate that all answers share: a token bucket, kept as the time at which it will be free again.
 * Who asks first sends first.
 */
export class Link {
  readonly #bytesPerMs: number;
  #freeAt = 0;

  /** `mbit` in 10^6 bits a second. */
  constructor(mbit: number) {
    this.#bytesPerMs = (mbit * 1e6) / 8 / 1000;
  }

  /** Waits until `bytes` have gone over the link. Rejects with the signal's reason. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const now = performance.now();
    this.#freeAt = Math.max(this.#freeAt, now - BURST_MS) + bytes / this.#bytesPerMs;
    const wait = this.#freeAt - now;
    if (wait >= 1) await sleep(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
