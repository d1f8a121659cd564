import { describe, expect, it } from 'vitest';
import { crossover } from '../../../bench/findings/crossover.ts';
import { around, type Measured, subjectWith, summariesOf } from './summaries.ts';

const SELECTIVITIES = [1, 10, 100];
const finding = { type: 'crossover', x: 'selectivity', factor: 'strategy', subject: 'push', baseline: 'pull' } as const;
const subject = subjectWith({ link: ['10', '100'], selectivity: ['1', '10', '100'], strategy: ['push', 'pull'] });

/** Times of both at each selectivity. */
function race(link: string, push: (selectivity: number) => number, pull: (selectivity: number) => number): Measured[] {
  return SELECTIVITIES.flatMap((x): Measured[] => [
    [{ link, selectivity: String(x), strategy: 'push' }, { time: around(push(x)) }],
    [{ link, selectivity: String(x), strategy: 'pull' }, { time: around(pull(x)) }],
  ]);
}

const tell = (cases: readonly Measured[]) => crossover.tell(finding, subject, summariesOf(cases), 1);

describe('a crossover', () => {
  it('is found between levels, in logarithms: straight lines there cross where they do', () => {
    const told = tell(
      race(
        '10',
        (x) => 5 * x,
        () => 200,
      ),
    );
    expect(told).toEqual([
      expect.stringMatching(/^link 10: push is faster up to, and pull from, selectivity 40\.0 \(39\.\d – 40\.\d\)\.$/),
    ]);
  });

  it('says for each combination of the other levels when there is none', () => {
    const told = tell([
      ...race(
        '10',
        () => 1,
        () => 2,
      ),
      ...race(
        '100',
        () => 3,
        () => 2,
      ),
    ]);
    expect(told).toEqual([
      'link 10: push is faster than pull over the whole range, selectivity 1 to 100.',
      'link 100: pull is faster than push over the whole range, selectivity 1 to 100.',
    ]);
  });

  it('has an interval that tells when rounds leave open whether there is one', () => {
    const noisy = [100, 300, 150, 250, 190, 205];
    const cases = SELECTIVITIES.flatMap((x): Measured[] => [
      [{ link: '10', selectivity: String(x), strategy: 'push' }, { time: x === 100 ? noisy : [1, 1, 1, 1, 1, 1] }],
      [{ link: '10', selectivity: String(x), strategy: 'pull' }, { time: around(190) }],
    ]);
    expect(tell(cases)).toEqual([expect.stringMatching(/above 100\)/)]);
  });

  it('leaves out cases that are wrong', () => {
    const [first, ...rest] = summariesOf(
      race(
        '10',
        (x) => x,
        () => 5,
      ),
    );
    const told = crossover.tell(finding, subject, [{ ...first!, wrong: 'row 1' }, ...rest], 1);
    expect(told).toEqual(['link 10: pull is faster than push over the whole range, selectivity 10 to 100.']);
  });
});
