import { median, sum } from 'simple-statistics';
import { z } from 'zod';
import { SluiceError } from '../../query/error.ts';
import type { LaneName } from '../../query/fragment.ts';
import { ARRAY_KERNELS } from '../arrays/kernels/table.ts';
import { runCold } from '../cold/cold-process.ts';
import { SharedRuns } from '../cold/shared-runs.ts';
import { ASK_V8, firstCalls } from '../cold/tiers.ts';
import type { CallTimes, WorkRequest } from '../cold/work.ts';
import { makeData } from '../data/make-data.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { combinations } from '../experiment/factors.ts';
import { requireKnown } from '../experiment/known-levels.ts';
import { readSettings, requireData } from '../experiment/settings.ts';
import type { Levels } from '../samples/levels.ts';
import type { Kind, KindContext, Measurement, Metric, Session } from './kind.ts';

const FORMAT = 'csv';

/** The engine's lane, and what V8 is told of its compilers for WASM. */
const LANES: Readonly<Record<string, { lane: LaneName; flags: readonly string[] }>> = {
  js: { lane: 'js', flags: [] },
  wasm: { lane: 'wasm', flags: [] },
  'wasm-liftoff': { lane: 'wasm', flags: ['--liftoff-only'] },
  'wasm-turbofan': { lane: 'wasm', flags: ['--no-liftoff'] },
};

const settingsSchema = z.strictObject({
  /** Elements of the array that a kernel works on. */
  size: z.int().min(1),
  /** `{table}` stands for the object. */
  query: z.string(),
});

/**
 * The same work called again and again, from the first time that V8 sees it. Each sample is from a process of its own;
 * one process gives a sample of every level of `call`, which stands for the calls from the level before it up to this
 * one: `time` is their median. The last level has besides: `opening`, the time before the first call, `total`, the time
 * of all calls, and for a kernel the first call in the code of each of V8's compilers, named after them.
 */
export const warmUp: Kind = {
  factors: ['work', 'lane', 'call'],
  contenders: ['lane', 'call'],
  answers: ['work'],
  open,
};

async function open(experiment: Experiment, context: KindContext): Promise<Session> {
  const { size, query } = readSettings(settingsSchema, experiment);
  const dataset = requireData(experiment);
  const cases = combinations(experiment.factors);
  cases.forEach(checkLevels);
  const levels = [...new Set(cases.map(({ call }) => Number(call)))].sort((a, b) => a - b);
  const calls = levels.at(-1)!;
  const table = dataset.name;
  const data = await makeData(dataset, [FORMAT], context);
  const request = (work: string, lane: LaneName): WorkRequest =>
    work === 'query' || work === 'task'
      ? {
          kind: work,
          calls,
          lane,
          sql: query.replaceAll('{table}', `"${table}"`),
          folder: data.path,
          file: `${table}.${FORMAT}`,
        }
      : { kind: 'kernel', calls, lane, kernel: work, size };
  const runs = new SharedRuns<CallTimes>();

  return {
    cases,
    skipped: [],
    data: [...data.records.values()],
    pids: () => [],
    async setUp() {
      context.signal.throwIfAborted();
    },
    async measure({ work, lane: name, call }): Promise<Measurement> {
      const { lane, flags } = LANES[name!]!;
      const start = () =>
        runCold<WorkRequest, CallTimes>('call-times.ts', request(work!, lane), [ASK_V8, ...flags], context.signal);
      const run = await runs.take(`${work} ${name}`, call!, levels.map(String), start);
      return {
        metrics: metricsOf(run, levels, Number(call)),
        answer: { rows: run.rows, approximate: [] },
      };
    },
    async close() {},
  };
}

function metricsOf({ times, tiers, opening, cpu }: CallTimes, levels: readonly number[], call: number): Metric[] {
  const before = levels[levels.indexOf(call) - 1] ?? 0;
  const metrics = [
    { metric: 'time', value: median(times.slice(before, call)), unit: 'ms' },
    { metric: 'cpu', value: cpu, unit: 'ms' },
  ];
  if (call < levels.at(-1)!) return metrics;
  const compilers = Object.entries(firstCalls(tiers));
  return [
    ...metrics,
    { metric: 'opening', value: opening, unit: 'ms' },
    { metric: 'total', value: sum([...times]), unit: 'ms' },
    ...compilers.map(([tier, first]) => ({ metric: tier, value: first, unit: 'call' })),
  ];
}

function checkLevels(levels: Levels): void {
  const kernels = ARRAY_KERNELS.map(({ name }) => name);
  requireKnown(levels, { work: ['query', 'task', ...kernels], lane: Object.keys(LANES) });
  const { call } = levels;
  if (!/^[1-9]\d{0,5}$/.test(call!))
    throw new SluiceError('bad-request', `factor call: "${call}" is no number of a call from 1 to 999999`);
}
