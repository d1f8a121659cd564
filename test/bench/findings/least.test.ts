import { describe, expect, it } from 'vitest';
import { least } from '../../../bench/findings/least.ts';
import { around, subjectWith, summariesOf } from './summaries.ts';

const finding = { type: 'least' as const, factor: 'codec', metrics: ['time', 'size'] };
const subject = subjectWith({ codec: ['none', 'fast', 'dense'], cores: ['1', '2'] });

describe('the least', () => {
  it('is told of each metric, with the levels that are no different', () => {
    const summaries = summariesOf([
      [
        { codec: 'none', cores: '1' },
        { time: around(10), size: [9, 9, 9] },
      ],
      [
        { codec: 'fast', cores: '1' },
        { time: around(10.001), size: [5, 5, 5] },
      ],
      [
        { codec: 'dense', cores: '1' },
        { time: around(30), size: [4, 4, 4] },
      ],
    ]);
    expect(least.tell(finding, subject, summaries, 1)).toEqual([
      expect.stringMatching(
        /^cores 1: least time with none, 10\.0 \(.*\) u, no significant difference to fast; least size with dense, 4\.00 \(4\.00 – 4\.00\) u\.$/,
      ),
    ]);
  });

  it('is not told of a level alone, nor of results that are wrong', () => {
    const summaries = summariesOf([
      [{ codec: 'none', cores: '1' }, { time: around(10) }],
      [{ codec: 'fast', cores: '1' }, { time: around(1) }],
    ]).map((summary) => (summary.levels.codec === 'fast' ? { ...summary, wrong: 'other rows' } : summary));
    expect(least.tell(finding, subject, summaries, 1)).toEqual([]);
  });
});
