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

  it('is not led astray by one experiment that takes far longer than its rule allows', () => {
    const left = new TimeLeft();
    for (const name of ['a', 'b', 'c']) left.plan(name, 1, 10);
    left.plan('d', 10, 20);
    left.done('a', 200);
    left.done('b', 5);
    left.done('c', 4);
    expect(left.seconds()).toBe(10 * 20 * 0.5);
  });

  it('is told as exactly as an estimate deserves', () => {
    expect([0.2, 40, 89.6, 200, 6000].map(formatTimeLeft)).toEqual(['1 s', '40 s', '90 s', '3 min', '1 h 40 min']);
  });
});
