import { LRUCache } from 'lru-cache';
import { type Batch, batchBytes } from '../engine/column.ts';
import { columnFromScalars } from '../engine/scalars.ts';
import type { ObjectDescription } from '../engine/task.ts';
import { bindFragment } from '../query/bind.ts';
import { dependsOnTime } from '../query/current-time.ts';
import { SluiceError } from '../query/error.ts';
import type { BoundOutput, Fragment, LaneName } from '../query/fragment.ts';
import type { LogicalPlan } from '../query/logical-plan.ts';
import { planFragment } from '../query/plan.ts';
import type { Residual } from '../query/residual.ts';
import { type CopyStatement, parseCopy } from '../query/sql/parse-copy.ts';
import { parseSql } from '../query/sql/parse-sql.ts';
import { INT64, type Schema } from '../query/types.ts';
import { COPY_SCHEMA, copyLayout, copyToParquet } from './copy.ts';
import { explainedQuery, explainPlan } from './explain.ts';
import { gather } from './gather.ts';
import type { QueryStatistics } from './query-statistics.ts';
import { residualSchema, runResidual } from './residual.ts';
import type { ResultCache } from './result-cache.ts';
import type { Strategy, TableObject, Transport } from './transport.ts';

export interface QueryOptions {
  readonly text: string;
  readonly lane: LaneName;
  readonly strategy: Strategy;
  /** Whether the result cache may answer, and may keep the answer. */
  readonly cache: boolean;
  readonly signal?: AbortSignal;
  /** Lets COPY write files here, by so many threads; without it COPY is refused. */
  readonly copies?: { readonly threads: number };
}

export interface RunningQuery {
  readonly schema: Schema;
  /** Iterate once. Throws SluiceError. */
  readonly batches: AsyncIterable<Batch>;
  /** To be asked when `batches` has ended. */
  statistics(): QueryStatistics;
}

/** What a query asks of an object of some schema. */
interface ScanQuery {
  readonly fragment: Fragment;
  /** What the fragment gives. */
  readonly output: BoundOutput;
  readonly residual: Residual;
}

interface PlannedScan extends ScanQuery {
  readonly table: TableObject;
}

/** What a query was planned to last. */
interface LastPlan {
  readonly description: ObjectDescription;
  readonly lane: LaneName;
  readonly scan: ScanQuery;
}

/** Runs of one query, each but the last ended by a wrong guess. */
const MOST_ATTEMPTS = 100;
/** Characters of all queries that are remembered with what they were parsed to. */
const PARSED_LENGTH = 1 << 18;

/** Plans queries, and runs them over a transport: the compute tier without its HTTP service. */
export class QueryRunner {
  readonly #transport: Transport;
  readonly #cache: ResultCache | undefined;
  /** Parsed queries by their text: a dashboard asks the same ones again and again. */
  readonly #parsed = new LRUCache<string, LogicalPlan>({
    maxSize: PARSED_LENGTH,
    sizeCalculation: ({ text }) => text.length + 1,
  });
  readonly #planned = new WeakMap<LogicalPlan, LastPlan>();

  constructor(transport: Transport, cache?: ResultCache) {
    this.#transport = transport;
    this.#cache = cache;
  }

  /**
   * Throws what is wrong with the query at once; the scan starts when the batches are iterated. Where types are guessed it
   * starts at once, and a guess that proves wrong before there is a result is a reason to plan and scan again.
   */
  async run(options: QueryOptions): Promise<RunningQuery> {
    const copy = parseCopy(options.text);
    return copy ? this.#copy(copy, options) : this.#run(options);
  }

  /** Writes when the batches are iterated. */
  async #copy(copy: CopyStatement, options: QueryOptions): Promise<RunningQuery> {
    const { copies, text } = options;
    if (!copies)
      throw new SluiceError('unsupported', 'COPY writes a file: only `sluice query` without a gateway does it');
    const layout = copyLayout(copy, text);
    const query = await this.#run({ ...options, text: copy.query });
    async function* batches(): AsyncGenerator<Batch> {
      const rows = await copyToParquet(copy.path, layout, copies!.threads, query.schema, query.batches);
      yield { schema: COPY_SCHEMA, length: 1, columns: [columnFromScalars(INT64, [BigInt(rows)])] };
    }
    return { schema: COPY_SCHEMA, batches: batches(), statistics: () => query.statistics() };
  }

  async #run(options: QueryOptions): Promise<RunningQuery> {
    for (let attempt = 1; ; attempt++) {
      const { query, table } = await this.#plan(options);
      if (!table.description.guessed?.length) return query;
      try {
        return await started(query);
      } catch (error) {
        const isOutdated = error instanceof SluiceError && error.code === 'schema-changed';
        if (!isOutdated || attempt === MOST_ATTEMPTS) throw error;
        table.refresh?.(error);
      }
    }
  }

  async #plan(options: QueryOptions): Promise<{ readonly query: RunningQuery; readonly table: TableObject }> {
    const begin = performance.now();
    const explained = explainedQuery(options.text);
    const plan = await this.#parse(explained ?? options.text);
    const table = await this.#open(plan, options.signal);
    const scan = this.#planScan(plan, table.description, options.lane);
    const planned = { table, ...scan };
    if (explained !== undefined) return { query: explain(planned, options, begin), table };
    const key = options.cache && this.#cache ? cacheKey(planned) : undefined;
    const hit = key === undefined ? undefined : this.#cache?.get(key);
    if (hit) {
      const ms = [performance.now() - begin];
      const query: RunningQuery = {
        schema: residualSchema(scan.residual),
        batches: toAsync(hit.batches),
        statistics: () => ({ ...hit.statistics, ...nothingScanned(options.lane), ms, bytesOverLink: 0, cache: 'hit' }),
      };
      return { query, table };
    }
    return { query: this.#scan(planned, options, begin, key), table };
  }

  async #parse(text: string): Promise<LogicalPlan> {
    const known = this.#parsed.get(text);
    if (known) return known;
    const plan = await parseSql(text);
    this.#parsed.set(text, plan);
    return plan;
  }

  /** The same objects again for the same plan, object and lane: what runs them finds by them what it knows already. */
  #planScan(plan: LogicalPlan, description: ObjectDescription, lane: LaneName): ScanQuery {
    const last = this.#planned.get(plan);
    if (last?.description === description && last.lane === lane) return last.scan;
    const scan = planScan(plan, description, lane);
    if (!dependsOnTime(plan)) this.#planned.set(plan, { description, lane, scan });
    return scan;
  }

  async #open({ text, table }: LogicalPlan, signal: AbortSignal | undefined): Promise<TableObject> {
    try {
      return await this.#transport.open(table.name, signal);
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'unknown-name') throw error;
      throw new SluiceError(error.code, error.message, { text, offset: table.at });
    }
  }

  #scan(planned: PlannedScan, options: QueryOptions, begin: number, key?: string): RunningQuery {
    const { table, fragment, output, residual } = planned;
    const { description } = table;
    const cache = this.#cache;
    let statistics: QueryStatistics | undefined;

    async function* batches(): AsyncGenerator<Batch> {
      const scan = table.scan(fragment, options.strategy, options.signal);
      const kept: Batch[] = [];
      let keeps = key !== undefined;
      let rowsReturned = 0;
      let bytesReturned = 0;
      for await (const batch of runResidual(residual, gather(description.location.name, output, scan.batches))) {
        rowsReturned += batch.length;
        bytesReturned += batchBytes(batch);
        if (keeps && bytesReturned > (cache?.largest ?? 0)) {
          keeps = false;
          kept.length = 0;
        }
        if (keeps) kept.push(batch);
        yield batch;
      }
      const ms = [performance.now() - begin];
      const { route, bytesOverLink } = scan;
      const counted = await scan.statistics;
      statistics = {
        ...counted,
        ms,
        rowsReturned,
        bytesReturned,
        ...(bytesOverLink && { bytesOverLink: bytesOverLink() }),
        ...(route && { cache: 'miss', route }),
      };
      if (key !== undefined && keeps) cache?.set(key, { batches: kept, statistics }, bytesReturned);
    }

    return {
      schema: residualSchema(residual),
      batches: batches(),
      statistics: () => {
        if (!statistics) throw new SluiceError('internal', 'statistics were asked for before the result had ended');
        return statistics;
      },
    };
  }
}

/** The query when its first batch is there. */
async function started(query: RunningQuery): Promise<RunningQuery> {
  const rest = query.batches[Symbol.asyncIterator]();
  const first = await rest.next();
  async function* batches(): AsyncGenerator<Batch> {
    try {
      for (let next = first; !next.done; next = await rest.next()) yield next.value;
    } finally {
      await rest.return?.();
    }
  }
  return { ...query, batches: batches() };
}

/** Batches that begin with an empty one when there are none, so that a reader learns the schema. */
export async function* withEmptyBatch(schema: Schema, batches: AsyncIterable<Batch>): AsyncGenerator<Batch> {
  let empty = true;
  for await (const batch of batches) {
    empty = false;
    yield batch;
  }
  if (empty) yield { schema, length: 0, columns: schema.map(({ type }) => columnFromScalars(type, [])) };
}

function planScan(plan: LogicalPlan, description: ObjectDescription, lane: LaneName): ScanQuery {
  try {
    const { fragment, residual } = planFragment(plan, description.schema, lane);
    const { output } = bindFragment(fragment, description.schema);
    return { fragment: { ...fragment, object: description.location.name }, output, residual };
  } catch (error) {
    if (!(error instanceof SluiceError) || description.format.kind !== 'parquet') throw error;
    const column = description.format.unsupported?.find(({ name }) => error.message.includes(`"${name}"`));
    if (error.code !== 'unknown-name' || !column) throw error;
    throw new SluiceError('unsupported', `column "${column.name}" cannot be read: ${column.reason}`, error.position);
  }
}

/** Names a result: what is asked of which bytes. Lanes agree, so they share; places in the text do not matter. */
function cacheKey({ table, fragment, residual }: PlannedScan): string {
  const { name, version } = table.description.location;
  return JSON.stringify([table.place, name, version, fragment, residual], (property, value) => {
    if (property === 'at' || property === 'lane') return undefined;
    return typeof value === 'bigint' ? `${value}n` : value;
  });
}

function explain(planned: PlannedScan, { lane }: QueryOptions, begin: number): RunningQuery {
  const batch = explainPlan(planned.table.description, planned.fragment, planned.residual);
  return {
    schema: batch.schema,
    batches: toAsync([batch]),
    statistics: () => ({
      ...nothingScanned(lane),
      pushed: [],
      ms: [performance.now() - begin],
      rowsReturned: batch.length,
      bytesReturned: batchBytes(batch),
    }),
  };
}

function nothingScanned(lane: LaneName) {
  return { lane, threads: 0, rowsScanned: 0, bytesRead: 0, tasks: { total: 0, pruned: 0 } };
}

async function* toAsync(batches: readonly Batch[]): AsyncGenerator<Batch> {
  yield* batches;
}
