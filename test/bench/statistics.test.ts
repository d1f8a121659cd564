import { describe, expect, it } from 'vitest';
import { estimate, estimateGeometricMean, estimateRatio, relativeWidth } from '../../bench/statistics/bootstrap.ts';
import { canBeSignificant, mannWhitney } from '../../bench/statistics/mann-whitney.ts';
import { outliers } from '../../bench/statistics/outliers.ts';
import { seededRandom, shuffled } from '../../bench/statistics/random.ts';

describe('statistics', () => {
  const values = [10, 11, 12, 13, 30];

  it('gives the same interval for the same seed', () => {
    expect(estimate(values, 7)).toEqual(estimate(values, 7));
    expect(estimateRatio(values, [5, 6, 7], 7)).toEqual(estimateRatio(values, [5, 6, 7], 7));
  });

  it('puts the median inside the interval and the interval inside the range', () => {
    const { median, low, high, n } = estimate(values, 1);
    expect(median).toBe(12);
    expect(n).toBe(5);
    expect(low).toBeGreaterThanOrEqual(10);
    expect(low).toBeLessThanOrEqual(median);
    expect(high).toBeGreaterThanOrEqual(median);
    expect(high).toBeLessThanOrEqual(30);
  });

  it('does not reorder the values that it is given', () => {
    const given = [3, 1, 2];
    estimate(given, 1);
    expect(given).toEqual([3, 1, 2]);
  });

  it('calls only what is far off an outlier', () => {
    expect(outliers([10, 10.1, 9.9, 10, 20])).toEqual([false, false, false, false, true]);
    expect(outliers([10, 10, 10, 10, 10.5])).toEqual([false, false, false, false, false]);
  });

  it('averages ratios so that twice and half cancel, with the spread of their rounds', () => {
    const { median, low, high, n } = estimateGeometricMean(
      [
        [1.9, 2, 2.1],
        [0.5, 0.5, 0.5],
      ],
      1,
    );
    expect(median).toBeCloseTo(1, 12);
    expect(n).toBe(2);
    expect(low).toBeCloseTo(Math.sqrt(0.95), 3);
    expect(high).toBeCloseTo(Math.sqrt(1.05), 3);
  });

  it('knows how wide an interval is, over its median', () => {
    expect(relativeWidth({ median: 10, low: 9, high: 11, n: 5 })).toBeCloseTo(0.2, 12);
    expect(relativeWidth({ median: 0, low: 0, high: 0, n: 5 })).toBe(0);
  });

  it('shuffles by seed alone and loses nothing', () => {
    const items = [1, 2, 3, 4, 5, 6];
    expect(shuffled(items, seededRandom(3))).toEqual(shuffled(items, seededRandom(3)));
    expect(shuffled(items, seededRandom(3)).sort()).toEqual(items);
  });
});

describe('the Mann-Whitney U test', () => {
  const upTo = (n: number, step = 1) => Array.from({ length: n }, (_, i) => 1 + i * step);

  it('counts the arrangements of small samples: 2 of 252 keep five apart from five', () => {
    expect(mannWhitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toBeCloseTo(2 / 252, 12);
    expect(mannWhitney([6, 7, 8, 9, 10], [1, 2, 3, 4, 5])).toBeCloseTo(2 / 252, 12);
    expect(mannWhitney([1, 2], [1, 2])).toBe(1);
  });

  it('gives what the textbook has: U = 5 of 5 and 6 values', () => {
    // Tables of the test: P(U <= 5) = 0.0411 for 5 and 6 values.
    const a = [1, 2, 3, 4, 10];
    const b = [5, 6, 7, 8, 9, 11];
    expect(mannWhitney(a, b)).toBeCloseTo(2 * 0.0411, 3);
  });

  it('is exact where values are tied: each way to share them counts once', () => {
    // Of the six ways to choose two of {1, 2, 2, 3}, two give 1 and 2.
    expect(mannWhitney([1, 2], [2, 3])).toBeCloseTo((2 * 2) / 6, 12);
    expect(mannWhitney([1, 1, 1, 1], [2, 2, 2, 2])).toBeCloseTo(2 / 70, 12);
  });

  it('goes over to the normal approximation smoothly', () => {
    const shifted = (n: number) =>
      mannWhitney(
        upTo(n),
        upTo(n).map((value) => value + 0.5 + n / 5),
      );
    const exact = shifted(25);
    const approximate = shifted(26);
    expect(Math.abs(exact - approximate)).toBeLessThan(0.02);
    expect(
      mannWhitney(
        upTo(40),
        upTo(40).map((value) => value + 100),
      ),
    ).toBeLessThan(1e-6);
    expect(mannWhitney(new Array(40).fill(1), new Array(40).fill(1))).toBe(1);
  });

  it('knows which sample sizes cannot tell anything', () => {
    expect(canBeSignificant(3, 3)).toBe(false);
    expect(canBeSignificant(4, 4)).toBe(true);
    expect(canBeSignificant(1, 7)).toBe(false);
    expect(canBeSignificant(3, 7)).toBe(true);
  });
});
