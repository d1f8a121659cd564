import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HttpTransport } from '../../compute-tier/http-transport.ts';
import { LocalTransport } from '../../compute-tier/local-transport.ts';
import { QueryRunner } from '../../compute-tier/query-runner.ts';
import type { Strategy, Transport } from '../../compute-tier/transport.ts';
import type { CsvOptions } from '../../engine/csv-format.ts';
import { parseCsvOptions } from '../../engine/formats/csv/options.ts';
import { Executor } from '../../engine/run/executor.ts';
import { scalarAt } from '../../engine/scalars.ts';
import { listen } from '../../http/server.ts';
import { LANE_NAMES, type LaneName } from '../../query/fragment.ts';
import { formatType, type Scalar } from '../../query/types.ts';
import { ObjectStore } from '../../storage-node/object-store.ts';
import { createNodeService } from '../../storage-node/service.ts';

let folder: string;
const closing: (() => Promise<unknown>)[] = [];

/** Beyond what a sample sees: rows of this kind fill the file but for the places of odd ones. */
const ROWS = 60_000;
const ODD: Record<number, string> = {
  20001: '1.5,2020-01-01,true,1.5',
  30001: '2,2020-01-01 10:00:00,true,1.5',
  35001: '3,2020-01-01,maybe,1.5',
  45001: '4,2020-01-01,true,n/a',
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-widening-'));
  const lines = Array.from({ length: ROWS }, (_, row) => ODD[row] ?? `${row % 10},2020-01-01,true,0.5`);
  await writeFile(join(folder, 't.csv'), `i,d,b,f\n${lines.join('\n')}\n`);
  const objects = lines.map((line) => {
    const [i, d, b, f] = line.split(',').map((text) => (/[a-z-]/.test(text) && text !== 'true' ? `"${text}"` : text));
    return `{"i": ${i}, "d": ${d}, "b": ${b}, "f": ${f}, "padding": "${'x'.repeat(40)}"}\n`;
  });
  await writeFile(join(folder, 'json.ndjson'), objects.join(''));
});

afterAll(async () => {
  for (const close of closing.reverse()) await close();
  await rm(folder, { recursive: true });
});

function openExecutor(chunkSize?: number): Executor {
  const executor = new Executor({ threads: 1, ...(chunkSize && { chunkSize }) });
  closing.push(() => executor.close());
  return executor;
}

function embedded(csv?: CsvOptions, chunkSize?: number): Transport {
  return new LocalTransport(openExecutor(chunkSize), new Map([['t', join(folder, 't.csv')]]), csv);
}

async function overNode(): Promise<Transport> {
  const app: FastifyInstance = createNodeService({ store: await ObjectStore.open(folder), executor: openExecutor() });
  const transport = new HttpTransport([await listen(app, { host: '127.0.0.1', port: 0 })], 1);
  closing.push(
    () => app.close(),
    () => transport.close(),
  );
  return transport;
}

async function ask(transport: Transport, text: string, lane: LaneName, strategy: Strategy = 'push') {
  const { schema, batches } = await new QueryRunner(transport).run({ text, lane, strategy, cache: false });
  const rows: Scalar[][] = [];
  for await (const batch of batches)
    for (let row = 0; row < batch.length; row++) rows.push(batch.columns.map((column) => scalarAt(column, row)));
  return { types: schema.map(({ type }) => formatType(type)), rows };
}

const ALL = 'SELECT count(*), max(i), max(d), min(b), max(f) FROM t';
const ANSWER = {
  types: ['bigint', 'double', 'timestamp', 'varchar', 'varchar'],
  rows: [[BigInt(ROWS), 9, 1_577_872_800_000_000n, 'maybe', 'n/a']],
};

describe.each(LANE_NAMES)('a guess that later rows prove wrong, on the %s lane', (lane) => {
  test('is widened, and the query runs again', async () => {
    const transport = embedded();
    expect(await ask(transport, ALL, lane)).toEqual(ANSWER);
    expect(await ask(transport, 'SELECT max(i) FROM t', lane)).toEqual({ types: ['double'], rows: [[9]] });
  });

  test('is widened in NDJSON too', async () => {
    const transport = new LocalTransport(openExecutor(), new Map([['t', join(folder, 'json.ndjson')]]));
    expect(await ask(transport, ALL, lane)).toEqual(ANSWER);
  });

  test('is left alone where no query needs more', async () => {
    const answer = { types: ['boolean'], rows: [[true]] };
    expect(await ask(embedded(), 'SELECT b FROM t WHERE i = 0 LIMIT 1', lane)).toEqual(answer);
  });

  test.each(['push', 'pull'] as const)('is widened behind a node too (%s)', async (strategy) => {
    const transport = await overNode();
    expect(await ask(transport, ALL, lane, strategy)).toEqual(ANSWER);
    // The other way knows nothing of it yet.
    expect(await ask(transport, ALL, lane, strategy === 'push' ? 'pull' : 'push')).toEqual(ANSWER);
  });

  test('is an error that names the line when rows have left already; then the query works', async () => {
    const transport = embedded(undefined, 50_000);
    await expect(ask(transport, 'SELECT i FROM t', lane)).rejects.toMatchObject({
      code: 'schema-changed',
      message: expect.stringMatching(
        /\(line 20003\): column "i": "1.5" is not a valid bigint, which was guessed .* is double: run the query again/,
      ),
    });
    expect((await ask(transport, 'SELECT i FROM t', lane)).rows).toHaveLength(ROWS);
  });

  test('does not concern types that are given', async () => {
    const options = parseCsvOptions({ types: 'b boolean, f double' });
    await expect(ask(embedded(options), ALL, lane)).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringMatching(/\(line 35003\): column "b": "maybe" is not a valid boolean$/),
    });
  });
});
