import { join } from 'node:path';
import { median } from 'simple-statistics';
import { z } from 'zod';
import type { Column } from '../../engine/column.ts';
import { openLane } from '../../engine/lanes/lane-registry.ts';
import { scalarAt } from '../../engine/scalars.ts';
import type { ScanPlan } from '../../engine/task.ts';
import { SluiceError } from '../../query/error.ts';
import { formatScalar } from '../../query/format-value.ts';
import type { LaneName } from '../../query/fragment.ts';
import { firstDifference } from '../answers/answers.ts';
import { groupAnswer, type ResultColumn } from '../answers/group-answer.ts';
import { makeData } from '../data/make-data.ts';
import { DuckDBReference } from '../engines/duckdb-reference.ts';
import { type HeldTable, readTable } from '../engines/held-table.ts';
import { NativeEngine } from '../engines/native-engine.ts';
import { compilerVersion } from '../engines/native-program.ts';
import { planQuery } from '../engines/plan-query.ts';
import { runPlan } from '../engines/run-plan.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { combinations } from '../experiment/factors.ts';
import { readSettings } from '../experiment/settings.ts';
import type { Answer, Kind, KindContext, Session, Skipped } from './kind.ts';

const TABLE = 'measures';
const FORMAT = 'parquet';
const LANES = ['wasm', 'js', 'duckdb', 'native'];

const settingsSchema = z.strictObject({
  /** A measurement repeats its query for at least so many milliseconds. */
  time: z.number().positive(),
  /** By level of the factor `query`: what is selected must be the keys of the groups, then aggregates. */
  queries: z.record(
    z.string(),
    z.strictObject({
      sql: z.string(),
      /** Fewer rows make no sense. */
      leastRows: z.int().min(1).default(1),
      /** Result columns, from 0, that are f64 and so may differ in their last digits. */
      approximate: z.array(z.int().min(0)).default([]),
    }),
  ),
});

/** Runs one query over the first `rows` rows; the columns of the result are made after the clock has stopped. */
type RunQuery = (query: string, rows: number) => Promise<{ ms: number; columns: ResultColumn[] }>;

/**
 * Queries over columns in memory, on one thread, without reading or decoding anything: what the compiled code and the
 * kernels of a lane do for a row. `duckdb` runs over a table of its own in memory with one thread; `native` is C
 * written by hand for each query. The lanes run in the harness's process.
 */
export const columns: Kind = {
  factors: ['rows', 'query', 'lane'],
  contenders: ['lane'],
  answers: ['rows', 'query'],
  open,
};

async function open(experiment: Experiment, context: KindContext): Promise<Session> {
  const { queries, time } = readSettings(settingsSchema, experiment);
  if (experiment.data?.name !== TABLE)
    throw new SluiceError('bad-request', `experiment ${experiment.name}: data: it needs the data set ${TABLE}`);
  const wanted = combinations(experiment.factors);
  for (const { query, lane } of wanted) {
    if (!queries[query!] || !LANES.includes(lane!))
      throw new SluiceError('bad-request', `experiment ${experiment.name}: no query "${query}" or no lane "${lane}"`);
  }
  const sizes = [...new Set(wanted.map(({ rows }) => Number(rows)))];
  const data = await makeData(experiment.data, [FORMAT], context);
  const table = await readTable(data.path, `${TABLE}.${FORMAT}`);
  const available = data.records.get(FORMAT)!.rows;
  const wrong = sizes.find((rows) => !(Number.isInteger(rows) && rows >= 1 && rows <= available));
  if (wrong !== undefined)
    throw new SluiceError('bad-request', `experiment ${experiment.name}: factor rows: ${wrong} of ${available} rows`);
  const skipped: Skipped[] = [];
  const runs = new Map<string, RunQuery>();
  const closers: (() => unknown)[] = [];
  let native: NativeEngine | undefined;
  for (const lane of new Set(wanted.map((levels) => levels.lane!))) {
    if (lane === 'duckdb') {
      const duckdb = await DuckDBReference.open();
      closers.push(() => duckdb.close());
      for (const rows of sizes)
        await duckdb.load(`${TABLE} ${rows}`, join(data.path, `${TABLE}.${FORMAT}`), FORMAT, rows);
      runs.set(lane, (query, rows) => duckdb.columns(queries[query]!.sql.replaceAll('{table}', `"${TABLE} ${rows}"`)));
    } else if (lane !== 'native') runs.set(lane, await openOwnLane(lane as LaneName, table, queries));
    else if (await compilerVersion()) {
      native = await NativeEngine.start(table);
      closers.push(() => native?.close());
      runs.set(lane, (query, rows) => native!.query(query, rows));
    } else skipped.push({ what: 'lane native', why: 'there is no C compiler (cc)' });
  }
  const cases = [];
  for (const levels of wanted) {
    const { query, lane, rows } = levels as { query: string; lane: string; rows: string };
    if (Number(rows) < queries[query]!.leastRows) continue;
    const why = await refusal(runs.get(lane), query, Number(rows));
    if (why === undefined) cases.push(levels);
    else if (runs.has(lane)) skipped.push({ what: `${query}, ${lane}, ${rows} rows`, why });
  }

  return {
    cases,
    skipped,
    data: [...data.records.values()],
    pids: () => (native ? [native.pid] : []),
    async setUp() {
      context.signal.throwIfAborted();
    },
    async measure({ query, lane, rows }) {
      const run = () => runs.get(lane!)!(query!, Number(rows));
      const { ms, answer } = await repeat(experiment.name, run, queries[query!]!.approximate, time);
      return {
        metrics: [
          { metric: 'time', value: ms, unit: 'ms' },
          { metric: 'row', value: (ms * 1e6) / Number(rows), unit: 'ns/row' },
        ],
        answer,
      };
    },
    async close() {
      for (const close of closers) await close();
    },
  };
}

/**
 * Repeats a query, so that its columns are in the caches if they fit; all answers must be equal. Gives the median time
 * without the first repetition, which found the caches full of others' columns.
 */
async function repeat(
  name: string,
  run: () => ReturnType<RunQuery>,
  approximate: readonly number[],
  time: number,
): Promise<{ ms: number; answer: Answer }> {
  const { ms: first, columns } = await run();
  const answer = groupAnswer(columns, approximate);
  const times: number[] = [];
  for (let total = first; total < time; ) {
    const { ms, columns } = await run();
    const difference = firstDifference(answer, groupAnswer(columns, approximate));
    if (difference) throw new SluiceError('bad-value', `${name}: results differ between repetitions: ${difference}`);
    times.push(ms);
    total += ms;
  }
  return { ms: times.length > 0 ? median(times) : first, answer };
}

/** Why a lane cannot run a query yet, found by trying. */
async function refusal(run: RunQuery | undefined, query: string, rows: number): Promise<string | undefined> {
  try {
    await run?.(query, rows);
    return run ? undefined : 'there is no such lane here';
  } catch (error) {
    if (error instanceof SluiceError && ['unsupported', 'unknown-name'].includes(error.code)) return error.message;
    throw error;
  }
}

async function openOwnLane(
  name: LaneName,
  { object, columns }: HeldTable,
  queries: z.infer<typeof settingsSchema>['queries'],
): Promise<RunQuery> {
  const lane = await openLane(name);
  lane.hold(object.location.name, columns);
  const plans = new Map<string, ScanPlan>();
  return async (query, rows) => {
    let plan = plans.get(`${query} ${rows}`);
    if (!plan) {
      const first = { ...object, format: { kind: 'columns', rows } } as const;
      plan = await planQuery(queries[query]!.sql.replaceAll('{table}', TABLE), first, name);
      plans.set(`${query} ${rows}`, plan);
    }
    const start = performance.now();
    const [batch] = await runPlan(lane, plan);
    return { ms: performance.now() - start, columns: batch!.columns.map(resultColumn) };
  };
}

function resultColumn(column: Column): ResultColumn {
  const { type, length } = column;
  if (column.kind === 'fixed' && (type.kind === 'int32' || type.kind === 'float64'))
    return column.values as Int32Array | Float64Array;
  return Array.from({ length }, (_, row) => formatScalar(scalarAt(column, row), type));
}
