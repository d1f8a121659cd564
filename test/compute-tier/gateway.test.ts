import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryGateway } from '../../compute-tier/gateway-client.ts';
import { HttpTransport, namesMeant } from '../../compute-tier/http-transport.ts';
import { QueryRunner } from '../../compute-tier/query-runner.ts';
import { ResultCache } from '../../compute-tier/result-cache.ts';
import { createGatewayService } from '../../compute-tier/service.ts';
import { Executor } from '../../engine/run/executor.ts';
import { listen } from '../../http/server.ts';
import { ObjectStore } from '../../storage-node/object-store.ts';
import { createNodeService } from '../../storage-node/service.ts';

const ANY_PORT = { host: '127.0.0.1', port: 0 };

let folder: string;
let executor: Executor;
let node: FastifyInstance;
let transport: HttpTransport;
let gateway: FastifyInstance;
let url: string;

async function startGateway(nodes: string[]) {
  const over = new HttpTransport(nodes, 1);
  const app = createGatewayService({ runner: new QueryRunner(over, new ResultCache(1 << 20)), strategy: 'push' });
  return { over, app, at: await listen(app, ANY_PORT) };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-gateway-'));
  await writeFile(join(folder, 't.csv'), 'k,v\na,1\nb,2\na,3\nc,4\n');
  executor = new Executor({ threads: 1 });
  node = createNodeService({ store: await ObjectStore.open(folder), executor });
  const { over, app, at } = await startGateway([await listen(node, ANY_PORT)]);
  [transport, gateway, url] = [over, app, at];
});

afterAll(async () => {
  await gateway.close();
  await transport.close();
  await node.close();
  await executor.close();
  await rm(folder, { recursive: true });
});

const GROUPS = 'SELECT k, sum(v) AS s, sum(v) / count(*) AS m FROM t GROUP BY k ORDER BY s DESC LIMIT 2';

async function ask(body: object | string, accept = 'text/csv', at = url) {
  const plain = typeof body === 'string';
  const response = await fetch(`${at}/v1/query`, {
    method: 'POST',
    headers: { 'content-type': plain ? 'text/plain' : 'application/json', accept },
    body: plain ? body : JSON.stringify({ lane: 'js', ...body }),
  });
  const statistics = JSON.parse(response.headers.get('sluice-statistics') ?? 'null');
  return { status: response.status, text: await response.text(), statistics };
}

describe('a gateway', () => {
  it('pulls a compressed object as it is, and says that one task reads it', async () => {
    const rows = Array.from({ length: 100_000 }, (_, i) => `${i},${(i * 7919) % 1000}\n`);
    const bytes = gzipSync(`i,n\n${rows.join('')}`);
    await writeFile(join(folder, 'z.csv.gz'), bytes);
    const query = 'SELECT count(*) AS c, sum(n) AS s, max(i) AS m FROM z';
    const [push, pull] = await Promise.all(
      (['push', 'pull'] as const).map((strategy) => ask({ query, strategy, cache: false })),
    );
    expect(push?.text).toBe('c,s,m\n100000,49950000,99999\n');
    expect(pull?.text).toBe(push?.text);
    expect(pull?.statistics).toMatchObject({ route: 'pull', bytesRead: bytes.length, tasks: { total: 1 } });
    expect((await ask(`EXPLAIN ${query}`)).text).toContain(`${bytes.length} bytes, gzip: one task reads it`);
  });

  it('gives the same answer by push and by pull, and says which way it went', async () => {
    const [push, pull] = await Promise.all(
      (['push', 'pull'] as const).map((strategy) => ask({ query: GROUPS, strategy, cache: false })),
    );
    expect(push?.text).toBe('k,s,m\na,4,2.0\nc,4,4.0\n'.replaceAll('.0', ''));
    expect(pull?.text).toBe(push?.text);
    expect(push?.statistics).toMatchObject({
      lane: 'js',
      route: 'push',
      cache: 'miss',
      rowsScanned: 4,
      rowsReturned: 2,
    });
    expect(pull?.statistics).toMatchObject({ route: 'pull', bytesOverLink: expect.any(Number) });
  });

  it('merges groups that a node with little memory gives in many batches', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => `key ${(i * 7) % 400},${i % 11 === 0 ? '' : i}`);
    await writeFile(join(folder, 'many.csv'), `k,v\n${rows.join('\n')}\n`);
    const small = new Executor({ threads: 2, chunkSize: 4000, memory: { lane: 1 << 26, groups: 1, results: 1 << 26 } });
    const smallNode = createNodeService({ store: await ObjectStore.open(folder), executor: small });
    const { over, app, at } = await startGateway([await listen(smallNode, ANY_PORT)]);
    const query =
      'SELECT k, count(*) AS n, count(v) AS c, sum(v) AS s, avg(v) AS a, min(v) AS l, max(v) AS g, first(v) AS f, ' +
      'count(DISTINCT v) AS d, median(v) AS m FROM many GROUP BY k ORDER BY k';
    const total = 'SELECT count(*) AS n, sum(v) AS s, median(v) AS m FROM many WHERE v < 2000';
    for (const asked of [query, total]) {
      const few = await ask({ query: asked, lane: 'wasm' });
      const many = await ask({ query: asked, lane: 'wasm' }, 'text/csv', at);
      expect([few.status, many.text]).toEqual([200, few.text]);
      expect(many.statistics.bytesOverLink).toBeGreaterThan(few.statistics.bytesOverLink);
    }
    await app.close();
    await over.close();
    await smallNode.close();
    await small.close();
  });

  it('answers from its cache until the object changes', async () => {
    const query = 'SELECT count(*) AS c FROM t';
    expect((await ask({ query })).statistics.cache).toBe('miss');
    expect((await ask({ query: 'SELECT  count(*)  AS c FROM "t.csv"' })).statistics).toMatchObject({
      cache: 'hit',
      bytesOverLink: 0,
    });
    await writeFile(join(folder, 't.csv'), 'k,v\na,1\nb,2\na,3\nc,4\nd,0\n');
    const after = await ask({ query });
    expect([after.text, after.statistics.cache]).toEqual(['c\n5\n', 'miss']);
  });

  it('takes plain SQL and gives JSON', async () => {
    const { text } = await ask("SELECT v FROM t WHERE k = 'b'", 'application/json');
    expect(JSON.parse(text)).toEqual([{ v: 2 }]);
  });

  it('gives its own client a schema even where there are no rows', async () => {
    const batches = await Array.fromAsync(
      queryGateway(url, { query: 'SELECT k FROM t WHERE v > 99', lane: 'js', cache: false }),
    );
    expect(batches.map(({ schema, length }) => [schema[0]?.name, length])).toEqual([['k', 0]]);
  });

  it.each([
    [{ query: 'SELECT nope FROM t' }, 400, 'unknown-name'],
    [{ query: 'SELECT 1 FROM nowhere' }, 400, 'unknown-name'],
    [{ query: 'SELEC 1' }, 400, 'syntax'],
    [{ query: 'SELECT k + 1 FROM t', lane: 'gpu' }, 400, 'bad-request'],
    [{ query: 'SELECT 1 FROM t', strategy: 'adaptive' }, 400, 'bad-request'],
    [{ query: 'SELECT 1 FROM t', lang: 'ppl' }, 400, 'bad-request'],
    [{}, 400, 'bad-request'],
  ])('refuses %j', async (body, status, code) => {
    const answer = await ask(body);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code } });
  });

  it('refuses formats that it does not write', async () => {
    expect((await ask({ query: 'SELECT k FROM t' }, 'image/png')).status).toBe(400);
  });

  it('answers 502 while its node is away, and lives on', async () => {
    const { over, app, at } = await startGateway(['http://127.0.0.1:1']);
    const answer = await ask({ query: 'SELECT k FROM t' }, 'text/csv', at);
    expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([502, 'unreachable']);
    expect((await fetch(`${at}/healthz`)).status).toBe(200);
    await app.close();
    await over.close();
  });

  it('explains what is pushed and what is left', async () => {
    const { text } = await ask({ query: `EXPLAIN ${GROUPS}` });
    expect(text).toContain('group by k');
    expect(text).toContain('limit 2');
  });
});

describe('a table name', () => {
  it('means the object of that name, or else one with an extension', () => {
    const names = ['t.csv', 't.parquet', 'u.CSV', 'sub/w.csv'];
    expect(namesMeant('t.csv', names)).toEqual(['t.csv']);
    expect(namesMeant('t', names)).toEqual(['t.csv', 't.parquet']);
    expect(namesMeant('U', names)).toEqual(['u.CSV']);
    expect(namesMeant('sub/w', names)).toEqual(['sub/w.csv']);
    expect(namesMeant('v', names)).toEqual([]);
  });
});
