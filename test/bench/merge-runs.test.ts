import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mergeRuns } from '../../bench/merge-runs.ts';
import { readRun, writeRun } from '../../bench/results/run-folder.ts';
import { describeRun } from '../../bench/run.ts';
import { fakeRun } from './fake/run.ts';

const laptop = fakeRun('runs/laptop');
const slow = fakeRun('runs/pi');
const pi = {
  ...slow,
  samples: slow.samples.map((sample) => ({ ...sample, value: 8 * sample.value })),
  manifest: {
    ...slow.manifest,
    environment: { ...slow.manifest.environment, cpu: 'a small processor' },
    skipped: [{ experiment: 'fake', what: 'size 3', why: 'it is too large' }],
    wrong: [{ experiment: 'fake', levels: { size: '2', lane: 'a' }, why: 'it differs' }],
  },
};

describe('runs of several machines', () => {
  it('become one, with the machine as a factor of every sample, and keep their environments', async () => {
    const { manifest, samples, warnings } = mergeRuns([laptop, pi]);
    expect(warnings).toEqual([]);
    expect(samples).toHaveLength(2 * laptop.samples.length);
    expect(new Set(samples.map(({ levels }) => levels.machine))).toEqual(new Set(['laptop', 'pi']));
    expect(manifest.experiments[0]!.factors).toEqual({ size: ['1', '2'], lane: ['a', 'b'], machine: ['laptop', 'pi'] });
    expect(manifest.machines.map(({ name, environment }) => [name, environment.cpu])).toEqual([
      ['laptop', 'a processor'],
      ['pi', 'a small processor'],
    ]);
    expect(manifest.skipped).toEqual([{ experiment: 'fake', what: 'pi: size 3', why: 'it is too large' }]);
    expect(manifest.contests.map(({ levels }) => levels.machine)).toEqual(['laptop', 'pi']);
    const folder = await mkdtemp(join(tmpdir(), 'sluice-merge-'));
    try {
      await writeRun({ folder, manifest, samples });
      expect(await readRun(folder)).toEqual({ folder, manifest, samples });
      expect((await readFile(join(folder, 'samples.csv'), 'utf8')).split('\n')[0]).toMatch(/,size,machine$/);
      await expect(writeRun({ folder, manifest, samples })).rejects.toThrow('holds a run already');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('compare lanes on one machine each, and know on which a result was wrong', () => {
    const { manifest, samples } = mergeRuns([laptop, pi]);
    const told = describeRun({ folder: 'both', manifest, samples });
    expect(told).toMatch(
      /a is 2\.00 times as fast as b \(.*geometric mean of 3 cases\).*; results are wrong in 1: 2 pi\./,
    );
    expect(told).toMatch(/^ *2 +pi +wrong +\d/m);
  });

  it('leave out an experiment that was not the same', () => {
    const experiments = pi.manifest.experiments.map((experiment) => ({ ...experiment, version: 2 }));
    const { samples, warnings } = mergeRuns([laptop, { ...pi, manifest: { ...pi.manifest, experiments } }]);
    expect(warnings).toEqual(['fake of pi is left out: its version, data or settings differ']);
    expect(samples).toHaveLength(laptop.samples.length);
  });

  it('must have folders of different names, and must not be merged already', () => {
    expect(() => mergeRuns([laptop, fakeRun('others/laptop')])).toThrow(
      'two of the runs are in folders named "laptop"',
    );
    expect(() => mergeRuns([laptop, { ...mergeRuns([laptop, pi]), folder: 'both' }])).toThrow('is merged already');
  });
});
