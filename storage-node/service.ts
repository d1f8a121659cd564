import { open } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { arrowStream } from '../engine/arrow.ts';
import type { CpuBudget } from '../engine/run/cpu-budget.ts';
import type { Executor } from '../engine/run/executor.ts';
import { isVersionOf } from '../engine/run/locate.ts';
import { createServer } from '../http/server.ts';
import { disconnectSignal, type Pacing, sendStream, writePaced } from '../http/stream-answer.ts';
import { SluiceError } from '../query/error.ts';
import { parseFragment } from '../query/parse-fragment.ts';
import { reportBudget } from './budget-metrics.ts';
import { parseByteRange } from './byte-range.ts';
import type { Link } from './link.ts';
import { NodeMetrics } from './metrics.ts';
import type { FileLocation, ObjectStore } from './object-store.ts';

const READ_SIZE = 256 * 1024;
/** What is sent at a time where no link says it. */
const PIECE = 64 * 1024;

export interface NodeServiceOptions {
  readonly store: ObjectStore;
  readonly executor: Pick<Executor, 'describe' | 'scan' | 'threads' | 'pinned'>;
  /** Paces the bodies of all answers under `/v1/`. */
  readonly link?: Link;
  /** That of the executor: no answer leaves while the process is in debt. */
  readonly budget?: CpuBudget;
}

interface NamedObject {
  readonly Params: { readonly '*': string };
}

/** The HTTP service of a storage node; the caller listens and closes. */
export function createNodeService({ store, executor, link, budget }: NodeServiceOptions): FastifyInstance {
  const { app, registry } = createServer('sluice_node');
  const metrics = new NodeMetrics(registry);
  reportBudget(app, registry, { executor, ...(budget && { budget }), ...(link && { link }) });

  /** Over the link, until the answer is closed. */
  const transferOf = (reply: FastifyReply) => {
    const transfer = link?.transfer();
    reply.raw.once('close', () => transfer?.close());
    return transfer;
  };

  /** Of one answer, from its first byte to its close. */
  const pacingOf = (reply: FastifyReply): Pacing => {
    budget?.begin();
    const transfer = transferOf(reply);
    return {
      piece: link?.piece ?? PIECE,
      take: async (bytes, signal) => {
        await budget?.pause(signal);
        await transfer?.take(bytes, signal);
      },
    };
  };

  const counted = ({ piece, take }: Pacing): Pacing => ({
    piece,
    take: async (bytes, signal) => {
      await take(bytes, signal);
      metrics.bytesSent.inc(bytes);
    },
  });

  // Scans and raw objects write to the connection themselves, and do not come by here. What does is small, and gateways
  // do not wait long for it: scans pay for the CPU time that it takes.
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.url.startsWith('/v1/') && typeof payload === 'string')
      await transferOf(reply)?.take(Buffer.byteLength(payload), disconnectSignal(reply.raw));
    return payload;
  });

  app.get('/v1/objects', async () => ({
    objects: (await store.list()).map(({ name, size, version }) => ({ name, size, version })),
  }));

  app.get<NamedObject>('/v1/describe/*', async (request) => {
    const location = await store.locate(request.params['*']);
    const { format, schema, guessed } = await executor.describe(location);
    return { name: location.name, size: location.size, version: location.version, format, schema, guessed };
  });

  app.route<NamedObject>({
    method: ['GET', 'HEAD'],
    url: '/v1/objects/*',
    handler: async (request, reply) =>
      sendRaw(request, reply, await store.locate(request.params['*']), counted(pacingOf(reply))),
  });

  app.post('/v1/scan', async (request, reply) => {
    const start = performance.now();
    const signal = disconnectSignal(reply.raw);
    const fragment = parseFragment(request.body);
    const description = await executor.describe(await store.locate(fragment.object));
    const scan = executor.scan(description, fragment, signal);
    metrics.activeScans.inc();
    try {
      return await sendStream(
        reply,
        {
          contentType: 'application/vnd.apache.arrow.stream',
          body: arrowStream(scan.schema, scan.batches),
          statistics: async () => {
            const statistics = await scan.statistics;
            metrics.scanned(statistics, (performance.now() - start) / 1000);
            return statistics;
          },
          holdBack: 0,
          failure: 'trailer',
          pacing: counted(pacingOf(reply)),
        },
        signal,
      );
    } finally {
      metrics.activeScans.dec();
    }
  });
  return app;
}

/** Raw bytes, whole or one range; the ETag is the version. */
async function sendRaw(
  request: FastifyRequest,
  reply: FastifyReply,
  { name, path, size, version }: FileLocation,
  pacing: Pacing,
): Promise<FastifyReply> {
  const range = parseByteRange(request.headers.range, size);
  if (range === 'unsatisfiable') {
    const message = `${name}: expected one range inside ${size} bytes, such as bytes=0-99`;
    const error = { code: 'bad-request', message };
    return reply.code(416).header('content-range', `bytes */${size}`).send({ error });
  }
  const signal = disconnectSignal(reply.raw);
  const file = await open(path);
  try {
    if (!isVersionOf(version, await file.stat()))
      throw new SluiceError('bad-data', `${name}: changed while being read; try again`);
    const { first, last } = range ?? { first: 0, last: size - 1 };
    reply.hijack();
    reply.raw.writeHead(range ? 206 : 200, {
      'content-type': 'application/octet-stream',
      'accept-ranges': 'bytes',
      etag: `"${version}"`,
      'content-length': last - first + 1,
      ...(range && { 'content-range': `bytes ${first}-${last}/${size}` }),
    });
    if (request.method === 'GET') {
      for (let offset = first; offset <= last; ) {
        const buffer = Buffer.allocUnsafe(Math.min(READ_SIZE, last + 1 - offset));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
        if (bytesRead === 0) throw new SluiceError('bad-data', `${name}: ends before byte ${last}`);
        await writePaced(reply.raw, buffer.subarray(0, bytesRead), pacing, signal);
        offset += bytesRead;
      }
    }
    reply.raw.end();
  } catch (error) {
    if (!reply.sent) throw error;
    // The length is promised: a cut connection is the only way left to tell that bytes are missing.
    reply.raw.destroy();
  } finally {
    await file.close();
  }
  return reply;
}
