import type { FastifyInstance } from 'fastify';
import { Counter, Histogram } from 'prom-client';
import { z } from 'zod';
import { createServer } from '../http/server.ts';
import { disconnectSignal, sendStream } from '../http/stream-answer.ts';
import { SluiceError } from '../query/error.ts';
import { LANE_NAMES } from '../query/fragment.ts';
import { encodeResult, type ResultFormat } from './formats/result-format.ts';
import { type QueryRunner, withEmptyBatch } from './query-runner.ts';
import type { QueryStatistics } from './query-statistics.ts';
import { STRATEGIES, type Strategy } from './transport.ts';

/** Results up to this size are sent in one piece, with their statistics in a header. */
const HOLD_BACK = 64 << 20;

export const MEDIA_TYPES = {
  json: 'application/json',
  csv: 'text/csv',
  arrow: 'application/vnd.apache.arrow.stream',
  ndjson: 'application/x-ndjson',
} as const satisfies Partial<Record<ResultFormat, string>>;

const requestSchema = z.strictObject({
  query: z.string(),
  lang: z.literal('sql').optional(),
  lane: z.enum(LANE_NAMES).optional(),
  strategy: z.enum(STRATEGIES).optional(),
  cache: z.boolean().optional(),
});

export interface GatewayServiceOptions {
  readonly runner: QueryRunner;
  /** For queries that name none. */
  readonly strategy: Strategy;
}

/** The HTTP service of a compute tier; the caller listens and closes. */
export function createGatewayService({ runner, strategy }: GatewayServiceOptions): FastifyInstance {
  const { app, registry } = createServer('sluice_gateway');
  const metrics = createMetrics([registry]);
  app.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  app.post('/v1/query', async (request, reply) => {
    const format = acceptedFormat(request.headers.accept);
    const options = parseRequest(request.body);
    const signal = disconnectSignal(reply.raw);
    const query = await runner.run({
      text: options.query,
      lane: options.lane ?? 'wasm',
      strategy: options.strategy ?? strategy,
      cache: options.cache ?? true,
      signal,
    });
    const batches = format === 'arrow' ? withEmptyBatch(query.schema, query.batches) : query.batches;
    return sendStream(
      reply,
      {
        contentType: format === 'csv' ? 'text/csv; charset=utf-8' : MEDIA_TYPES[format],
        body: encodeResult(format, query.schema, batches),
        statistics: () => {
          const statistics = query.statistics();
          metrics.answered(statistics);
          return statistics;
        },
        holdBack: HOLD_BACK,
        failure: format === 'arrow' ? 'trailer' : 'cut',
      },
      signal,
    );
  });
  return app;
}

function parseRequest(body: unknown): z.infer<typeof requestSchema> {
  if (typeof body === 'string') return { query: body };
  const parsed = requestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.length ? ` at ${issue.path.join('.')}` : '';
  throw new SluiceError(
    'bad-request',
    `the request is not a query${place}: ${issue?.message ?? 'expected {"query": "…"}'}`,
  );
}

/** The first media type of the Accept header that is one of ours; JSON where anything goes. */
function acceptedFormat(accept: string | undefined): keyof typeof MEDIA_TYPES {
  if (accept === undefined || accept.trim() === '') return 'json';
  for (const range of accept.split(',')) {
    const wanted = range.split(';')[0]?.trim().toLowerCase();
    if (wanted === '*/*' || wanted === 'application/*') return 'json';
    for (const [format, type] of Object.entries(MEDIA_TYPES))
      if (wanted === type || (wanted === 'text/*' && format === 'csv')) return format as keyof typeof MEDIA_TYPES;
  }
  throw new SluiceError(
    'bad-request',
    `cannot answer in "${accept.slice(0, 200)}"; Accept one of ${Object.values(MEDIA_TYPES).join(', ')}`,
  );
}

function createMetrics(registers: ConstructorParameters<typeof Counter>[0]['registers'] & object) {
  const queries = new Counter({
    name: 'sluice_gateway_queries_total',
    help: 'Queries answered, by way and by what the cache said.',
    labelNames: ['route', 'cache'],
    registers,
  });
  const bytes = new Counter({
    name: 'sluice_gateway_link_bytes_total',
    help: 'Bytes that came over the link from storage nodes.',
    registers,
  });
  const seconds = new Histogram({
    name: 'sluice_gateway_query_seconds',
    help: 'From plan to last result row, of queries that succeeded.',
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100],
    registers,
  });
  return {
    answered({ route, cache, bytesOverLink, ms }: QueryStatistics): void {
      queries.inc({ route: route ?? 'none', cache: cache ?? 'none' });
      bytes.inc(bytesOverLink ?? 0);
      seconds.observe((ms[0] ?? 0) / 1000);
    },
  };
}
