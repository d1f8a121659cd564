import { describe, expect, it } from 'vitest';
import { savings } from '../../../bench/findings/savings.ts';
import { around, type Measured, subjectWith, summariesOf } from './summaries.ts';

const finding: Parameters<typeof savings.tell>[0] = {
  type: 'savings',
  factor: 'strategy',
  subject: 'push',
  baseline: 'pull',
  metrics: ['link', 'time'],
};
const subject = subjectWith({ selectivity: ['1', '100'], strategy: ['push', 'pull'] });
const cases: Measured[] = [
  [
    { selectivity: '1', strategy: 'push' },
    { link: around(1), time: around(50) },
  ],
  [
    { selectivity: '1', strategy: 'pull' },
    { link: around(100), time: around(100) },
  ],
  [
    { selectivity: '100', strategy: 'push' },
    { link: around(150), time: around(100) },
  ],
  [
    { selectivity: '100', strategy: 'pull' },
    { link: around(100), time: around(100) },
  ],
];

describe('savings', () => {
  it('are told as percents of the baseline, below 0 where it costs more', () => {
    expect(savings.tell(finding, subject, summariesOf(cases), 1)).toBe(
      'push instead of pull saves (least to most of 2 cases): link -50 to 99 %, time 0.0 to 50 %.',
    );
  });

  it('stand in a table with what they are of', () => {
    const table = savings.table?.(finding, subject, summariesOf(cases), 1);
    expect(table?.header).toEqual(['push instead of pull', 'link, u', 'saved, %', 'time, u', 'saved, %']);
    expect(table?.rows[0]?.slice(0, 2)).toEqual(['selectivity 1', '100 → 1.00']);
    expect(table?.rows[0]?.[2]).toMatch(/^99 \(99 – 99\)$/);
  });
});
