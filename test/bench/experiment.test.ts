import { describe, expect, it } from 'vitest';
import { resize } from '../../bench/experiment/experiment.ts';
import { combinations, coresUpTo, parseCores, parseSetting, resolveFactors } from '../../bench/experiment/factors.ts';
import { loadExperiments, parseExperiment, selectExperiments } from '../../bench/experiment/read-experiments.ts';
import { kindOf } from '../../bench/kinds/registry.ts';
import { contestsOf } from '../../bench/runner/contest.ts';

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

  it.each([
    ['full', 215],
    ['quick', 60],
  ] as const)(
    'run by default are done in time: %s on two cores within %i s, besides warm-up and drawing',
    async (size, limit) => {
      const usual = (await loadExperiments()).filter((experiment) => experiment.default);
      const sized = usual.map((experiment) => resize(experiment, size));
      const seconds = resolveFactors(sized, [1, 2], []).map((experiment) => {
        const contests = contestsOf(combinations(experiment.factors), kindOf(experiment).contenders);
        return contests.length * experiment.stop.seconds;
      });
      expect(seconds.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(limit);
    },
  );

  it.each([
    ['most: 7', 'most: many', '8:9: stop.most: expected number, found "many"'],
    [
      'most: 7',
      'mots: 7',
      '8:9: stop.mots: there is no such key; did you mean "most"? (there are width, least, most, seconds)',
    ],
    ['method: By counting.\n', '', '1:1: method: is missing: expected string'],
    [
      'series: lane',
      'series: line',
      '17:3: figure.series: "line" is no factor of this experiment; did you mean "lane"?',
    ],
    [
      'subject: wasm-simd',
      'subject: wasm-smd',
      'findings.0.subject: "wasm-smd" is no level of the factor lane; did you mean "wasm-simd"?',
    ],
    ['factor: lane,', 'type: ambdahl, factor: lane,', '19:7: findings.0.type: found "ambdahl"; did you mean "amdahl"?'],
    [
      'scale: log2',
      'scale: log3',
      '15:35: figure.x.scale: found "log3"; did you mean "log2"? (there are level, log2, log10)',
    ],
    ['size: [2^4, 16]', 'size: many', '12:3: factors.size: expected a list of levels, "all" or "max", found "many"'],
    [
      'y: { metric: rate, title: Rate }',
      'y: { metric: rate, title: Rate, scale: log10 }\n  mark: bars',
      '16:35: figure.y.scale: the length of a bar tells nothing on a logarithmic axis',
    ],
    ['stop: { least: 2 }', 'stop: { least: 9 }', '21:3: quick.stop: least (9) is more than most (7)'],
  ])('name place, key and what was expected: %s as %s', (right, wrong, complaint) => {
    expect(TEXT).toContain(right);
    expect(() => parseExperiment(TEXT.replace(right, wrong), 'workloads/tiny.yaml')).toThrow(complaint);
    expect(() => parseExperiment(TEXT.replace(right, wrong), 'workloads/tiny.yaml')).toThrow(/^workloads\/tiny.yaml:/);
  });

  it('name every mistake, a line each', () => {
    const text = TEXT.replace('method:', 'methods:').replace('warmup: 0', 'warmup: -1');
    expect(() => parseExperiment(text, 'tiny.yaml')).toThrow(/ warmup: .*\n.* method: .*\n.* methods: /);
  });

  it('name the kind that was meant, and the factors that it needs', () => {
    const experiment = parseExperiment(TEXT, 'tiny.yaml');
    expect(() => kindOf({ ...experiment, kind: 'array-kernel' })).toThrow(
      'workloads/tiny.yaml: kind: no "array-kernel"; did you mean "array-kernels"?',
    );
    const { size: _, ...factors } = experiment.factors;
    expect(() => kindOf({ ...experiment, factors: { ...factors, sise: ['16'] } })).toThrow(
      'workloads/tiny.yaml: factors: "size" is missing, which the kind array-kernels needs; the kind array-kernels has no "sise"',
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

  it('may be smaller as one of the default ones than by their name', () => {
    const experiment = parseExperiment(`${TEXT}asDefault: { factors: { size: [16] } }\n`, 'tiny.yaml');
    const [asDefault] = selectExperiments([experiment], [], false);
    expect(asDefault!.factors.size).toEqual(['16']);
    expect(selectExperiments([experiment], ['tiny'], false)).toEqual([experiment]);
    expect(selectExperiments([experiment], [], true)).toEqual([experiment]);
  });

  it('are chosen by name, and an unknown name is told what there is', () => {
    const experiment = parseExperiment(TEXT, 'tiny.yaml');
    expect(selectExperiments([{ ...experiment, default: false }], [], false)).toEqual([]);
    expect(selectExperiments([experiment], ['tiny'], false)).toEqual([experiment]);
    expect(() => selectExperiments([experiment], ['big'], false)).toThrow(
      'there is no experiment "big"; there is tiny',
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
