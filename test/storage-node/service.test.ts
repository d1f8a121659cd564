import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arrowStream } from '../../engine/arrow.ts';
import type { Batch } from '../../engine/column.ts';
import { CpuBudget } from '../../engine/run/cpu-budget.ts';
import { Executor } from '../../engine/run/executor.ts';
import { columnFromScalars, scalarAt } from '../../engine/scalars.ts';
import { listen } from '../../http/server.ts';
import type { Fragment } from '../../query/fragment.ts';
import { INT32 } from '../../query/types.ts';
import { NodeClient } from '../../storage-node/client.ts';
import { Link } from '../../storage-node/link.ts';
import { ObjectStore } from '../../storage-node/object-store.ts';
import { createNodeService } from '../../storage-node/service.ts';

const ANY_PORT = { host: '127.0.0.1', port: 0 };
const ROWS: Fragment = {
  version: 1,
  object: 'sub.csv',
  lane: 'js',
  output: { kind: 'rows', columns: [{ name: 'n', expression: { kind: 'column', name: 'n' } }] },
};
const BATCH: Batch = {
  schema: [{ name: 'n', type: INT32 }],
  length: 3,
  columns: [columnFromScalars(INT32, [1, 2, 3])],
};

let folder: string;
let store: ObjectStore;
let executor: Executor;
let app: FastifyInstance;
let url: string;
let client: NodeClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-node-'));
  await writeFile(join(folder, 'sub.csv'), 'n,s\n1,a\n2,b\n3,c\n');
  await writeFile(join(folder, 'bad.csv'), 'n,s\n1,a\n2\n');
  const columns = [
    { name: 'n', type: 'integer' },
    { name: 's', type: 'varchar' },
  ];
  for (const name of ['sub.csv', 'bad.csv'])
    await writeFile(join(folder, `${name}.schema.json`), JSON.stringify({ columns }));
  store = await ObjectStore.open(folder);
  executor = new Executor({ threads: 1 });
  app = createNodeService({ store, executor, link: new Link(1000) });
  url = await listen(app, ANY_PORT);
  client = new NodeClient(url);
});

afterAll(async () => {
  client.close();
  await app.close();
  await executor.close();
  await rm(folder, { recursive: true });
});

async function values(batches: AsyncIterable<Batch>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const { columns, length } of batches)
    for (let row = 0; row < length; row++) all.push(scalarAt(columns[0]!, row));
  return all;
}

describe('a storage node', () => {
  it('lists and describes its objects', async () => {
    expect((await client.list()).map(({ name }) => name)).toEqual(['bad.csv', 'sub.csv']);
    const { location, schema } = await client.describe('sub.csv');
    expect(location).toMatchObject({ kind: 'http', size: 16, url: `${url}/v1/objects/sub.csv` });
    expect(schema.map(({ name }) => name)).toEqual(['n', 's']);
  });

  it('gives raw bytes, whole or a range, with the version as ETag', async () => {
    const whole = await fetch(`${url}/v1/objects/sub.csv`);
    expect(await whole.text()).toBe('n,s\n1,a\n2,b\n3,c\n');
    const [entry] = (await client.list()).filter(({ name }) => name === 'sub.csv');
    expect(whole.headers.get('etag')).toBe(`"${entry?.version}"`);
    const part = await fetch(`${url}/v1/objects/sub.csv`, { headers: { range: 'bytes=4-6' } });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 4-6/16', '1,a']);
  });

  it('refuses a range beyond the end with 416 and the size', async () => {
    const response = await fetch(`${url}/v1/objects/sub.csv`, { headers: { range: 'bytes=16-' } });
    expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */16']);
    expect(await response.json()).toMatchObject({ error: { code: 'bad-request' } });
  });

  it('scans, and tells what it did when the scan has ended', async () => {
    const filter = {
      kind: 'call',
      function: 'gt',
      args: [
        { kind: 'column', name: 'n' },
        { kind: 'literal', type: INT32, value: 1 },
      ],
    } as const;
    const scan = client.scan({ ...ROWS, filter });
    expect(await values(scan.batches)).toEqual([2, 3]);
    expect(await scan.statistics).toMatchObject({ lane: 'js', threads: 1, rowsScanned: 3 });
    expect(scan.bytesReceived()).toBeGreaterThan(0);
  });

  it('tells an error that comes in the midst of a scan, and lives on', async () => {
    const scan = client.scan({ ...ROWS, object: 'bad.csv' });
    await expect(values(scan.batches)).rejects.toMatchObject({ code: 'bad-data' });
    await expect(scan.statistics).rejects.toMatchObject({ code: 'bad-data' });
    expect(await values(client.scan(ROWS).batches)).toEqual([1, 2, 3]);
  });

  it.each([
    ['{', 400, 'bad-request'],
    ['{}', 400, 'bad-request'],
    [JSON.stringify({ ...ROWS, object: '../x.csv' }), 404, 'not-found'],
    [
      JSON.stringify({
        ...ROWS,
        output: { kind: 'rows', columns: [{ name: 'z', expression: { kind: 'column', name: 'z' } }] },
      }),
      400,
      'unknown-name',
    ],
    [`"${'x'.repeat(2 << 20)}"`, 413, 'bad-request'],
  ])('answers a bad scan request with JSON (%#)', async (body, status, code) => {
    const response = await fetch(`${url}/v1/scan`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
  });

  it('answers 404 in JSON where there is nothing', async () => {
    const response = await fetch(`${url}/v2/nothing`);
    expect([response.status, await response.json()]).toMatchObject([404, { error: { code: 'not-found' } }]);
  });

  it('counts requests, rows and tasks', async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toMatch(/sluice_node_requests_total\{route="\/v1\/scan",status="200"\} [1-9]/);
    expect(text).toMatch(/sluice_node_rows_scanned_total [1-9]/);
    expect(text).toContain('sluice_node_active_scans 0');
  });

  it('stops a scan whose client has gone away', async () => {
    const stopped = Promise.withResolvers<void>();
    async function* endless(signal: AbortSignal | undefined): AsyncGenerator<Batch> {
      try {
        for (;;) {
          signal?.throwIfAborted();
          yield BATCH;
        }
      } finally {
        stopped.resolve();
      }
    }
    const endlessExecutor = {
      threads: 1,
      pinned: 0,
      describe: executor.describe.bind(executor),
      scan: (_object: unknown, _fragment: Fragment, signal?: AbortSignal) => ({
        schema: BATCH.schema,
        batches: endless(signal),
        statistics: new Promise<never>(() => {}),
      }),
    };
    const other = createNodeService({ store, executor: endlessExecutor });
    const address = await listen(other, ANY_PORT);
    const post = request(`${address}/v1/scan`, { method: 'POST', headers: { 'content-type': 'application/json' } });
    post.on('error', () => {}).end(JSON.stringify(ROWS));
    const [response] = await once(post, 'response');
    await once(response, 'data');
    response.destroy();
    await stopped.promise;
    await expect.poll(async () => (await fetch(`${address}/metrics`)).text()).toContain('sluice_node_active_scans 0');
    await other.close();
  });
});

describe('a client of a node', () => {
  async function against(answer: (response: ServerResponse) => void, use: (client: NodeClient) => Promise<void>) {
    const server = createServer((_request, response) => answer(response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const toIt = new NodeClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    try {
      await use(toIt);
    } finally {
      toIt.close();
      server.closeAllConnections();
      server.close();
    }
  }

  async function wholeStream(): Promise<Buffer> {
    async function* one() {
      yield BATCH;
    }
    return Buffer.concat(await Array.fromAsync(arrowStream(BATCH.schema, one())));
  }

  const cutShort = { code: 'unreachable' };

  it('does not take a stream without statistics for a whole answer', async () => {
    const stream = await wholeStream();
    await against(
      (response) => response.end(stream),
      (toIt) => expect(values(toIt.scan(ROWS).batches)).rejects.toMatchObject(cutShort),
    );
  });

  it('does not take a connection that broke for the end of the answer', async () => {
    const stream = await wholeStream();
    await against(
      (response) => response.write(stream, () => response.destroy()),
      (toIt) => expect(values(toIt.scan(ROWS).batches)).rejects.toMatchObject(cutShort),
    );
  });

  it('does not take half of a stream for an answer', async () => {
    const stream = await wholeStream();
    await against(
      (response) => response.end(stream.subarray(0, stream.length / 2)),
      (toIt) =>
        expect(values(toIt.scan(ROWS).batches)).rejects.toMatchObject({
          code: expect.stringMatching('unreachable|bad-data'),
        }),
    );
  });

  it('says that a server is not a storage node', async () => {
    await against(
      (response) => response.end('<html>'),
      (toIt) =>
        expect(toIt.list()).rejects.toMatchObject({
          code: 'unreachable',
          message: expect.stringContaining('right URL'),
        }),
    );
  });

  it('says that nobody answers', async () => {
    await expect(new NodeClient('http://127.0.0.1:1').list()).rejects.toMatchObject({ code: 'unreachable' });
  });
});

describe('a node that is in debt of CPU time', () => {
  it('lists and describes objects all the same', async () => {
    let used = 0;
    const budget = new CpuBudget(0.01, 1, { now: () => 0, processTime: () => used, threadTime: () => used });
    const node = createNodeService({ store, executor, budget });
    budget.begin();
    used = 1e9;
    expect((await node.inject('/v1/objects')).statusCode).toBe(200);
    expect((await node.inject('/v1/describe/sub.csv')).statusCode).toBe(200);
    await node.close();
  });
});
