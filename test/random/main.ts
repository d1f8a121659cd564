import { parseArgs } from 'node:util';
import { LANE_NAMES } from '../../query/fragment.ts';
import { FORMATS, RandomCheck } from './random-check.ts';
import { runRandom } from './random-run.ts';

const USAGE = `npm run test:random -- [--seed N] [--queries N] [--lane wasm|js] [--format csv|parquet] [--failures N]
npm run test:random -- --seed N --rows FROM..TO --query SQL
Random queries over random tables against DuckDB; a failing one is made smaller and printed as a command.`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    queries: { type: 'string', default: '1000' },
    failures: { type: 'string', default: '5' },
    lane: { type: 'string' },
    format: { type: 'string' },
    rows: { type: 'string', default: '0..300' },
    query: { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const seed = Number(values.seed);
const lanes = LANE_NAMES.filter((lane) => values.lane === undefined || lane === values.lane);
const formats = FORMATS.filter((format) => values.format === undefined || format === values.format);

if (values.query !== undefined) {
  const [from = 0, to = 300] = values.rows.split('..').map(Number);
  const check = await RandomCheck.open({ seed, from, to });
  const query = { table: 'random', select: [], rest: '', order: 'any', text: values.query } as const;
  for (const format of formats) {
    const found = await check.disagreement(query, format, lanes);
    console.log(found ?? `${format}: agrees with DuckDB`);
    if (found) process.exitCode = 1;
  }
  await check.close();
} else {
  const failures = await runRandom({
    seed,
    queries: Number(values.queries),
    lanes,
    formats,
    mostFailures: Number(values.failures),
    onProgress: (done) => done % 100 === 0 && process.stderr.write(`\r${done} queries `),
  });
  process.stderr.write('\n');
  for (const { disagreement, original, command } of failures)
    console.log(`${disagreement}\n  from ${original}\n  ${command}\n`);
  if (failures.length === 0) console.log('all agree with DuckDB');
  else process.exitCode = 1;
}
