import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Cluster, type QueryRequest } from '../../bench/servers/cluster.ts';

const FAKE = { script: fileURLToPath(new URL('fake/server.ts', import.meta.url)) };
const of = { node: FAKE, gateway: FAKE };
const signal = new AbortController().signal;
const request: QueryRequest = { query: 'SELECT 42 AS n', lane: 'js', strategy: 'push', accept: 'text/csv' };

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a cluster', () => {
  it('answers queries until it is stopped, and leaves no process behind', async () => {
    const cluster = await Cluster.start({ data: '.', cores: 1 }, signal, of);
    const { pids } = cluster;
    try {
      const { body, ms } = await cluster.query(request, signal);
      expect(Buffer.from(body).toString()).toBe('n\n42\n');
      expect(ms).toBeGreaterThan(0);
    } finally {
      await cluster.stop();
    }
    expect(pids.map(isAlive)).toEqual([false, false]);
  });

  it('refuses an answer from another lane than the one asked for', async () => {
    const cluster = await Cluster.start({ data: '.', cores: 1 }, signal, of);
    try {
      await expect(cluster.query({ ...request, lane: 'wasm' }, signal)).rejects.toThrow(
        'asked the gateway for lane wasm',
      );
    } finally {
      await cluster.stop();
    }
  });

  it('says why a server did not start', async () => {
    await expect(Cluster.start({ data: 'broken', cores: 1 }, signal, of)).rejects.toThrow(
      /did not start: there is no folder "broken"/,
    );
  });
});
