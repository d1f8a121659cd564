import { describe, expect, it } from 'vitest';
import { settles } from '../../../bench/findings/settles.ts';
import { around, subjectWith, summariesOf } from './summaries.ts';

const finding = { type: 'settles', x: 'call', within: 0.1 } as const;
const subject = subjectWith({ call: ['1', '2', '4', '8'], lane: ['js', 'wasm'] });

function course(lane: string, times: Readonly<Record<string, number>>) {
  return Object.entries(times).map(([call, time]) => [{ lane, call }, { time: around(time) }] as const);
}

describe('the first calls', () => {
  it('settle behind the last call that is too slow, even where an earlier one was fast enough', () => {
    const summaries = summariesOf(course('js', { 8: 10, 1: 100, 2: 10.5, 4: 12 }));
    expect(settles.tell(finding, subject, summaries, 1)).toEqual([
      expect.stringMatching(
        /^js: call 1 takes 10\.0 \(.*\) times as long as call 8; at most 10\.0 % above it from call 8/,
      ),
    ]);
  });

  it('settle at the first call where all are alike, and calls that are faster than the last do no harm', () => {
    const [told] = settles.tell(finding, subject, summariesOf(course('js', { 1: 9, 2: 7, 4: 10, 8: 10 })), 1) ?? [];
    expect(told).toContain('from call 1 on (1 – 1)');
  });

  it('come with the range of places that the rounds leave open', () => {
    const summaries = summariesOf([
      [{ lane: 'wasm', call: '1' }, { time: [30, 30, 30, 30, 30] }],
      [{ lane: 'wasm', call: '2' }, { time: [20, 20, 10, 10, 10] }],
      [{ lane: 'wasm', call: '4' }, { time: [10, 10, 10, 10, 10] }],
    ]);
    expect(settles.tell(finding, subject, summaries, 1)).toEqual([expect.stringContaining('from call 2 on (2 – 4)')]);
  });

  it('tell which compilers made the code, in their order, and nothing of results that are wrong', () => {
    const times = course('js', { 1: 9, 2: 7, 8: 7 });
    const tiers = [
      [
        { lane: 'js', call: '8' },
        { TurboFan: [6, 7, 8], Ignition: [1, 1, 1] },
      ],
    ] as const;
    const inCalls = summariesOf(tiers).map((summary) => ({ ...summary, unit: 'call' }));
    const summaries = [...summariesOf(times), ...inCalls];
    expect(settles.tell(finding, subject, summaries, 1)).toEqual([
      expect.stringMatching(/; first call in the code of: Ignition 1, TurboFan 7 \(6 – 8\)\.$/),
    ]);
    expect(
      settles.tell(
        finding,
        subject,
        summaries.map((summary) => ({ ...summary, wrong: 'other' })),
        1,
      ),
    ).toEqual([]);
  });
});
