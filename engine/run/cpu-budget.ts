import { setTimeout as sleepAsync } from 'node:timers/promises';

/** A share of so many cores that a process and its workers may use. Plain data: it crosses threads. */
export interface SharedCpuBudget {
  /** Above 0, at most 1: the share of one core for a worker; the process has so much of each of its cores. */
  readonly duty: number;
  readonly cores: number;
  /** Two Int64 in shared memory: the process's bucket, and the microseconds that workers have slept in all. */
  readonly cells: SharedArrayBuffer;
}

/** What a budget is kept by; the tests bring their own. */
export interface CpuClock {
  /** Milliseconds, the same in all threads. */
  now(): number;
  /** Milliseconds of CPU time that this process has used: all of its threads, so garbage collection and compilers too. */
  processTime(): number;
  /** Milliseconds of CPU time that the calling thread has used. */
  threadTime(): number;
}

const CLOCK: CpuClock = {
  now: () => Number(process.hrtime.bigint()) / 1e6,
  processTime: () => milliseconds(process.cpuUsage()),
  threadTime: () => milliseconds(process.threadCpuUsage()),
};

/** A longer sleep of a worker would not see soon enough that a scan was cancelled. */
const STEP_MS = 10;
/**
 * A smaller debt of CPU time is paid with the next: work in bursts keeps caches warm, and each sleep and waking up costs
 * CPU time too, at a small duty more than is earned meanwhile.
 */
const BURST_MS = 5;
/** The main thread looks again after so long: its workers may have paid by then. */
const LONGEST_MS = 100;
/** What is earned in so long at most may be saved up amid work: sleeps end late, and other processes get in between. */
const SAVED_MS = 200;

/**
 * A token bucket of CPU time, kept as one number in memory that threads may share: by how many microseconds of CPU time
 * the use is ahead of what is earned, when the bucket is empty.
 */
class CpuBucket {
  readonly #rate: number;
  readonly #used: () => number;
  readonly #now: () => number;
  readonly #empty: BigInt64Array;
  /** Milliseconds that were saved when somebody last asked here. */
  #saved = 0;

  /**
   * Earns `rate` milliseconds a millisecond. `empty` has one element, 0 for a bucket that nobody has asked yet: its time
   * begins then, so that nobody waits for what the start of a server has cost.
   */
  constructor(rate: number, now: () => number, used: () => number, empty: BigInt64Array) {
    this.#rate = rate;
    this.#now = now;
    this.#used = used;
    this.#empty = empty;
  }

  /** Milliseconds until the debt is earned; 0 where there is none that is worth to wait for. */
  wait(): number {
    const debt = this.#debt(SAVED_MS * this.#rate);
    this.#saved = Math.max(0, -debt);
    return debt < BURST_MS ? 0 : debt / this.#rate;
  }

  /** Drops what was earned since somebody last asked here, as work begins: a core that was idle is no faster then. */
  begin(): void {
    this.#debt(this.#saved);
  }

  /** Milliseconds of CPU time; below 0 what is saved, of which more than `most` is dropped. */
  #debt(most: number): number {
    const ahead = this.#ahead();
    Atomics.compareExchange(this.#empty, 0, 0n, ahead);
    const debt = Number(ahead - Atomics.load(this.#empty, 0)) / 1e3;
    if (debt >= -most) return debt;
    // Threads that do so at once store about the same.
    Atomics.store(this.#empty, 0, ahead + BigInt(Math.round(most * 1e3)));
    return -most;
  }

  #ahead(): bigint {
    return BigInt(Math.round((this.#used() - this.#rate * this.#now()) * 1e3));
  }
}

/** Of a process: what it may use, and the pauses of its main thread. */
export class CpuBudget {
  readonly shared: SharedCpuBudget;
  readonly #bucket: CpuBucket;
  #sleeping: Promise<void> | undefined;

  constructor(duty: number, cores: number, clock: CpuClock = CLOCK) {
    this.shared = { duty, cores, cells: new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT) };
    this.#bucket = processBucket(this.shared, clock);
  }

  /** Milliseconds that workers have slept in all. */
  get sleptMs(): number {
    return Number(Atomics.load(sleptCell(this.shared), 0)) / 1e3;
  }

  /** Said when work begins: time in which there was none earns nothing. */
  begin(): void {
    this.#bucket.begin();
  }

  /**
   * Waits until the process is out of debt, all who wait with one timer: to wake up costs CPU time too, and at a small
   * duty many who do so would make more debt than they wait for. Rejects with the signal's reason.
   */
  async pause(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#sleeping ??= this.#sleepOff();
    if (!this.#sleeping) return;
    const aborted = Promise.withResolvers<never>();
    const abort = () => aborted.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await Promise.race([this.#sleeping, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Undefined where there is no debt. */
  #sleepOff(): Promise<void> | undefined {
    const wait = this.#bucket.wait();
    if (wait === 0) return undefined;
    return sleepAsync(Math.min(wait, LONGEST_MS), undefined, { ref: false }).then(() => {
      this.#sleeping = this.#sleepOff();
      return this.#sleeping;
    });
  }
}

/** Of a worker: makes it sleep until its own debt and that of the whole process are earned. */
export class CpuPacer {
  readonly #own: CpuBucket;
  readonly #process: CpuBucket;
  readonly #slept: BigInt64Array;
  readonly #now: () => number;
  readonly #sleep: (ms: number) => void;

  constructor(budget: SharedCpuBudget, clock: CpuClock = CLOCK, sleep: (ms: number) => void = sleepHere) {
    this.#own = new CpuBucket(budget.duty, clock.now, clock.threadTime, new BigInt64Array(1));
    this.#process = processBucket(budget, clock);
    this.#slept = sleptCell(budget);
    this.#now = clock.now;
    this.#sleep = sleep;
  }

  /** Said when a task begins: time in which there was none earns nothing. */
  begin(): void {
    this.#own.begin();
    this.#process.begin();
  }

  /** Returns when there is no debt left, or as soon as nobody wants the work any more. */
  pause(aborted: () => boolean): void {
    for (;;) {
      const wait = Math.max(this.#own.wait(), this.#process.wait());
      if (wait === 0 || aborted()) return;
      const begun = this.#now();
      let passed = 0;
      while (passed < wait && !aborted()) {
        this.#sleep(Math.min(wait - passed, STEP_MS));
        passed = this.#now() - begun;
      }
      Atomics.add(this.#slept, 0, BigInt(Math.round(passed * 1e3)));
    }
  }
}

function processBucket({ duty, cores, cells }: SharedCpuBudget, clock: CpuClock): CpuBucket {
  return new CpuBucket(duty * cores, clock.now, clock.processTime, new BigInt64Array(cells, 0, 1));
}

function sleptCell({ cells }: SharedCpuBudget): BigInt64Array {
  return new BigInt64Array(cells, BigInt64Array.BYTES_PER_ELEMENT, 1);
}

const nobody = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Blocks this thread, which the main thread of a server must not do. */
function sleepHere(ms: number): void {
  Atomics.wait(nobody, 0, 0, ms);
}

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e3;
}
