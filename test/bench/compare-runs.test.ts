import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareRuns, compareSummary, compareTable } from '../../bench/compare-runs.ts';
import type { Run } from '../../bench/results/run-folder.ts';
import type { Sample } from '../../bench/samples/samples.ts';
import { fakeRun, writeFakeRun } from './fake/run.ts';

const SLUICE = fileURLToPath(new URL('../../cli/sluice.ts', import.meta.url));

const changed = (run: Run, change: (sample: Sample) => number): Run => ({
  ...run,
  samples: run.samples.map((sample) => ({ ...sample, value: change(sample) })),
});
const before = fakeRun('before');
const slowB = changed(before, ({ levels, value }) => (levels.lane === 'b' ? 1.5 * value : value));

function verdicts(left: Run, right: Run, threshold = 5) {
  const { changes } = compareRuns(left, right, threshold);
  return Object.fromEntries(changes.map(({ levels, verdict }) => [`${levels.lane}${levels.size}`, verdict]));
}

describe('two runs', () => {
  it('compare by case: what became slower beyond the threshold is named so', () => {
    expect(verdicts(before, slowB)).toEqual({ a1: 'same', b1: 'slower', a2: 'same', b2: 'slower' });
    expect(verdicts(before, slowB, 80)).toEqual({ a1: 'same', b1: 'same', a2: 'same', b2: 'same' });
    expect(verdicts(slowB, before)).toMatchObject({ b1: 'faster', b2: 'faster' });
  });

  it('do not differ where the test finds nothing significant, however small the threshold is', () => {
    const odd = changed(before, ({ round, value }) => (round === 0 ? 3 * value : round === 1 ? value / 2 : value));
    expect(verdicts(before, odd, 0)).toEqual({ a1: 'same', b1: 'same', a2: 'same', b2: 'same' });
  });

  it('cannot be told apart by a few rounds', () => {
    const few = { ...slowB, samples: slowB.samples.filter(({ round }) => round < 2) };
    expect(verdicts(before, few)).toMatchObject({ b1: 'few' });
  });

  it('tell which cases only one of them has', () => {
    const part = { ...before, samples: before.samples.filter(({ levels }) => levels.size === '1') };
    expect(compareRuns(before, part, 5)).toMatchObject({ onlyBefore: ['fake: 2, a', 'fake: 2, b'], onlyAfter: [] });
    expect(compareSummary(compareRuns(part, before, 5))).toContain('only in the second run: fake: 2, b');
  });

  it('show no number of a case that is wrong', () => {
    const levels = { size: '1', lane: 'b' };
    const wrong = [{ experiment: 'fake', levels, why: 'it differs' }];
    const bad = { ...before, manifest: { ...before.manifest, wrong } };
    expect(verdicts(before, bad)).toMatchObject({ b1: 'broken' });
    expect(verdicts(bad, before)).toMatchObject({ b1: 'wrong' });
    const row = compareTable(compareRuns(before, bad, 5).changes).rows.find((cells) => cells.at(-1) === 'broken');
    expect(row).toEqual(['fake', '1, b', '', '', '', '', '', 'broken']);
  });

  it('are not compared where the version of the experiment differs', () => {
    const experiments = before.manifest.experiments.map((experiment) => ({ ...experiment, version: 2 }));
    const { changes, warnings, onlyBefore } = compareRuns(
      before,
      { ...before, manifest: { ...before.manifest, experiments } },
      5,
    );
    expect({ changes, onlyBefore }).toEqual({ changes: [], onlyBefore: [] });
    expect(warnings).toEqual(['fake: version, data or settings differ, so its cases are left out']);
  });
});

describe('sluice bench compare', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-compare-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const compare = (...args: string[]) =>
    new Promise<{ status: number | string; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, [SLUICE, 'bench', 'compare', ...args], (error, stdout, stderr) => {
        resolve({ status: error?.code ?? 0, stdout, stderr });
      });
    });

  it('exits 1 when the times in a copy of samples.csv are doubled, and 0 when they are not', async () => {
    const { folder: first } = await writeFakeRun(folder, 'first');
    const { folder: second } = await writeFakeRun(folder, 'second');
    expect(await compare(first, second, '--threshold', '10')).toMatchObject({ status: 0, stderr: '' });
    const path = join(second, 'samples.csv');
    const lines = (await readFile(path, 'utf8')).split('\n');
    const doubled = lines.map((line) => line.replace(/,time,([\d.]+),/, (_, ms) => `,time,${2 * Number(ms)},`));
    await writeFile(path, doubled.join('\n'));
    const { status, stdout, stderr } = await compare(first, second, '--threshold', '10');
    expect(status).toBe(1);
    expect(stderr).toBe('sluice: 4 of 4 cases are slower by more than 10 %\n');
    expect(stdout).toMatch(/fake +2, b +4\.06 +8\.12 +\+100\.0 % .* 0\.029 +slower/);
    expect(stdout).toContain('not corrected for the number of cases');
    expect((await compare(second, first, '--threshold', '10')).status).toBe(0);
  });
});
