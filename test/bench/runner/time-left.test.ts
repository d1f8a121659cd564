import { describe, expect, it } from 'vitest';
import { formatTimeLeft, TimeLeft } from '../../../bench/runner/time-left.ts';

describe('the time left', () => {
  it('is what the stopping rules allow, until a contest is done', () => {
    const left = new TimeLeft();
    left.plan('a', 4, 10);
    left.plan('b', 2, 20);
    expect(left.seconds()).toBe(80);
  });

  it('goes by the contests that are done: of the same experiment, else by how much of what was allowed they took', () => {
    const left = new TimeLeft();
    left.plan('a', 4, 10);
    left.plan('b', 2, 20);
    left.done('a', 5);
    expect(left.seconds()).toBe(3 * 5 + 2 * 10);
    left.drop('a');
    expect(left.seconds()).toBe(40);
  });

  it('is told as exactly as an estimate deserves', () => {
    expect([0.2, 40, 89.6, 200, 6000].map(formatTimeLeft)).toEqual(['1 s', '40 s', '90 s', '3 min', '1 h 40 min']);
  });
});
