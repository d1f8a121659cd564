import { readEnvironment } from '../../../bench/environment/environment.ts';
import { combinations } from '../../../bench/experiment/factors.ts';
import { loadExperiments, parseExperiment } from '../../../bench/experiment/read-experiments.ts';
import type { Run } from '../../../bench/results/run-folder.ts';
import type { Levels } from '../../../bench/samples/levels.ts';
import type { Sample } from '../../../bench/samples/samples.ts';

const LINES = `
name: lines
version: 1
default: true
kind: fake
question: "Is a_1 100% faster than b, < 2 & > 1?"
method: Made-up times.
stop: { width: 0.05, least: 5, most: 5, seconds: 60 }
warmup: 1
factors: { size: [1, 2, 4], lane: [a_1, b], format: [csv, parquet] }
figure:
  x: { factor: size, title: Size, scale: log2 }
  y: { metric: time, title: Time }
  series: lane
  column: format
findings: [{ factor: lane, subject: a_1, baseline: b }]
`;

const ROUNDS = [0, 1, 2, 3, 4];

/** Times that differ a little from round to round, the same each time. */
function timeOf(levels: Levels, round: number): number {
  const lane = ['a_1', 'wasm'].includes(levels.lane ?? '') ? 1 : 2;
  return lane * (Number(levels.size ?? 1) + 1) * (1 + ((round * 7) % 5) / 100);
}

/** A run with made-up numbers: lines, and dots with a split; one sample is disturbed, one case is wrong. */
export async function makeRun(folder: string): Promise<Run> {
  const peers = (await loadExperiments()).find(({ name }) => name === 'peers-csv')!;
  const factors = { data: ['lineitem'], query: ['q6', 'q1'], lane: ['wasm', 'duckdb', 'wasm-stages'] };
  const experiments = [parseExperiment(LINES, 'lines.yaml'), { ...peers, factors }];
  const samples = experiments.flatMap((experiment) =>
    combinations(experiment.factors).flatMap((levels) =>
      ROUNDS.flatMap((round): Sample[] => {
        const sample = { experiment: experiment.name, levels, round, disturbed: round === 3 && levels.size === '2' };
        const value = timeOf(levels, round);
        const metrics =
          levels.lane === 'wasm-stages' ? experiment.split!.metrics : ['time', experiment.figure.y.metric];
        return [...new Set(metrics)].map((metric) => ({ ...sample, metric, value, unit: 'ms' }));
      }),
    ),
  );
  return {
    folder,
    samples,
    manifest: {
      started: '2026-01-02T03:04:05.000Z',
      finished: '2026-01-02T03:05:05.000Z',
      resumed: [],
      environment: await readEnvironment(),
      unwatched: [],
      machines: [],
      flags: ['bench'],
      size: 'smoke',
      seed: 1,
      data: [{ experiment: 'lines', file: 'x.csv', rows: 1, bytes: 2, sha256: 'ab' }],
      notes: [],
      skipped: [{ experiment: 'lines', what: 'size 8', why: 'it is too large' }],
      contests: experiments.map(({ name }) => ({
        experiment: name,
        levels: {},
        rounds: ROUNDS.length,
        width: 0.04,
        seconds: 1,
        stopped: 'width' as const,
      })),
      failed: [{ experiment: 'peers-csv', why: 'the server is gone' }],
      wrong: [{ experiment: 'lines', levels: { size: '4', lane: 'b', format: 'csv' }, why: 'row 1 differs' }],
      experiments,
    },
  };
}
