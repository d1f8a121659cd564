import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { openSource } from '../../../engine/run/byte-source.ts';

const BYTES = Buffer.from('0123456789');
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

async function serve(listener: RequestListener) {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.csv`;
  return openSource({ kind: 'http', name: 'x.csv', url, size: BYTES.length, version: 'v1' });
}

describe('an object behind HTTP', () => {
  test('is read by ranges, up to its end', async () => {
    const ranges: (string | undefined)[] = [];
    const source = await serve((request, response) => {
      ranges.push(request.headers.range);
      const [from = 0, to = 0] = (request.headers.range ?? '').slice(6).split('-').map(Number);
      response.writeHead(206, { etag: '"v1"' }).end(BYTES.subarray(from, to + 1));
    });
    const target = Buffer.alloc(6);
    expect(await source.read(2, target)).toBe(6);
    expect(target.toString()).toBe('234567');
    expect(await source.read(8, target)).toBe(2);
    expect(await source.read(10, target)).toBe(0);
    expect(ranges).toEqual(['bytes=2-7', 'bytes=8-9']);
  });

  test.each<[string, string, RequestListener]>([
    ['bad-data', 'changed while being read', (_, response) => response.writeHead(206, { etag: '"v2"' }).end('01')],
    ['bad-data', 'changed while being read', (_, response) => response.writeHead(416).end()],
    ['unreachable', 'expected 206', (_, response) => response.writeHead(200, { etag: '"v1"' }).end(BYTES)],
    ['unreachable', 'answered 500', (_, response) => response.writeHead(500).end()],
    ['unreachable', 'sent 1 of the 2 bytes', (_, response) => response.writeHead(206, { etag: '"v1"' }).end('0')],
    ['unreachable', 'sent more than', (_, response) => response.writeHead(206, { etag: '"v1"' }).end('012')],
    ['unreachable', 'does not answer', (request) => request.socket.destroy()],
    ['not-found', 'not found', (_, response) => response.writeHead(404).end()],
  ])('fails with %s: %s', async (code, message, listener) => {
    const source = await serve(listener);
    await expect(source.read(0, Buffer.alloc(2))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });
});
