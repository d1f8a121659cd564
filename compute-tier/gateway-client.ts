import { type IncomingMessage, request as send } from 'node:http';
import { readArrowStream } from '../engine/arrow.ts';
import type { Batch } from '../engine/column.ts';
import { readError } from '../http/error-answer.ts';
import { ERROR_FIELD, STATISTICS_FIELD } from '../http/stream-answer.ts';
import { SluiceError } from '../query/error.ts';
import type { LaneName } from '../query/fragment.ts';
import type { QueryStatistics } from './query-statistics.ts';

export interface GatewayQuery {
  readonly query: string;
  readonly lane: LaneName;
  readonly cache: boolean;
}

/**
 * Puts a query to a gateway. Every answer has at least one batch, if an empty one, so that its schema is known.
 * Throws the gateway's own errors, and `unreachable`.
 */
export async function* queryGateway(url: string, query: GatewayQuery): AsyncGenerator<Batch, QueryStatistics> {
  const unreachable = (what: string) => new SluiceError('unreachable', `the gateway ${url} ${what}`);
  const response = await post(`${url}/v1/query`, JSON.stringify(query)).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ECONNREFUSED' ? 'connection refused; is it running?' : error.message || error.code;
    throw unreachable(`does not answer: ${why}`);
  });
  if (response.statusCode !== 200) {
    const text = await readText(response).catch(() => '');
    throw readError(text) ?? unreachable(`answered with status ${response.statusCode}`);
  }
  try {
    let damage: SluiceError | undefined;
    try {
      yield* readArrowStream(response.iterator({ destroyOnReturn: false }));
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      damage = error;
    }
    for await (const _rest of response);
    const failure = response.trailers[ERROR_FIELD];
    if (typeof failure === 'string') throw readError(failure) ?? unreachable('sent an error nobody can read');
    if (damage) throw damage;
    const statistics = response.headers[STATISTICS_FIELD] ?? response.trailers[STATISTICS_FIELD];
    if (typeof statistics !== 'string') throw unreachable('ended its answer early');
    return JSON.parse(statistics) as QueryStatistics;
  } catch (error) {
    throw error instanceof SluiceError ? error : unreachable(`ended its answer early: ${(error as Error).message}`);
  } finally {
    response.destroy();
  }
}

function post(url: string, body: string): Promise<IncomingMessage> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/vnd.apache.arrow.stream',
    te: 'trailers',
  };
  return new Promise((resolve, reject) => {
    send(url, { method: 'POST', headers }).on('response', resolve).on('error', reject).end(body);
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
