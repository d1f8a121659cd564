import { medianAbsoluteDeviation, median as medianOf, quantileSorted, sampleWithReplacement } from 'simple-statistics';

/** A median with the 95 % confidence interval of it. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Number of values. */
  readonly n: number;
}

const RESAMPLES = 1000;

/** mulberry32: uniform numbers in [0, 1), the same for one seed everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The elements in an order that only depends on `random`. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

/**
 * The median of `values` (at least one) with its percentile bootstrap interval (Efron 1979; 1,000 resamples). With few
 * values the interval is narrower than it ought to be: of 5 values it spans at most their range.
 */
export function estimate(values: readonly number[], seed: number): Estimate {
  const random = seededRandom(seed);
  const all = [...values];
  const medians = Array.from({ length: RESAMPLES }, () => medianOf(sampleWithReplacement(all, all.length, random)));
  return { median: medianOf(all), n: all.length, ...percentiles(medians) };
}

/** The ratio of the medians of `subject` and `baseline`, both resampled, with its 95 % interval. */
export function estimateRatio(subject: readonly number[], baseline: readonly number[], seed: number): Estimate {
  const random = seededRandom(seed);
  const above = [...subject];
  const below = [...baseline];
  const draw = (values: number[]) => medianOf(sampleWithReplacement(values, values.length, random));
  const ratios = Array.from({ length: RESAMPLES }, () => draw(above) / draw(below));
  const n = Math.min(above.length, below.length);
  return { median: medianOf(above) / medianOf(below), n, ...percentiles(ratios) };
}

function percentiles(values: number[]): { low: number; high: number } {
  const sorted = values.sort((a, b) => a - b);
  return { low: quantileSorted(sorted, 0.025), high: quantileSorted(sorted, 0.975) };
}

/** Which values lie more than 5 scaled median absolute deviations, and more than 10 %, away from the median. */
export function outliers(values: readonly number[]): boolean[] {
  const all = [...values];
  const middle = medianOf(all);
  const limit = Math.max(5 * 1.4826 * medianAbsoluteDeviation(all), 0.1 * Math.abs(middle));
  return all.map((value) => Math.abs(value - middle) > limit);
}

/** exp of the mean of logarithms, of positive values. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
