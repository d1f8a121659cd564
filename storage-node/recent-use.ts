const WINDOW_MS = 5_000;
const SAMPLES = 20;

interface Reading {
  readonly at: number;
  readonly cpuMs: number;
}

/** CPU time that this process used over the last 5 s, from a reading every quarter of a second. */
export class RecentUse {
  readonly #timer: NodeJS.Timeout;
  #readings: Reading[] = [read()];

  constructor() {
    this.#timer = setInterval(() => {
      this.#readings.push(read());
      if (this.#readings.length > SAMPLES) this.#readings.shift();
    }, WINDOW_MS / SAMPLES).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Cores, 1 is one core all the time. */
  share(): number {
    const now = read();
    const first = this.#readings[0]!;
    return now.at > first.at ? (now.cpuMs - first.cpuMs) / (now.at - first.at) : 0;
  }
}

function read(): Reading {
  const { user, system } = process.cpuUsage();
  return { at: performance.now(), cpuMs: (user + system) / 1000 };
}
