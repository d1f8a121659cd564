import Fastify, { type FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Registry } from 'prom-client';
import { SluiceError } from '../query/error.ts';
import { describeError } from './error-answer.ts';

const MAX_BODY = 1 << 20;
const GRACE_MS = 10_000;
/** How often the delay of the event loop is sampled: every 10 ms, as is usual, costs an idle process 1 % of a core. */
const LOOP_DELAY_MS = 100;

/** Where a server listens; port 0 lets the system choose. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** What both servers are made of: JSON errors, `/healthz`, `/metrics`, a counter of requests by route and status. */
export function createServer(prefix: string): { app: FastifyInstance; registry: Registry } {
  const app = Fastify({ bodyLimit: MAX_BODY, forceCloseConnections: 'idle', exposeHeadRoutes: false });
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_DELAY_MS });
  const requests = new Counter({
    name: `${prefix}_requests_total`,
    help: 'Requests answered, by route and status.',
    labelNames: ['route', 'status'],
    registers: [registry],
  });

  app.setErrorHandler((error, _request, reply) => {
    const { status, description } = describeError(error);
    if (description.code === 'internal') process.stderr.write(`${(error as Error).stack ?? error}\n`);
    return reply.code(status).type('application/json').send({ error: description });
  });
  app.setNotFoundHandler((request, reply) => {
    const message = `there is no ${request.method} ${request.url}`;
    return reply.code(404).send({ error: { code: 'not-found', message } });
  });
  app.addHook('onResponse', async (request, reply) => {
    requests.inc({ route: request.routeOptions.url ?? 'unknown', status: reply.raw.statusCode });
  });
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  return { app, registry };
}

/** Starts to listen and gives the URL. Throws `in-use` when the port is taken. */
export async function listen(app: FastifyInstance, { host, port }: ListenAddress): Promise<string> {
  const place = `${host.includes(':') ? `[${host}]` : host}`;
  try {
    await app.listen({ host, port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new SluiceError(
        'in-use',
        `cannot listen on ${place}:${port}: the port is in use; choose another by --listen`,
      );
    throw new SluiceError(
      'in-use',
      `cannot listen on ${place}:${port}: ${code === 'EACCES' ? 'not permitted' : message}`,
    );
  }
  const address = app.server.address();
  return `http://${place}:${typeof address === 'object' && address ? address.port : port}`;
}

/** Takes no new requests and lets those that run finish, for 10 s at most; then cuts them off. */
export async function closeServer(app: FastifyInstance, graceMs = GRACE_MS): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), graceMs);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
}
