import { describe, expect, it } from 'vitest';
import { amdahl } from '../../../bench/findings/amdahl.ts';
import { around, type Measured, subjectWith, summariesOf } from './summaries.ts';

const finding = { type: 'amdahl', x: 'cores', factor: 'way' } as const;
const subject = subjectWith({ kernel: ['sum', 'sort'], way: ['shared', 'own'], cores: ['1', '2', '4'] });

/** Times after the law, for a serial fraction. */
function scaling(kernel: string, way: string, serial: number, counts: readonly number[]): Measured[] {
  return counts.map(
    (p): Measured => [{ kernel, way, cores: String(p) }, { time: around(10 * (serial + (1 - serial) / p)) }],
  );
}

const tell = (cases: readonly Measured[]) => amdahl.tell(finding, subject, summariesOf(cases), 1);

describe("Amdahl's law", () => {
  it('is fitted to the speed-ups, and how well it fits is told', () => {
    expect(tell(scaling('sum', 'shared', 0.2, [1, 2, 4]))).toEqual([
      expect.stringMatching(
        /^shared: the serial fraction is 0\.200 \(.+\), kernel sum, which limits the speed-up to 5\.00; speed-ups are off Amdahl's law by .+ % at most\.$/,
      ),
    ]);
  });

  it('tells the least and the largest fraction of each level', () => {
    const told = tell([
      ...scaling('sort', 'shared', 0.5, [1, 2, 4]),
      ...scaling('sum', 'shared', 0.25, [1, 2, 4]),
      ...scaling('sum', 'own', 0.1, [1, 2, 4]),
    ]);
    expect(told).toEqual([
      expect.stringMatching(/^shared: .+ goes from 0\.250 .+ kernel sum.+ to 0\.500 .+ kernel sort/),
      expect.stringMatching(/^own: the serial fraction is 0\.100/),
    ]);
  });

  it('says that two numbers of cores are too few to tell', () => {
    const told = tell(scaling('sum', 'own', 0.1, [1, 2]));
    expect(told).toHaveLength(2);
    expect(told?.[0]).not.toContain('off Amdahl');
    expect(told?.[1]).toMatch(/^measured at 1 and 2 cores only, where any serial fraction fits/);
  });

  it('does not promise a speed-up where more cores are slower', () => {
    expect(tell(scaling('sum', 'own', 1.5, [1, 2]))?.[0]).toMatch(/1\.50 \(.+\), kernel sum, where more are no faster/);
  });

  it('says nothing without the time of one core, or of wrong results', () => {
    expect(tell(scaling('sum', 'own', 0.1, [2, 4]))).toBeUndefined();
    const wrong = summariesOf(scaling('sum', 'own', 0.1, [1, 2])).map((summary) => ({ ...summary, wrong: 'row 1' }));
    expect(amdahl.tell(finding, subject, wrong, 1)).toBeUndefined();
  });

  it('has a table of all cases', () => {
    const summaries = summariesOf(scaling('sum', 'own', 0.5, [1, 2, 4]));
    const table = amdahl.table?.(finding, subject, summaries, 1);
    expect(table?.header).toEqual([
      '',
      'speed-up at 2 cores',
      'speed-up at 4 cores',
      'serial fraction',
      'speed-up at most',
    ]);
    expect(table?.rows).toEqual([
      [
        'kernel sum, way own',
        expect.stringMatching(/^1\.33/),
        expect.stringMatching(/^1\.60/),
        expect.stringMatching(/^0\.500/),
        '2.00',
      ],
    ]);
  });
});
