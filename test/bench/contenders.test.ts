import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, firstDifference } from '../../bench/answers/answers.ts';
import type { Contender } from '../../bench/contenders/contender.ts';
import { startContender } from '../../bench/contenders/contender-process.ts';
import { openDuckDB } from '../../bench/contenders/duckdb.ts';
import { openParquetWasm } from '../../bench/contenders/parquet-wasm.ts';
import { loadPeer } from '../../bench/contenders/peer-package.ts';
import { openRowParser } from '../../bench/contenders/row-parsers.ts';
import { openSluice } from '../../bench/contenders/sluice.ts';
import { openStages } from '../../bench/contenders/sluice-stages.ts';
import { layoutSchema, makeParquet } from '../../bench/data/parquet-file.ts';
import { loadExperiments } from '../../bench/experiment/read-experiments.ts';
import { unorderedAnswer } from '../../bench/kinds/peers.ts';
import { writeDataset } from '../../datasets/write-dataset.ts';

const PAGES = { writer: 'parquet-wasm', pageBytes: 4096 };

interface PeersQuery {
  readonly data: string[];
  readonly sql: string;
  readonly approximate?: number[];
  readonly decimals?: number[];
}

const experiments = await loadExperiments();
const experiment = experiments.find(({ name }) => name === 'peers-csv')!;
const queries = Object.entries(experiment.settings.queries as Record<string, PeersQuery>);
const data = experiment.settings.data as Record<string, { name?: string; scale: number }>;

describe('the contenders of peers-csv', () => {
  let folder = '';
  const contenders: Record<string, Contender> = {};
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-contenders-'));
    for (const [level, { name = level, scale }] of Object.entries(data))
      await writeDataset({ name, format: 'csv', scale: scale / 200, path: join(folder, `${level}.csv`) });
    contenders.duckdb = await openDuckDB('serial');
    contenders.wasm = openSluice('wasm', 1);
    contenders['wasm-stages'] = openStages();
    contenders['csv-parse'] = openRowParser('csv-parse');
  });
  afterAll(async () => {
    for (const contender of Object.values(contenders)) await contender.close();
    await rm(folder, { recursive: true });
  });

  it.each(queries.flatMap(([query, { data }]) => data.map((name) => [query, name] as const)))(
    'answer %s over %s alike, in SQL and in plain JavaScript',
    async (query, name) => {
      const { sql, approximate = [], decimals = [] } = queries.find(([key]) => key === query)![1];
      const answers: Answer[] = [];
      for (const [lane, contender] of Object.entries(contenders)) {
        const { rows } = await contender.ask({ query, sql, path: join(folder, `${name}.csv`) });
        expect(rows.length).toBeGreaterThan(0);
        const doubles = lane === 'csv-parse' ? [...approximate, ...decimals] : approximate;
        answers.push(unorderedAnswer(rows, doubles));
        expect(firstDifference(answers[0]!, answers.at(-1)!), lane).toBeUndefined();
      }
    },
  );

  it('tell where the time goes: every stage is in the figure, and together they are the whole query', async () => {
    const { sql } = queries[0]![1];
    const { ms, stages } = await contenders['wasm-stages']!.ask({ query: '', sql, path: join(folder, 'lineitem.csv') });
    expect(Object.keys(stages!)).toEqual(experiment.split!.metrics);
    const spent = Object.values(stages!);
    // Fields are located by themselves only where rows are odd.
    for (const [stage, part] of Object.entries(stages!)) expect(part > 0 || stage === 'fields', stage).toBe(true);
    expect(spent.reduce((sum, part) => sum + part)).toBeGreaterThanOrEqual(ms);
  });
});

describe('the contenders of peers-parquet', () => {
  const parquet = experiments.find(({ name }) => name === 'peers-parquet')!;
  const asked = Object.entries(parquet.settings.queries as Record<string, PeersQuery>);
  const layouts = [{}, { doubles: true, sortBy: ['l_shipdate'], rowGroupRows: 5000 }, PAGES];
  const contenders: Record<string, Contender> = {};
  const files: string[] = [];
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-contenders-'));
    const context = { progress: () => {}, signal: AbortSignal.timeout(60_000) };
    const request = { name: 'lineitem', scale: 0.002, seed: 1 };
    for (const layout of layouts)
      files.push((await makeParquet(request, layoutSchema.parse(layout), 'zstd', context, folder)).path);
    contenders.duckdb = await openDuckDB('told');
    contenders.wasm = openSluice('wasm', 1);
    contenders['parquet-wasm'] = openParquetWasm();
  });
  afterAll(async () => {
    for (const contender of Object.values(contenders)) await contender.close();
    await rm(folder, { recursive: true });
  });

  it.each(asked.map(([query, { sql }]) => [query, sql]))(
    'answer %s alike, however the file is laid out',
    async (query) => {
      const { sql, approximate = [], decimals = [] } = asked.find(([key]) => key === query)![1];
      const answers: Answer[] = [];
      for (const path of files) {
        for (const [lane, contender] of Object.entries(contenders)) {
          const { rows } = await contender.ask({ query, sql, path });
          expect(rows.length).toBeGreaterThan(0);
          answers.push(unorderedAnswer(rows, [...approximate, ...decimals]));
          expect(firstDifference(answers[0]!, answers.at(-1)!), lane).toBeUndefined();
        }
      }
    },
  );

  it('tell where the time goes, by the stages of the figure', async () => {
    const stages = openStages();
    const { sql } = asked.find(([key]) => key === 'q6')![1];
    const { ms, stages: spent = {} } = await stages.ask({ query: 'q6', sql, path: files[0]! });
    expect(Object.keys(spent)).toEqual(parquet.split!.metrics);
    for (const stage of ['read', 'unpack', 'codes', 'values', 'output', 'rest'])
      expect(spent[stage], stage).toBeGreaterThan(0);
    expect(Object.values(spent).reduce((sum, part) => sum + part)).toBeGreaterThanOrEqual(ms);
  });

  it('find a file that was made before, and make it anew when it has changed', async () => {
    const made: string[] = [];
    const context = { progress: (line: string) => made.push(line), signal: AbortSignal.timeout(60_000) };
    const request = { name: 'lineitem', scale: 0.002, seed: 1 };
    const make = () => makeParquet(request, layoutSchema.parse(PAGES), 'zstd', context, folder);
    const { path, record } = await make();
    expect(made).toEqual([]);
    await writeFile(path, 'something else');
    expect((await make()).record).toEqual(record);
    expect(made).toHaveLength(1);
  });
});

describe('a contender', () => {
  it('answers from a process of its own', async () => {
    const contender = await startContender('read');
    try {
      const { ms, rows } = await contender.ask({ query: 'any', sql: '', path: new URL(import.meta.url).pathname });
      expect(ms).toBeGreaterThan(0);
      expect(rows).toEqual([]);
      await expect(contender.ask({ query: 'any', sql: '', path: 'nowhere.csv' })).rejects.toThrow(/read: ENOENT/);
    } finally {
      await contender.stop();
    }
  });

  it('that is not installed says how to install it', () => {
    expect(() => loadPeer('no-such-package')).toThrow('not installed; npm run peers:install');
  });

  it('of one thread cannot be told to use two', async () => {
    await expect(startContender('papaparse', 2)).rejects.toThrow('papaparse has one thread, not 2');
  });

  it('names every process whose CPU time is its own', async () => {
    const contender = await startContender('duckdb', 2);
    try {
      expect(contender.pids).toHaveLength(1);
      expect(contender.pids[0]).not.toBe(process.pid);
    } finally {
      await contender.stop();
    }
  });

  it('that nobody knows is named', async () => {
    await expect(startContender('excel')).rejects.toMatchObject({
      code: 'unknown-name',
      message: 'there is no contender "excel"',
    });
  });
});
