/**
 * Small fast counter generator sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, a period of 2^32 at least.
 * Not for secrets. The state lives in a typed array so that V8 keeps it as plain 32-bit integers.
 */
export class Random {
  readonly #state: Int32Array;

  /** `seed` 0 to 2^32 - 1; `stream` separates independent sequences of the same seed. */
  constructor(seed: number, stream = 0) {
    this.#state = Int32Array.of(seed, stream, 0x9e3779b9, 1);
    for (let i = 0; i < 15; i++) this.uint32();
  }

  /** Uniform in [0, 2^32). */
  uint32(): number {
    const state = this.#state;
    const a = state[0]!;
    const b = state[1]!;
    const c = state[2]!;
    const counter = state[3]!;
    const value = (a + b + counter) | 0;
    state[0] = b ^ (b >>> 9);
    state[1] = (c + (c << 3)) | 0;
    state[2] = (((c << 21) | (c >>> 11)) + value) | 0;
    state[3] = (counter + 1) | 0;
    return value >>> 0;
  }

  /** Uniform integer in [0, count), `count` up to 2^32. */
  below(count: number): number {
    return Math.floor(this.uint32() * (count / 0x1_0000_0000));
  }

  /** Uniform integer in [low, high], both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}
