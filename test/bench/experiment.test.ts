import { describe, expect, it } from 'vitest';
import { loadExperiments, parseExperiment, resize, selectExperiments } from '../../bench/experiment/experiment.ts';
import { combinations, coresUpTo, parseCores, parseSetting, resolveFactors } from '../../bench/experiment/factors.ts';
import { kindOf } from '../../bench/kinds/registry.ts';

const TEXT = `
name: tiny
version: 1
default: true
kind: array-kernels
question: Which is faster?
method: By counting.
stop: { most: 7 }
warmup: 0
factors:
  kernel: [sum]
  size: [2^4, 16]
  lane: [js, wasm-simd]
  copy: [in-place]
figure:
  x: { factor: size, title: Size, scale: log2 }
  y: { metric: rate, title: Rate }
  series: lane
findings:
  - { factor: lane, subject: wasm-simd, baseline: js }
quick:
  stop: { least: 2 }
  factors: { size: [16] }
`;

describe('experiments', () => {
  it('are all valid, with a kind that has their factors', async () => {
    const experiments = await loadExperiments();
    expect(experiments.length).toBeGreaterThanOrEqual(3);
    for (const experiment of experiments) expect(() => kindOf(experiment)).not.toThrow();
  });

  it('name the file and the key that is wrong', () => {
    expect(() => parseExperiment(TEXT.replace('most: 7', 'most: many'), 'workloads/tiny.yaml')).toThrow(
      /workloads\/tiny\.yaml: stop.most: .*expected number/,
    );
    expect(() => parseExperiment(TEXT.replace('method:', 'methods:'), 'tiny.yaml')).toThrow(/tiny\.yaml: .*methods/);
    expect(() => parseExperiment(TEXT.replace('series: lane', 'series: line'), 'tiny.yaml')).toThrow(
      'tiny.yaml: figure.series: "line" is not a factor of this experiment (it has kernel, size, lane, copy)',
    );
  });

  it('name the line of broken YAML', () => {
    expect(() => parseExperiment('name: [a\nversion: 1', 'tiny.yaml')).toThrow(/tiny\.yaml: .*line \d/);
  });

  it('shrink for --quick in what they say, and in nothing else', () => {
    const experiment = parseExperiment(TEXT, 'tiny.yaml');
    const quick = resize(experiment, 'quick');
    expect(quick.stop).toEqual({ width: 0.05, least: 2, most: 7, seconds: 20 });
    expect(quick.factors).toEqual({ ...experiment.factors, size: ['16'] });
    expect(quick.settings).toEqual(experiment.settings);
  });

  it('are chosen by name, and an unknown name is told what there is', () => {
    const experiment = parseExperiment(TEXT, 'tiny.yaml');
    expect(selectExperiments([{ ...experiment, default: false }], [], false)).toEqual([]);
    expect(selectExperiments([experiment], ['tiny'], false)).toEqual([experiment]);
    expect(() => selectExperiments([experiment], ['big'], false)).toThrow(
      'there is no experiment "big" (there are tiny)',
    );
  });
});

describe('factors', () => {
  it('read --cores N as doubling up to N and --cores A,B as it stands', () => {
    expect(parseCores('1')).toEqual([1]);
    expect(parseCores('6')).toEqual([1, 2, 4, 6]);
    expect(parseCores('4,1')).toEqual([1, 4]);
    expect(coresUpTo(3)).toEqual([1, 2, 3]);
    for (const wrong of ['0', 'x', '1,', '-2', '']) expect(() => parseCores(wrong)).toThrow(/--cores/);
  });

  it('take --set before the file and refuse a factor that no experiment has', () => {
    const experiment = parseExperiment(TEXT, 'tiny.yaml');
    const [set] = resolveFactors([experiment], [1, 2], [parseSetting('size=8,32')]);
    expect(set!.factors.size).toEqual(['8', '32']);
    expect(() => resolveFactors([experiment], [1], [parseSetting('colour=red')])).toThrow(
      /no chosen experiment.*"colour"/,
    );
    expect(() => parseSetting('size')).toThrow('expected FACTOR=LEVEL');
  });

  it('stand for all or the most cores of the run where the file says so', () => {
    const experiment = parseExperiment(TEXT, 'tiny.yaml');
    const [first] = resolveFactors([{ ...experiment, factors: { cores: 'all', lane: 'max' } }], [1, 2], []);
    expect(first!.factors).toEqual({ cores: ['1', '2'], lane: ['2'] });
    expect(combinations(first!.factors)).toEqual([
      { cores: '1', lane: '2' },
      { cores: '2', lane: '2' },
    ]);
  });
});
