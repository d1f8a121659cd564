import { join } from 'node:path';
import { z } from 'zod';
import { type DataFolder, makeData } from '../data/make-data.ts';
import { DuckDBReference } from '../engines/duckdb-reference.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { combinations } from '../experiment/factors.ts';
import { requireCores, requireKnown } from '../experiment/known-levels.ts';
import { readSettings, requireData } from '../experiment/settings.ts';
import type { Levels } from '../samples/levels.ts';
import { CurrentCluster } from '../servers/current-cluster.ts';
import { pushQuery } from '../servers/pushed-query.ts';
import { WarmNodes } from '../servers/warm-nodes.ts';
import type { Answer, Kind, KindContext, Measurement, Metric, Session } from './kind.ts';

const settingsSchema = z.strictObject({
  /** By level of the factor `query`. `{table}` in the text stands for the object. */
  queries: z.record(
    z.string(),
    z.strictObject({
      sql: z.string(),
      /** Result columns, from 0, that are f64 and so may differ in their last digits. */
      approximate: z.array(z.int().min(0)).default([]),
    }),
  ),
  /**
   * A sample repeats its query for so long, and holds the mean: under a duty, a short query alone tells how the duty is
   * kept rather than what it costs.
   */
  atLeastMs: z.number().min(0).default(0),
  /** Milliseconds of CPU time that a node spends on each query before it is measured: see `WarmNodes`. */
  warmCpuMs: z.number().min(0).default(0),
});

/**
 * Whole queries over one object through a gateway and a storage node, both real processes on loopback, pushed down.
 * Time is what the client waits, from sending the query to the last byte of the result as CSV. The lane `duckdb` is
 * DuckDB in the harness's own process with one thread, without HTTP: a reference point at cores=1 only.
 */
export const scan: Kind = {
  factors: ['cores', 'format', 'query', 'lane'],
  optional: ['duty'],
  contenders: ['lane'],
  answers: ['query'],
  open,
};

async function open(experiment: Experiment, context: KindContext): Promise<Session> {
  const { queries, atLeastMs, warmCpuMs } = readSettings(settingsSchema, experiment);
  const request = requireData(experiment);
  const cases = combinations(experiment.factors).filter(({ lane, cores }) => lane !== 'duckdb' || cores === '1');
  // Cases of one cluster stand together.
  cases.sort((a, b) => Number(a.cores) - Number(b.cores) || Number(a.duty ?? 1) - Number(b.duty ?? 1));
  for (const levels of cases) checkLevels(levels, queries);

  const table = request.name;
  const formats = experiment.factors.format as string[];
  const data = await makeData(request, formats, context);
  const duckdb = cases.some(({ lane }) => lane === 'duckdb') ? await openDuckDB(data, table, formats) : undefined;
  const cluster = new CurrentCluster(context.signal);
  const nodes = new WarmNodes(warmCpuMs);

  return {
    cases,
    skipped: [],
    data: [...data.records.values()],
    pids: () => cluster.pids,
    waits: ({ duty }) => duty !== undefined && Number(duty) < 1,
    setUp: ({ cores, duty }) =>
      cluster.use({ data: data.path, cores: Number(cores), ...(duty !== undefined && { duty: Number(duty) }) }),
    async measure(levels) {
      const { sql, approximate } = queries[levels.query!]!;
      const object = `${table}.${levels.format}`;
      const query = sql.replaceAll('{table}', `"${object}"`);
      const { format, lane } = levels;
      const push = (leastMs: number) => pushQuery(cluster.running, query, lane!, leastMs, context.signal);
      if (lane !== 'duckdb') await nodes.warm(cluster.running, `${format} ${lane} ${levels.query}`, () => push(0));
      const { ms, rows, nodeMs } =
        lane === 'duckdb' ? { ...(await duckdb!.query(query)), nodeMs: undefined } : await push(atLeastMs);
      const { rows: scanned, bytes } = data.records.get(levels.format!)!;
      const answer: Answer = { rows, approximate };
      return { metrics: scanMetrics(ms, nodeMs, scanned, bytes), answer } satisfies Measurement;
    },
    async close() {
      duckdb?.close();
      await cluster.stop();
    },
  };
}

function checkLevels(levels: Levels, queries: z.infer<typeof settingsSchema>['queries']): void {
  requireKnown(levels, { lane: ['wasm', 'js', 'duckdb'], format: ['csv', 'parquet'], query: Object.keys(queries) });
  requireCores(levels);
}

async function openDuckDB(data: DataFolder, table: string, formats: string[]): Promise<DuckDBReference> {
  const duckdb = await DuckDBReference.open();
  for (const format of formats) {
    const object = `${table}.${format}`;
    await duckdb.register(object, join(data.path, object), format);
  }
  return duckdb;
}

function scanMetrics(ms: number, nodeMs: number | undefined, rows: number, bytes: number): Metric[] {
  return [
    { metric: 'time', value: ms, unit: 'ms' },
    { metric: 'rows', value: rows / ms / 1e3, unit: '1e6 rows/s' },
    { metric: 'bytes', value: bytes / ms / 1e6, unit: 'GB/s' },
    ...(nodeMs === undefined
      ? []
      : [
          { metric: 'node-cpu', value: nodeMs, unit: 'ms' },
          { metric: 'efficiency', value: rows / nodeMs / 1e3, unit: '1e6 rows/CPU s' },
        ]),
  ];
}
