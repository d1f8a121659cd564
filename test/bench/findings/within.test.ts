import { describe, expect, it } from 'vitest';
import { within } from '../../../bench/findings/within.ts';
import { subjectWith, summariesOf } from './summaries.ts';

const finding = { type: 'within', metric: 'deviation', bound: 1 } as const;
const subject = subjectWith({ duty: ['0.1', '0.5'] });

describe('a bound', () => {
  it('holds when every sample is within', () => {
    const summaries = summariesOf([[{ duty: '0.1' }, { deviation: [0.5, -0.75] }]]);
    expect(within.tell(finding, subject, summaries, 1)).toBe(
      'the deviation stays within ±1 u: from -0.750 to 0.500 u in 2 samples of 1 case.',
    );
  });

  it('is broken by a single sample, whatever the median', () => {
    const summaries = summariesOf([
      [{ duty: '0.1' }, { deviation: [0, 0, 1.5] }],
      [{ duty: '0.5' }, { deviation: [0, 0, 0] }],
    ]);
    expect(within.tell(finding, subject, summaries, 1)).toBe(
      'the deviation does not stay within ±1 u: from 0 to 1.50 u in 6 samples of 2 cases; beyond in duty 0.1 (1 of 3).',
    );
  });
});
