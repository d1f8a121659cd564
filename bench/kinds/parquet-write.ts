import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RecordBatch, RecordBatchStreamWriter, type Schema, Table } from 'apache-arrow';
import { toArrow, toArrowSchema } from '../../engine/arrow.ts';
import { openLane } from '../../engine/lanes/lane-registry.ts';
import { describeObject } from '../../engine/run/describe-object.ts';
import { locateFile } from '../../engine/run/locate.ts';
import type { Lane } from '../../engine/task.ts';
import { encodeParquet } from '../../engine/write/encode-parquet.ts';
import { DEFAULT_ROW_GROUP_ROWS, PARQUET_CODECS, type ParquetCodec } from '../../engine/write/parquet-options.ts';
import { replaceFile } from '../../engine/write/replace-file.ts';
import { digestArrow } from '../answers/arrow-digest.ts';
import { timed } from '../contenders/contender.ts';
import { fileHash, makeData } from '../data/make-data.ts';
import { DuckDBReference } from '../engines/duckdb-reference.ts';
import { planQuery } from '../engines/plan-query.ts';
import { runPlan } from '../engines/run-plan.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { combinations } from '../experiment/factors.ts';
import { requireCores, requireKnown } from '../experiment/known-levels.ts';
import { requireData } from '../experiment/settings.ts';
import type { Levels } from '../samples/levels.ts';
import type { Answer, Kind, KindContext, Measurement, Session, Skipped } from './kind.ts';

const LANES = ['wasm', 'duckdb'];
const FORMAT = 'parquet';

/**
 * Rows in memory written to a Parquet file, by so many threads (factor `cores`). `wasm` is what COPY of Sluice does,
 * from Arrow batches on: worker threads, started for each file, encode row groups by parquet-wasm. `duckdb` is DuckDB's
 * COPY of a table in its memory. Time is from the first row to the whole file. The metric `input` is of the rows as
 * Arrow, `size` of the file. After the clock, Sluice reads the file back: a file of bytes that it has read already is
 * known by its SHA-256.
 */
export const parquetWrite: Kind = {
  factors: ['codec', 'lane', 'cores'],
  contenders: ['lane', 'cores'],
  answers: [],
  open,
};

async function open(experiment: Experiment, context: KindContext): Promise<Session> {
  const request = requireData(experiment);
  const wanted = combinations(experiment.factors);
  wanted.forEach(checkLevels);
  const cases = wanted.filter((levels) => !isHopeless(levels));
  const skipped = cases.length < wanted.length ? [HOPELESS] : [];
  const table = request.name;
  const data = await makeData(request, [FORMAT], context);
  const source = join(data.path, `${table}.${FORMAT}`);
  const { rows } = data.records.get(FORMAT)!;
  const lane = await openLane('wasm');
  const { schema, batches } = await readRows(lane, source);
  const input = streamOf(schema, batches).length;
  const duckdb = cases.some((levels) => levels.lane === 'duckdb') ? await DuckDBReference.open() : undefined;
  await duckdb?.load(table, source, FORMAT, rows);
  const folder = await mkdtemp(join(tmpdir(), 'sluice-write-'));
  const path = join(folder, `written.${FORMAT}`);
  /** What files hold, by their SHA-256. */
  const read = new Map<string, Answer>();

  async function write({ lane, codec, cores }: Levels): Promise<number> {
    const threads = Number(cores);
    if (lane === 'wasm') {
      const layout = { codec: codec as ParquetCodec, rowGroupRows: DEFAULT_ROW_GROUP_ROWS };
      return (await timed(() => replaceFile(path, encodeParquet(schema, batches, { ...layout, threads })))).ms;
    }
    await duckdb!.query(`SET threads = ${threads}`);
    const options = `FORMAT parquet, COMPRESSION ${codec}, ROW_GROUP_SIZE ${DEFAULT_ROW_GROUP_ROWS}`;
    return (await duckdb!.query(`COPY "${table}" TO '${path.replaceAll("'", "''")}' (${options})`)).ms;
  }

  async function readBack(): Promise<Answer> {
    const hash = await fileHash(path);
    const held = read.get(hash);
    if (held) return held;
    const written = await readRows(lane, path);
    const { rows, sha256 } = digestArrow(streamOf(written.schema, written.batches));
    const answer: Answer = { rows: [[String(rows), sha256]], approximate: [] };
    read.set(hash, answer);
    return answer;
  }

  return {
    cases,
    skipped,
    data: [...data.records.values()],
    pids: () => [],
    async setUp() {
      context.signal.throwIfAborted();
    },
    async measure(levels): Promise<Measurement> {
      const ms = await write(levels);
      const { size } = await stat(path);
      const answer = await readBack();
      return {
        metrics: [
          { metric: 'time', value: ms, unit: 'ms' },
          { metric: 'input', value: input / ms / 1e3, unit: 'MB/s' },
          { metric: 'size', value: size / 1e6, unit: 'MB' },
        ],
        answer,
      };
    },
    async close() {
      duckdb?.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** All rows of a Parquet file, by our own reader. */
async function readRows(lane: Lane, path: string): Promise<{ schema: Schema; batches: RecordBatch[] }> {
  const object = await describeObject(await locateFile(path));
  const batches = await runPlan(lane, await planQuery('SELECT * FROM rows', object, 'wasm'));
  const schema = toArrowSchema(object.schema);
  return { schema, batches: batches.map((batch) => toArrow(batch, schema)) };
}

function streamOf(schema: Schema, batches: readonly RecordBatch[]): Uint8Array {
  return RecordBatchStreamWriter.writeAll(new Table(schema, [...batches])).toUint8Array(true);
}

/** DuckDB's brotli is at the highest of its 11 levels, and COPY has no option for another. */
function isHopeless({ lane, codec }: Levels): boolean {
  return lane === 'duckdb' && codec === 'brotli';
}

const HOPELESS: Skipped = {
  what: 'lane duckdb, codec brotli',
  why: 'it compresses at its highest level, some 30 times as long as others',
};

function checkLevels(levels: Levels): void {
  requireKnown(levels, { codec: PARQUET_CODECS, lane: LANES });
  requireCores(levels);
}
