import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caseKey } from '../../bench/samples/levels.ts';
import { formatSamples, parseSamples, type Sample, SamplesFile } from '../../bench/samples/samples.ts';

const sample: Sample = {
  experiment: 'scan',
  levels: { cores: '2', format: 'csv', query: 'with, "comma"\nand line', lane: 'js' },
  round: 3,
  metric: 'time',
  value: 0.1 + 0.2,
  unit: 'ms',
  disturbed: true,
};

describe('samples.csv', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-samples-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('begins with the fixed columns, then one a factor', () => {
    expect(formatSamples([], ['query'])).toBe(
      'experiment,case,lane,cores,format,round,metric,value,unit,disturbed,query\n',
    );
  });

  it('reads back what was written, to the last digit', () => {
    const { samples, factors } = parseSamples(formatSamples([sample], ['query', 'other']), 'samples.csv');
    expect(samples).toEqual([sample]);
    expect(factors).toEqual(['query', 'other']);
  });

  it('names the line that is damaged', () => {
    const text = formatSamples([sample], ['query']).replace('true', 'maybe');
    expect(() => parseSamples(text, 'samples.csv')).toThrow('samples.csv: line 2');
    expect(() => parseSamples('a,b\n', 'samples.csv')).toThrow('samples.csv: line 1');
  });

  it('gets columns for factors that come with later experiments', async () => {
    const path = join(folder, 'samples.csv');
    await (await SamplesFile.open(path, ['cores', 'format', 'query', 'lane'])).append([sample]);
    const later = await SamplesFile.open(path, ['lane', 'size']);
    const other: Sample = { ...sample, experiment: 'arrays', levels: { lane: 'js', size: '16' } };
    await later.append([other]);
    const text = await readFile(path, 'utf8');
    expect(text.split('\n')[0]).toMatch(/,disturbed,query,size$/);
    expect(parseSamples(text, path).samples).toEqual([sample, other]);
  });

  it('tells cases apart whatever the order of their factors', () => {
    expect(caseKey('a', { x: '1', y: '2' })).toBe(caseKey('a', { y: '2', x: '1' }));
    expect(caseKey('a', { x: '1', y: '2' })).not.toBe(caseKey('a', { x: '2', y: '1' }));
  });
});
