import { describe, expect, it } from 'vitest';
import { best } from '../../../bench/findings/best.ts';
import { around, type Measured, subjectWith, summariesOf } from './summaries.ts';

const finding = { type: 'best', x: 'duty', metric: 'efficiency', gain: 'rows' } as const;
const subject = subjectWith({ duty: ['0.1', '0.5', '1'], cores: ['1', '2'] });

function steps(
  cores: string,
  values: readonly (readonly [duty: string, efficiency: number, rows: number])[],
): Measured[] {
  return values.map(([duty, efficiency, rows]) => [
    { duty, cores },
    { efficiency: around(efficiency), rows: around(rows) },
  ]);
}

describe('the best level', () => {
  it('is named with those that are as good, and with the step from which more brings less', () => {
    const cases = steps('1', [
      ['0.1', 5, 1],
      ['0.5', 8, 5],
      ['1', 8, 7],
    ]);
    expect(best.tell(finding, subject, summariesOf(cases), 1)).toEqual([
      expect.stringMatching(
        /^cores 1: the best efficiency is 8\.00 \(.*\) u at duty 0\.5, no significant difference at 1; rows grow less than in proportion to duty from 0\.5 on: to 1 by 1\.40 \(.*\) times for 2\.00 times\.$/,
      ),
    ]);
  });

  it('says when gains keep pace, for each combination of the other levels', () => {
    const cases = ['1', '2'].flatMap((cores) =>
      steps(cores, [
        ['0.1', 5, 1],
        ['1', 6, 10],
      ]),
    );
    const told = best.tell(finding, subject, summariesOf(cases), 1) as readonly string[];
    expect(told.length).toBe(2);
    expect(told[1]).toMatch(/^cores 2: .* at duty 1; rows never grow less than in proportion to duty\.$/);
  });

  it('has nothing to say of a single level', () => {
    expect(best.tell(finding, subject, summariesOf(steps('1', [['1', 5, 1]])), 1)).toEqual([]);
  });
});
