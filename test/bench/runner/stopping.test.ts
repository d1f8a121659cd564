import { describe, expect, it } from 'vitest';
import { stopReason, widestInterval } from '../../../bench/runner/stopping.ts';

const stop = { width: 0.05, least: 3, most: 6, seconds: 10 };

describe('the stopping rule', () => {
  it('asks for the least number of rounds, however narrow the interval and late the hour', () => {
    expect(stopReason(stop, { rounds: 2, seconds: 100, width: 0 })).toBeUndefined();
  });

  it('ends when the interval is narrow, when there are enough rounds, and when time is up, in this order', () => {
    expect(stopReason(stop, { rounds: 3, seconds: 1, width: 0.05 })).toBe('width');
    expect(stopReason(stop, { rounds: 3, seconds: 1, width: 0.06 })).toBeUndefined();
    expect(stopReason(stop, { rounds: 6, seconds: 1, width: 0.06 })).toBe('most');
    expect(stopReason(stop, { rounds: 6, seconds: 99, width: 0.01 })).toBe('width');
    expect(stopReason(stop, { rounds: 4, seconds: 10, width: 0.06 })).toBe('time');
  });

  it('is a fixed number of rounds when least and most are the same', () => {
    expect(stopReason({ ...stop, most: 3 }, { rounds: 3, seconds: 1, width: 0 })).toBe('most');
  });

  it('goes by the case of which least is known', () => {
    const narrow = [10, 10, 10, 10];
    const wide = [10, 11, 12, 13];
    expect(widestInterval([narrow, wide], 1)).toBe(widestInterval([wide], 1));
    expect(widestInterval([narrow], 1)).toBe(0);
  });
});
