import { geometricMean, median as medianOf, quantileSorted, sampleWithReplacement } from 'simple-statistics';
import { seededRandom } from './random.ts';

/** A median with the 95 % confidence interval of it. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Number of values. */
  readonly n: number;
}

const RESAMPLES = 1000;

/**
 * The median of `values` (at least one) with its percentile bootstrap interval (Efron 1979; 1,000 resamples). With few
 * values the interval is narrower than it ought to be: of 5 values it spans at most their range.
 */
export function estimate(values: readonly number[], seed: number): Estimate {
  const draw = resampling(values, seededRandom(seed));
  return { median: medianOf([...values]), n: values.length, ...interval(draw) };
}

/** The ratio of the medians of two samples that were taken apart, both resampled, with its 95 % interval. */
export function estimateRatio(subject: readonly number[], baseline: readonly number[], seed: number): Estimate {
  const random = seededRandom(seed);
  const above = resampling(subject, random);
  const below = resampling(baseline, random);
  return {
    median: medianOf([...subject]) / medianOf([...baseline]),
    n: Math.min(subject.length, baseline.length),
    ...interval(() => above() / below()),
  };
}

/**
 * The geometric mean, over cases, of the medians of `ratios`: those of one case each, one a round. Rounds are resampled
 * within each case; the cases stay, since an experiment chooses its cases and draws them from nothing.
 */
export function estimateGeometricMean(ratios: readonly (readonly number[])[], seed: number): Estimate {
  const random = seededRandom(seed);
  const draws = ratios.map((ofCase) => resampling(ofCase, random));
  return {
    median: geometricMean(ratios.map((ofCase) => medianOf([...ofCase]))),
    n: ratios.length,
    ...interval(() => geometricMean(draws.map((draw) => draw()))),
  };
}

/** The width of an interval over its median. */
export function relativeWidth({ median, low, high }: Estimate): number {
  return high === low ? 0 : (high - low) / Math.abs(median);
}

/** Draws as many values as there are, with replacement, and gives their median. */
function resampling(values: readonly number[], random: () => number): () => number {
  const all = [...values];
  return () => medianOf(sampleWithReplacement(all, all.length, random));
}

function interval(draw: () => number): { low: number; high: number } {
  const drawn = Array.from({ length: RESAMPLES }, draw).sort((a, b) => a - b);
  return { low: quantileSorted(drawn, 0.025), high: quantileSorted(drawn, 0.975) };
}
