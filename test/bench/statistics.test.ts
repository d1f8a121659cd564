import { describe, expect, it } from 'vitest';
import {
  estimate,
  estimateRatio,
  geometricMean,
  outliers,
  seededRandom,
  shuffled,
} from '../../bench/statistics/statistics.ts';

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

  it('averages ratios so that twice and half cancel', () => {
    expect(geometricMean([2, 0.5])).toBeCloseTo(1, 12);
  });

  it('shuffles by seed alone and loses nothing', () => {
    const items = [1, 2, 3, 4, 5, 6];
    expect(shuffled(items, seededRandom(3))).toEqual(shuffled(items, seededRandom(3)));
    expect(shuffled(items, seededRandom(3)).sort()).toEqual(items);
  });
});
