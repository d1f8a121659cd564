import { formatTimeLeft } from '../bench/runner/time-left.ts';

/** What progress is written to: stderr. */
interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const CLEAR = '\r\x1b[2K';

/**
 * Shows how far a long run has come, and how long it still takes. A terminal has one line for it that is rewritten;
 * elsewhere each line stays, and passing ones are left out.
 */
export class ProgressLine {
  readonly #output: Output;
  readonly #started = performance.now();

  constructor(output: Output) {
    this.#output = output;
  }

  show(text: string, weight: 'passing' | 'step' | 'lasting', secondsLeft: number): void {
    const elapsed = `${((performance.now() - this.#started) / 1000).toFixed(1).padStart(6)} s`;
    const left = secondsLeft > 0 ? `, about ${formatTimeLeft(secondsLeft)} left` : '';
    if (!this.#output.isTTY) {
      if (weight !== 'passing') this.#output.write(`${elapsed}${left}  ${text}\n`);
    } else if (weight === 'lasting') this.#output.write(`${CLEAR}${elapsed}  ${text}\n`);
    else this.#output.write(CLEAR + `${elapsed}${left}  ${text}`.slice(0, (this.#output.columns || 80) - 1));
  }

  /** Leaves the terminal's line free for others. */
  end(): void {
    if (this.#output.isTTY) this.#output.write(CLEAR);
  }
}
