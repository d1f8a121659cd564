import { describe, expect, it } from 'vitest';
import { compare, compareSchema, ratioTable } from '../../../bench/findings/compare.ts';
import { around, type Measured, subjectWith, summariesOf } from './summaries.ts';

const finding = compareSchema.parse({ factor: 'lane', subject: 'wasm', baseline: 'js' });
const experiment = subjectWith({ query: ['q1', 'q6'], lane: ['wasm', 'js'] });
const tell = (cases: readonly Measured[], of = experiment) => compare.tell(finding, of, summariesOf(cases), 1);

const pair = (query: string, wasm: readonly number[], js: readonly number[]): Measured[] => [
  [{ query, lane: 'wasm' }, { time: wasm }],
  [{ query, lane: 'js' }, { time: js }],
];

describe('a comparison', () => {
  it('tells how many times as fast, with interval and p', () => {
    expect(tell(pair('q1', around(1), around(2)))).toMatch(
      /^wasm is 2\.00 times as fast as js \(2\.00 – 2\.00, p = 0\.002\)\.$/,
    );
  });

  it('makes ratios within rounds: a machine that slows down does not blur them', () => {
    const slowing = [1, 2, 3, 4, 5, 6];
    const doubled = slowing.map((value) => 2 * value);
    expect(tell(pair('q1', slowing, doubled))).toContain('wasm is 2.00 times as fast as js (2.00 – 2.00');
  });

  it('says that there is no significant difference when the test finds none, or the interval holds 1', () => {
    const same = /^no significant difference between wasm and js: wasm is [\d.]+ times as fast as js \(.*p = /;
    expect(tell(pair('q1', around(1), around(1)))).toMatch(same);
    // All ratios are above 1, but the times overlap.
    expect(tell(pair('q1', [1, 2, 3, 4, 5, 6], [1.1, 2.1, 3.1, 4.1, 5.1, 6.1]))).toMatch(same);
  });

  it('says that a few rounds are too few for a test', () => {
    expect(tell(pair('q1', around(1, 3), around(2, 3)))).toBe(
      'wasm is 2.00 times as fast as js in 3 rounds, too few for a test.',
    );
  });

  it('sums up several pairs by the geometric mean, and counts those that differ', () => {
    const cases = [...pair('q1', around(1), around(4)), ...pair('q6', around(1), around(1))];
    expect(tell(cases)).toMatch(
      /^wasm is 2\.00 times as fast as js \(.*geometric mean of 2 cases\), from 1\.00 \(q6\) to 4\.00 \(q1\): faster in 1, slower in 0, no significant difference in 1\.$/,
    );
  });

  it('gives each level of another factor a sentence of its own, where it is asked to', () => {
    const cases = [...pair('q1', around(1), around(4)), ...pair('q6', around(1), around(1))];
    const told = compare.tell({ ...finding, by: 'query' }, experiment, summariesOf(cases), 1);
    expect(told).toEqual([
      expect.stringMatching(/^q1: wasm is 4\.00 times as fast as js /),
      expect.stringMatching(/^q6: no significant difference between wasm and js: /),
    ]);
  });

  it('does not call a mixed suite faster', () => {
    const rough = (value: number) => [0.7, 0.8, 1, 1.1, 1.2, 1.3].map((factor) => value * factor);
    const cases = [...pair('q1', rough(1), around(1.05)), ...pair('q6', around(1), rough(1))];
    expect(tell(cases)).toMatch(/^no significant difference between wasm and js on the whole: /);
  });

  it('gives times over times where the experiment asks for them: then less is better', () => {
    const cases = [...pair('q1', around(1), around(4)), ...pair('q6', around(1), around(2))];
    const told = tell(cases, { ...experiment, ratio: 'time' });
    expect(told).toMatch(/^wasm takes 0\.354 times the time of js .*: faster in 2, slower in 0/);
  });

  it('tells no number of a case that is wrong', () => {
    const summaries = summariesOf([...pair('q1', around(1), around(4)), ...pair('q6', around(1), around(2))]).map(
      (summary) =>
        summary.levels.query === 'q6' && summary.levels.lane === 'js' ? { ...summary, wrong: 'why' } : summary,
    );
    expect(compare.tell(finding, experiment, summaries, 1)).toMatch(
      /^wasm is 4\.00 times as fast as js .*; results are wrong in 1: q6\.$/,
    );
    const table = ratioTable({ ...experiment, findings: [finding] }, summaries, 1);
    expect(table.rows.map(([name, cell]) => [name, cell!.split(' ')[0]])).toEqual([
      ['q1', '4.00'],
      ['q6', 'wrong'],
    ]);
  });

  it('is silent where either side is missing', () => {
    expect(tell(pair('q1', around(1), around(2)).slice(0, 1))).toBeUndefined();
  });
});
