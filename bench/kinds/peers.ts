import { join } from 'node:path';
import { z } from 'zod';
import { PARQUET_CODECS } from '../../engine/write/parquet-options.ts';
import { SluiceError } from '../../query/error.ts';
import { type ContenderProcess, startContender } from '../contenders/contender-process.ts';
import { CONTENDERS, canUse } from '../contenders/registry.ts';
import { type DataRequest, makeData } from '../data/make-data.ts';
import { layoutSchema, makeParquet } from '../data/parquet-file.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { combinations } from '../experiment/factors.ts';
import { requireCores, requireKnown } from '../experiment/known-levels.ts';
import { readSettings } from '../experiment/settings.ts';
import type { Levels } from '../samples/levels.ts';
import { processTime } from '../servers/process-time.ts';
import type { Answer, DataRecord, Kind, KindContext, Metric, Session, Skipped } from './kind.ts';

/** The lane that only reads the file: a bound, without an answer. */
const BOUND = 'read';

const settingsSchema = z.strictObject({
  format: z.enum(['csv', 'ndjson', 'parquet']).default('csv'),
  /** By level of the factor `data`. */
  data: z.record(
    z.string(),
    z.strictObject({
      /** The data set; that of the level's name if absent. */
      name: z.string().optional(),
      scale: z.number().positive(),
      seed: z.int().min(0),
      /** Parquet only. */
      layout: layoutSchema.prefault({}),
      /** Parquet only: the levels of the factor `codec` that it is written with. */
      codecs: z.array(z.enum(PARQUET_CODECS)).min(1).default(['snappy']),
    }),
  ),
  /** Of the scale of every data set. */
  share: z.number().positive().max(1).default(1),
  /** By level of the factor `query`. `{table}` in the text stands for the object. */
  queries: z.record(
    z.string(),
    z.strictObject({
      /** The data sets that it is asked of. */
      data: z.array(z.string()).min(1),
      /** The lanes that answer it; all if absent. */
      lanes: z.array(z.string()).min(1).optional(),
      sql: z.string(),
      /** Result columns, from 0, that are f64 and so may differ in their last digits. */
      approximate: z.array(z.int().min(0)).default([]),
      /** Result columns of decimals, which peers without decimals compute as f64. */
      decimals: z.array(z.int().min(0)).default([]),
    }),
  ),
  /** How far results in doubles may differ; see `Answer`. */
  tolerance: z.number().positive().optional(),
  /** Lanes that are measured less often, since they take seconds, and without warm-up. */
  slow: z.strictObject({ lanes: z.array(z.string()), rounds: z.int().min(1) }).default({ lanes: [], rounds: 1 }),
});

type Settings = z.infer<typeof settingsSchema>;

/** Contenders whose decimals are exact. */
const EXACT = [
  ...['wasm', 'wasm-stages', 'js', 'wasm-scalar', 'wasm-simd', 'native'],
  ...['duckdb', 'duckdb-sniff', 'duckdb-serial'],
];

interface DataFile {
  readonly path: string;
  readonly record: DataRecord;
}

/**
 * The same queries over the same files by Sluice and by its peers, each in a process of its own. Time is from the
 * query's text to the last row of its result in the process that asked. The lane `read` only reads the file. Cores are threads of a contender, one if there is no such
 * factor; a lane `NAME-2` is the contender NAME with two.
 */
export const peers: Kind = {
  factors: ['data', 'query', 'lane'],
  optional: ['codec', 'cores'],
  contenders: ['lane', 'cores'],
  answers: ['data', 'query'],
  open,
};

async function open(experiment: Experiment, context: KindContext): Promise<Session> {
  const settings = readSettings(settingsSchema, experiment);
  const wanted = combinations(experiment.factors);
  for (const levels of wanted) checkLevels(levels, settings);
  const asked = wanted.filter((levels) => {
    const { data, codec, query, lane } = levels;
    const { data: asks, lanes } = settings.queries[query!]!;
    const { name, threads } = teamOf(levels);
    return (
      asks.includes(data!) &&
      (lanes === undefined || lanes.includes(lane!)) &&
      (codec === undefined || settings.data[data!]!.codecs.some((level) => level === codec)) &&
      canUse(name, threads)
    );
  });
  const files = await makeFiles(asked, settings, context);
  const { running, skipped } = await startContenders(asked.map(teamOf));
  return {
    cases: asked.filter((levels) => running.has(teamKey(teamOf(levels)))),
    skipped,
    data: [...files.values()].map(({ record }) => record),
    pids: () => [...running.values()].flatMap(({ pids }) => pids),
    limits({ lane }) {
      const { lanes, rounds } = settings.slow;
      return lanes.includes(lane!)
        ? { warmup: 0, most: rounds }
        : { warmup: experiment.warmup, most: experiment.stop.most };
    },
    async setUp() {
      context.signal.throwIfAborted();
    },
    async measure(levels) {
      const { data, query, lane } = levels;
      const { path, record } = files.get(fileKey(levels))!;
      const { sql, approximate, decimals } = settings.queries[query!]!;
      const team = teamOf(levels);
      const contender = running.get(teamKey(team))!;
      const before = cpuOf(contender);
      const { ms, rows, stages } = await contender.ask({ query: query!, sql, path });
      const cpu = cpuOf(contender) - before;
      const metrics = [
        ...(stages ? splitMetrics(stages, ms, record, settings.format) : scanMetrics(ms, record)),
        ...cpuMetrics(cpu, record),
      ];
      if (lane === BOUND) return { metrics };
      const { doubles } = settings.data[data!]!.layout;
      const inexact = EXACT.includes(team.name) && !doubles ? approximate : [...approximate, ...decimals];
      const { tolerance } = settings;
      return { metrics, answer: { ...unorderedAnswer(rows, inexact), ...(tolerance && { tolerance }) } };
    },
    close: () => stopAll(running),
  };
}

/** A contender with a number of threads. */
interface Team {
  readonly name: string;
  readonly threads: number;
}

function teamOf({ lane, cores }: Levels): Team {
  const [, name, threads] = /^(.+?)(?:-(\d+))?$/.exec(lane!)!;
  return { name: name!, threads: Number(threads ?? cores ?? 1) };
}

function teamKey({ name, threads }: Team): string {
  return `${name}-${threads}`;
}

/** Milliseconds of CPU of a contender so far; NaN when they cannot be told. */
function cpuOf({ pids }: ContenderProcess): number {
  return pids.reduce((sum, pid) => sum + (processTime(pid) ?? Number.NaN), 0);
}

function cpuMetrics(ms: number, { rows }: DataRecord): Metric[] {
  if (Number.isNaN(ms)) return [];
  return [
    { metric: 'cpu', value: ms, unit: 'ms' },
    { metric: 'efficiency', value: rows / ms / 1e3, unit: '1e6 rows/CPU s' },
  ];
}

function scanMetrics(ms: number, { rows, bytes }: DataRecord): Metric[] {
  return [
    { metric: 'time', value: ms, unit: 'ms' },
    { metric: 'rows', value: rows / ms / 1e3, unit: '1e6 rows/s' },
    { metric: 'bytes', value: bytes / ms / 1e6, unit: 'GB/s' },
  ];
}

/**
 * Of text, stages by the byte: those of files of different sizes compare, and 1000 ms/GB are 1 GB/s. Of Parquet, where
 * each query reads other columns, as they are.
 */
function splitMetrics(
  stages: Readonly<Record<string, number>>,
  ms: number,
  { bytes }: DataRecord,
  format: Settings['format'],
): Metric[] {
  const split = Object.entries(stages).map(([stage, spent]) =>
    format === 'parquet'
      ? { metric: stage, value: spent, unit: 'ms' }
      : { metric: stage, value: (spent * 1e9) / bytes, unit: 'ms/GB' },
  );
  return [{ metric: 'time', value: ms, unit: 'ms' }, ...split];
}

function checkLevels(levels: Levels, settings: Settings): void {
  requireKnown(
    { ...levels, lane: teamOf(levels).name },
    {
      data: Object.keys(settings.data),
      codec: PARQUET_CODECS,
      query: Object.keys(settings.queries),
      lane: CONTENDERS,
    },
  );
  requireCores(levels);
}

/** The file of every pair of data and codec, by `fileKey`. */
async function makeFiles(
  cases: readonly Levels[],
  { data, share, format }: Settings,
  context: KindContext,
): Promise<Map<string, DataFile>> {
  const files = new Map<string, DataFile>();
  for (const levels of cases) {
    const key = fileKey(levels);
    if (files.has(key)) continue;
    const { name = levels.data!, scale, seed, layout, codecs } = data[levels.data!]!;
    const request = { name, scale: scale * share, seed };
    files.set(
      key,
      format === 'parquet'
        ? await makeParquet(request, layout, levels.codec ?? codecs[0]!, context)
        : await makeText(request, format, context),
    );
  }
  return files;
}

function fileKey({ data, codec }: Levels): string {
  return JSON.stringify([data, codec]);
}

async function makeText(request: DataRequest, format: string, context: KindContext): Promise<DataFile> {
  const { path, records } = await makeData(request, [format], context);
  const record = records.get(format)!;
  return { path: join(path, record.file), record };
}

/** Starts every contender that is installed. */
async function startContenders(
  wanted: readonly Team[],
): Promise<{ running: Map<string, ContenderProcess>; skipped: Skipped[] }> {
  const running = new Map<string, ContenderProcess>();
  const skipped: Skipped[] = [];
  const teams = [...new Map(wanted.map((team) => [teamKey(team), team])).values()];
  const starts = await Promise.allSettled(teams.map(({ name, threads }) => startContender(name, threads)));
  for (const [i, start] of starts.entries()) {
    const { name } = teams[i]!;
    if (start.status === 'fulfilled') running.set(teamKey(teams[i]!), start.value);
    else if (start.reason instanceof SluiceError && start.reason.code === 'not-found') {
      const what = `lane ${name}`;
      if (!skipped.some((other) => other.what === what)) skipped.push({ what, why: start.reason.message });
    }
  }
  const broken = starts.find((start) => start.status === 'rejected' && start.reason?.code !== 'not-found');
  if (broken?.status === 'rejected') {
    await stopAll(running);
    throw broken.reason;
  }
  return { running, skipped };
}

async function stopAll(running: ReadonlyMap<string, ContenderProcess>): Promise<void> {
  await Promise.all(Array.from(running.values(), (contender) => contender.stop()));
}

/** No query says in which order its rows come. */
export function unorderedAnswer(rows: readonly (readonly string[])[], approximate: readonly number[]): Answer {
  return { rows: [...rows].sort((a, b) => (a.join() < b.join() ? -1 : 1)), approximate };
}
