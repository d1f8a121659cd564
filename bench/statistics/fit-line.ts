import { median as medianOf, quantileSorted, sampleWithReplacement } from 'simple-statistics';
import type { Estimate } from './bootstrap.ts';
import { seededRandom } from './random.ts';

/** All values of y, each above 0, that were measured at one x. */
export interface Measured {
  readonly x: number;
  readonly values: readonly number[];
}

interface Line {
  readonly intercept: number;
  readonly slope: number;
}

/** The line `y = intercept + slope x`, with 95 % intervals, and where it fits worst. */
export interface FittedLine {
  readonly intercept: Estimate;
  readonly slope: Estimate;
  readonly worst: { readonly x: number; readonly deviation: number };
}

const RESAMPLES = 1000;

/**
 * Fits a line to the medians at two or more different x such that the sum of the deviations, each relative to its y, is
 * the least. Least absolute deviations resist outliers; one of the best lines passes through two of the points
 * (Bloomfield & Steiger, Least Absolute Deviations, 1983), so that all pairs are tried. Relative, because times grow and
 * err in proportion over many powers of two: the median of all pairs' slopes (Theil 1950, Sen 1968), or any fit that
 * counts absolute errors, would lose the intercept in the errors of the large ones. Intervals are percentiles of 1,000
 * fits to resampled values (Efron 1979).
 */
export function fitLine(measured: readonly Measured[], seed: number): FittedLine {
  const random = seededRandom(seed);
  const fitTo = (pick: (values: readonly number[]) => number) =>
    bestLine(measured.map(({ x, values }) => ({ x, y: pick(values) })));
  const line = fitTo((values) => medianOf([...values]));
  const drawn = Array.from({ length: RESAMPLES }, () =>
    fitTo((values) => medianOf(sampleWithReplacement([...values], values.length, random))),
  );
  const estimate = (part: keyof Line): Estimate => {
    const sorted = drawn.map((other) => other[part]).sort((a, b) => a - b);
    return {
      median: line[part],
      low: quantileSorted(sorted, 0.025),
      high: quantileSorted(sorted, 0.975),
      n: measured.length,
    };
  };
  const worst = measured
    .map(({ x, values }) => ({ x, deviation: Math.abs(deviationOf(line, { x, y: medianOf([...values]) })) }))
    .reduce((a, b) => (b.deviation > a.deviation ? b : a));
  return { intercept: estimate('intercept'), slope: estimate('slope'), worst };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function bestLine(points: readonly Point[]): Line {
  let best: Line | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const [i, a] of points.entries()) {
    for (const b of points.slice(i + 1)) {
      const slope = (b.y - a.y) / (b.x - a.x);
      const line = { slope, intercept: a.y - slope * a.x };
      const sum = points.reduce((total, point) => total + Math.abs(deviationOf(line, point)), 0);
      if (sum < least) [best, least] = [line, sum];
    }
  }
  return best!;
}

/** How far the line is above the point, relative to the point. */
function deviationOf({ intercept, slope }: Line, { x, y }: Point): number {
  return (intercept + slope * x) / y - 1;
}
