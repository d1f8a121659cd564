import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { RESULT_FORMATS, type ResultFormat } from '../../compute-tier/formats/result-format.ts';
import { queryGateway } from '../../compute-tier/gateway-client.ts';
import { LocalTransport } from '../../compute-tier/local-transport.ts';
import { QueryRunner, withEmptyBatch } from '../../compute-tier/query-runner.ts';
import type { QueryStatistics } from '../../compute-tier/query-statistics.ts';
import type { Batch } from '../../engine/column.ts';
import { parseCsvOptions } from '../../engine/formats/csv/options.ts';
import { Executor } from '../../engine/run/executor.ts';
import { LANE_NAMES, type LaneName } from '../../query/fragment.ts';
import { parseCount, parseServerUrl } from '../option-values.ts';
import { writeResult } from '../write-result.ts';

interface QueryOptions {
  readonly table?: ReadonlyMap<string, string>;
  readonly csv?: Readonly<Record<string, string>>;
  readonly gateway?: string;
  readonly lane: LaneName;
  readonly threads?: number;
  readonly format: ResultFormat;
  readonly repeat: number;
  readonly stats?: boolean;
}

/** One repetition: its batches, of which the first tells the schema; and at their end what was counted. */
type Repetition = AsyncGenerator<Batch, QueryStatistics>;

/** `sluice query`: one question, answered here or by a gateway. */
export function registerQuery(program: Command): void {
  program
    .command('query')
    .description('answer a query over files, or over the objects behind a gateway')
    .argument(
      '<query>',
      "SQL; FROM names a table of -t, or a file: FROM 'path.csv'. EXPLAIN QUERY shows what is pushed; COPY (QUERY) TO 'path.parquet' writes a file",
    )
    .option('-t, --table <name=path>', 'a table and its file; may be given many times', collectTable)
    .option(
      '--csv <key=value>',
      'how the CSV files are written, such as delimiter=tab or columns="a bigint, b varchar"; may be given many times',
      collectCsvOption,
    )
    .addOption(
      new Option('--gateway <url>', 'ask this compute tier')
        .argParser(parseServerUrl)
        .conflicts(['table', 'threads', 'csv']),
    )
    .addOption(new Option('--lang <language>', 'language of the query').choices(['sql']).default('sql'))
    .addOption(new Option('--lane <lane>', 'what the scan runs on').choices(LANE_NAMES).default('wasm'))
    .addOption(new Option('--threads <number>', 'worker threads (default: one a core)').argParser(parseCount))
    .addOption(new Option('--format <format>', 'how results are written').choices(RESULT_FORMATS).default('table'))
    .option(
      '--repeat <number>',
      'run so many times, each time from the bytes; the result is written once',
      parseCount,
      1,
    )
    .option('--stats', 'write one line of JSON to stderr: times, rows, bytes')
    .addHelpText(
      'after',
      "\nExamples:\n  sluice query -t t=lineitem.csv --format csv 'SELECT count(*) FROM t'\n  sluice query --csv decimal=, --csv nulls=NA,- --csv types='id varchar' \"SELECT * FROM 'sales.csv.gz'\"\n\nFiles: .csv and .tsv, .ndjson and .jsonl, all also with .gz or .zst behind; .parquet\nThe keys of --csv: docs/csv.md",
    )
    .action(runQuery);
}

async function runQuery(text: string, options: QueryOptions): Promise<void> {
  const { gateway } = options;
  if (gateway !== undefined) {
    // A repetition is a scan: the gateway's cache takes part in single questions only.
    const cache = options.repeat === 1;
    await repeat(() => queryGateway(gateway, { query: text, lane: options.lane, cache }), options);
    return;
  }
  const threads = options.threads ?? availableParallelism();
  const executor = new Executor({ threads });
  const runner = new QueryRunner(
    new LocalTransport(executor, options.table ?? new Map(), options.csv && parseCsvOptions(options.csv)),
  );
  try {
    await repeat(() => runHere(runner, text, options.lane, threads), options);
  } finally {
    await executor.close();
  }
}

async function* runHere(runner: QueryRunner, text: string, lane: LaneName, threads: number): Repetition {
  const query = await runner.run({ text, lane, strategy: 'push', cache: false, copies: { threads } });
  yield* withEmptyBatch(query.schema, query.batches);
  return query.statistics();
}

async function repeat(start: () => Repetition, { repeat, stats, format }: QueryOptions): Promise<void> {
  // Where times are asked for, the result is written after the clock has stopped.
  const timed = stats || repeat > 1;
  const ms: number[] = [];
  let kept: Batch[] | undefined;
  let statistics: QueryStatistics | undefined;
  if (!timed)
    await writeResult(
      format,
      keepStatistics(start(), (counted) => (statistics = counted)),
    );
  else {
    for (let round = 0; round < repeat; round++) {
      const begin = performance.now();
      const batches: Batch[] = [];
      const repetition = start();
      for (let next = await repetition.next(); ; next = await repetition.next()) {
        if (next.done) {
          statistics = next.value;
          break;
        }
        if (!kept) batches.push(next.value);
      }
      ms.push(performance.now() - begin);
      kept ??= batches;
    }
    await writeResult(format, kept ?? []);
  }
  if (statistics?.rejected) process.stderr.write(`${rejectionWarning(statistics.rejected)}\n`);
  if (stats) process.stderr.write(`${JSON.stringify({ ...statistics, ms })}\n`);
}

async function* keepStatistics(repetition: Repetition, keep: (statistics: QueryStatistics) => void) {
  keep(yield* repetition);
}

/** Says that the answer leaves something out. */
function rejectionWarning({ object, rowsSkipped, valuesNulled }: NonNullable<QueryStatistics['rejected']>): string {
  const parts = [
    rowsSkipped > 0 && `${rowsSkipped} ${rowsSkipped === 1 ? 'row' : 'rows'} skipped`,
    valuesNulled > 0 && `${valuesNulled} ${valuesNulled === 1 ? 'value' : 'values'} taken as NULL`,
  ];
  return `warning: ${object}: ${parts.filter(Boolean).join(', ')}`;
}

/** Each is checked when it is given, so that usage is shown with what is wrong. */
function collectCsvOption(text: string, previous: Readonly<Record<string, string>> = {}): Record<string, string> {
  const split = text.indexOf('=');
  if (split < 1) throw new InvalidArgumentError('Expected KEY=VALUE, such as delimiter=tab.');
  const options = { ...previous, [text.slice(0, split)]: text.slice(split + 1) };
  try {
    parseCsvOptions(options);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
  return options;
}

function collectTable(text: string, previous: ReadonlyMap<string, string> | undefined): ReadonlyMap<string, string> {
  const split = text.indexOf('=');
  if (split < 1 || split === text.length - 1)
    throw new InvalidArgumentError('Expected NAME=PATH, such as t=lineitem.csv.');
  const name = text.slice(0, split);
  if (previous?.has(name)) throw new InvalidArgumentError(`The table "${name}" is named twice.`);
  return new Map([...(previous ?? []), [name, text.slice(split + 1)]]);
}
