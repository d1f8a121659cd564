import { describe, expect, it } from 'vitest';
import { linear } from '../../../bench/findings/linear.ts';
import { around, type Measured, subjectWith, summariesOf } from './summaries.ts';

const SIZES = [64, 1024, 16384, 262144];
const finding = { type: 'linear', x: 'size' } as const;
const subject = subjectWith({ size: SIZES.map(String), way: ['clone', 'copy'] });

/** Nanoseconds by bytes, as milliseconds. */
function measured(way: string, ns: (bytes: number) => number): Measured[] {
  return SIZES.map((size): Measured => [{ size: String(size), way }, { time: around(ns(size) / 1e6) }]);
}

const tell = (cases: readonly Measured[]) => linear.tell(finding, subject, summariesOf(cases), 1);

describe('a line', () => {
  it('tells what a call and a KiB cost, in units fit to read', () => {
    const told = tell([
      ...measured('clone', (bytes) => 40_000 + (2000 * bytes) / 1024),
      ...measured('copy', (bytes) => 20 + (30 * bytes) / 1024),
    ]);
    expect(told).toEqual([
      expect.stringMatching(/^way clone: 40\.0 µs \(.+\) a call and 2\.00 µs \(.+\) a KiB; the line is off by/),
      expect.stringMatching(/^way copy: 20\.0 ns \(.+\) a call and 30\.0 ns \(.+\) a KiB; the line is off by/),
    ]);
  });

  it('is not pulled away by a size that does not fit, and names it', () => {
    const told = tell(measured('copy', (bytes) => (20 + (30 * bytes) / 1024) * (bytes === 262144 ? 4 : 1)));
    expect(told).toEqual([
      expect.stringMatching(
        /^way copy: 20\.0 ns .* 30\.0 ns .* a KiB; the line is off by 75\.0 % at most, at size 262144\.$/,
      ),
    ]);
  });

  it('needs three sizes, and right answers', () => {
    const cases = measured('copy', (bytes) => bytes);
    expect(tell(cases.slice(0, 2))).toEqual([]);
    const summaries = summariesOf(cases).map((summary, i) => (i < 2 ? { ...summary, wrong: 'row 1' } : summary));
    expect(linear.tell(finding, subject, summaries, 1)).toEqual([]);
  });
});
