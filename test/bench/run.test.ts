import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Kind } from '../../bench/kinds/kind.ts';
import { writeReport } from '../../bench/report/report.ts';
import { readRun } from '../../bench/results/run-folder.ts';
import { type BenchOptions, describeRun, refuseFailures, runBench } from '../../bench/run.ts';
import type { Levels } from '../../bench/samples/levels.ts';
import { EXPERIMENT, fakeKind } from './fake/kind.ts';

describe('a run', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-run-'));
    await mkdir(join(folder, 'workloads'));
    await writeFile(join(folder, 'workloads/fake.yaml'), EXPERIMENT);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const options = (out: string, kind: Kind, more: Partial<BenchOptions> = {}): BenchOptions => ({
    names: [],
    all: false,
    size: 'full',
    cores: [1],
    settings: [],
    out: join(folder, out),
    resume: false,
    flags: ['bench'],
    progress: () => {},
    signal: new AbortController().signal,
    workloads: join(folder, 'workloads'),
    kinds: { fake: kind },
    draw: async () => {},
    settle: async () => {},
    ...more,
  });

  it('leaves samples, manifest, figures, and a page that needs no network', async () => {
    const run = await runBench(options('whole', fakeKind().kind, { draw: writeReport }));
    expect(run.samples.filter(({ metric }) => metric === 'time')).toHaveLength(2 * 2 * 4);
    const { manifest, samples } = await readRun(run.folder);
    expect(samples).toEqual(run.samples);
    expect(manifest.data).toEqual([{ experiment: 'fake', file: 'x.csv', rows: 1, bytes: 2, sha256: 'ab' }]);
    expect(manifest.skipped).toEqual([{ experiment: 'fake', what: 'size 3', why: 'it is too large' }]);
    expect(manifest.finished).not.toBeNull();
    const page = await readFile(join(run.folder, 'index.html'), 'utf8');
    expect(page).toContain('Is a faster than b, &lt; 2 &amp; &gt; 1?');
    expect(page).toContain('<svg');
    expect(page).not.toMatch(/<(script|link|img)[^>]*(src|href)="(?!data:)|@import/);
    expect((await stat(join(run.folder, 'figures/fake-84mm.png'))).size).toBeGreaterThan(5000);
    expect(describeRun(run)).toMatch(/a is (1\.9\d|2\.0\d|2\.00) times as fast as b/);
  });

  it('measures lanes in turns: every round has each lane once', async () => {
    const { kind, measured } = fakeKind();
    await runBench(options('turns', kind));
    for (let i = 0; i < measured.length; i += 2) {
      expect(new Set([measured[i]!.lane, measured[i + 1]!.lane])).toEqual(new Set(['a', 'b']));
      expect(measured[i]!.size).toBe(measured[i + 1]!.size);
    }
  });

  it('goes on when lanes answer differently, and shows them as wrong, without a number or a ratio', async () => {
    const fake = fakeKind({ answer: ({ lane, size }) => (lane === 'b' && size === '2' ? '43' : '42') });
    const run = await runBench(options('different', fake.kind, { draw: writeReport }));
    const why = 'row 1, column 1: 43 against 42';
    expect((await readRun(run.folder)).manifest.wrong).toMatchObject([
      { experiment: 'fake', levels: { size: '2', lane: 'a' } },
      { experiment: 'fake', levels: { size: '2', lane: 'b' }, why: `the result differs from 2, a: ${why}` },
    ]);
    expect(() => refuseFailures(run.manifest)).toThrow('the results of 2 cases are wrong');
    const told = describeRun(run);
    expect(told).toMatch(/^ *2 +wrong +wrong$/m);
    expect(told).toContain(why);
    expect(told).toMatch(/a is [\d.]+ times as fast as b .*; results are wrong in 1: 2\.$/m);
    expect(await readFile(join(run.folder, 'index.html'), 'utf8')).toContain('wrong');
  });

  it('takes sums of f64 for equal that differ in the last digits', async () => {
    const answer = ({ lane }: Levels) => (lane === 'a' ? '0.30000000000000004' : '0.3');
    await expect(runBench(options('close', fakeKind({ answer }).kind))).resolves.toBeDefined();
  });

  it('writes down an experiment that fails, keeps what it measured, and goes on behind it when it is resumed', async () => {
    const broken = fakeKind({ fail: ({ size }) => size === '2' });
    const first = await runBench(options('resumed', broken.kind));
    expect(broken.closed()).toBe(1);
    expect(first.manifest.failed).toEqual([{ experiment: 'fake', why: 'the server is gone' }]);
    expect(() => refuseFailures(first.manifest)).toThrow('experiments that broke off: fake');
    expect(describeRun(first)).toContain('broke off: the server is gone');
    expect(new Set(first.samples.map(({ levels }) => levels.size))).toEqual(new Set(['1']));
    await expect(runBench(options('resumed', fakeKind().kind))).rejects.toThrow('holds a run already');
    const second = fakeKind();
    const run = await runBench(options('resumed', second.kind, { resume: true }));
    expect(new Set(second.measured.map(({ size }) => size))).toEqual(new Set(['2']));
    expect(run.samples.filter(({ metric }) => metric === 'time')).toHaveLength(2 * 2 * 4);
    expect(run.manifest.resumed).toHaveLength(1);
    expect(run.manifest.failed).toEqual([]);
  });

  it('measures nothing more once it is interrupted, and draws the contests that are done', async () => {
    const interrupt = new AbortController();
    const fake = fakeKind();
    const measured = {
      ...fake.kind,
      open: async (...given: Parameters<Kind['open']>) => {
        const session = await fake.kind.open(...given);
        return {
          ...session,
          measure: async (levels: Levels) => {
            if (levels.size === '2') interrupt.abort();
            return session.measure(levels);
          },
        };
      },
    };
    const run = runBench(options('interrupted', measured, { signal: interrupt.signal, draw: writeReport }));
    await expect(run).rejects.toThrow('interrupted');
    expect(fake.closed()).toBe(1);
    const { manifest, samples } = await readRun(join(folder, 'interrupted'));
    expect(manifest.finished).toBeNull();
    expect(manifest.failed).toEqual([]);
    expect(new Set(samples.map(({ levels }) => levels.size))).toEqual(new Set(['1']));
    expect(await readFile(join(folder, 'interrupted/index.html'), 'utf8')).toContain('<svg');
  });
});
