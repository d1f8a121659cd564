import { median } from 'simple-statistics';

interface Part {
  /** Contests that are still to be measured. */
  left: number;
  done: number;
  /** What those that are done took. */
  seconds: number;
  /** What the stopping rule allows for the rounds of one. */
  readonly allowed: number;
}

/**
 * Estimates how long a run still takes. A contest to come takes as long as those of its experiment took that are done;
 * while there are none, as much of what its stopping rule allows as those of other experiments took of theirs: the
 * median of experiments, since a few spend most of their time on what no rule bounds, such as warming up.
 */
export class TimeLeft {
  readonly #parts = new Map<string, Part>();

  /** Says, or says anew, how many contests of an experiment are to be measured. */
  plan(experiment: string, contests: number, allowed: number): void {
    this.#parts.set(experiment, { left: contests, done: 0, seconds: 0, allowed });
  }

  done(experiment: string, seconds: number): void {
    const part = this.#parts.get(experiment);
    if (!part) return;
    part.left--;
    part.done++;
    part.seconds += seconds;
  }

  /** No more of this experiment will be measured. */
  drop(experiment: string): void {
    this.#parts.delete(experiment);
  }

  /** Seconds, for all contests to come. */
  seconds(): number {
    const parts = [...this.#parts.values()];
    const shares = parts.filter(({ done }) => done > 0).map(({ done, seconds, allowed }) => seconds / (done * allowed));
    const share = shares.length === 0 ? 1 : median(shares);
    return parts.reduce(
      (sum, { left, done, seconds, allowed }) => sum + left * (done > 0 ? seconds / done : share * allowed),
      0,
    );
  }
}

/** `40 s`, `3 min`, `2 h 5 min`: as exact as an estimate deserves. */
export function formatTimeLeft(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
