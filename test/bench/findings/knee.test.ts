import { describe, expect, it } from 'vitest';
import { knee } from '../../../bench/findings/knee.ts';
import { around, type Measured, subjectWith, summariesOf } from './summaries.ts';

const SIZES = [2 ** 10, 2 ** 12, 2 ** 14, 2 ** 16];
const finding = { type: 'knee', x: 'size', factor: 'lane', level: 'wasm-simd' } as const;
const subject = subjectWith({ kernel: ['sum', 'sort'], size: SIZES.map(String), lane: ['js', 'wasm-simd'] });

/** Nanoseconds of an element at each size, of 8 bytes each; the caches end at 32 KiB and 128 KiB. */
function curve(kernel: string, each: readonly number[], lane = 'wasm-simd'): Measured[] {
  return SIZES.map((size, i): Measured => {
    const bytes = size * 8;
    const cache = bytes <= 2 ** 15 ? 1 : bytes <= 2 ** 17 ? 2 : 0;
    return [
      { kernel, size: String(size), lane },
      { each: around(each[i]!), bytes: [bytes], cache: [cache] },
    ];
  });
}

const tell = (cases: readonly Measured[]) => knee.tell(finding, subject, summariesOf(cases), 1);

describe('a knee', () => {
  it('is where an element takes longer than at best for good, and names the cache that the arrays outgrow', () => {
    const told = tell([...curve('sum', [1, 1.01, 1.05, 3]), ...curve('sort', [2, 2, 3, 5])]) as string[];
    expect(told).toHaveLength(2);
    expect(told[0]).toMatch(
      /^wasm-simd: against L1, an element takes 1\.2\d times as long \(.*\) from L2 and 2\.7\d times as long .* from memory \(geometric means of 2 cases\)\.$/,
    );
    expect(told[1]).toMatch(
      /^wasm-simd: time is linear until the arrays outgrow L2: kernel sum at 2\^16 \(512 KiB; 3\.00 times as long \([^)]*\)\); until the arrays outgrow L1: kernel sort at 2\^14 \(128 KiB; 2\.50 times as long \([^)]*\) at 2\^16\)/,
    );
  });

  it('is none where an element takes as long at the end as at best, whatever was between', () => {
    expect(tell(curve('sum', [1.5, 2, 1, 1.02]))).toContain('wasm-simd: time is linear to the end: kernel sum.');
  });

  it('says so when the caches do not explain it, or are not known', () => {
    const within = curve('sum', [1, 2, 2, 2]);
    expect((tell(within) as string[])[1]).toContain('up to a size within L1: kernel sum at 2^12');
    const unknown = within.map(([levels, { each }]): Measured => [levels, { each: each! }]);
    expect(tell(unknown)).toEqual([
      expect.stringMatching(/^wasm-simd: time is linear up to a size: kernel sum at 2\^12 \(2/),
    ]);
  });

  it('is told of the level that is asked for alone', () => {
    expect(tell(curve('sum', [1, 1, 1, 9], 'js'))).toBeUndefined();
  });
});
