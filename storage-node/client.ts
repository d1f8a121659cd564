import { Agent, type ClientRequest, type IncomingMessage, request as send } from 'node:http';
import { z } from 'zod';
import { readArrowStream } from '../engine/arrow.ts';
import type { Batch } from '../engine/column.ts';
import type { ScanStatistics } from '../engine/run/scan.ts';
import type { ObjectDescription } from '../engine/task.ts';
import { readError } from '../http/error-answer.ts';
import { ERROR_FIELD, STATISTICS_FIELD } from '../http/stream-answer.ts';
import { SluiceError } from '../query/error.ts';
import { type Fragment, LANE_NAMES } from '../query/fragment.ts';
import { descriptionSchema, entrySchema } from './description-schema.ts';

const CONTROL_TIMEOUT_MS = 15_000;
const MAX_JSON = 64 << 20;

export interface ObjectEntry {
  readonly name: string;
  readonly size: number;
  readonly version: string;
}

/** The batches of a fragment that runs on a node. */
export interface RemoteScan {
  /** Throws `unreachable` when the stream ends early: what came before is then not the whole answer. */
  readonly batches: AsyncIterable<Batch>;
  /** Settles when the iteration of `batches` has ended. */
  readonly statistics: Promise<ScanStatistics>;
  /** Body bytes received so far. */
  bytesReceived(): number;
}

const statisticsSchema = z.object({
  lane: z.enum(LANE_NAMES),
  threads: z.int(),
  rowsScanned: z.number(),
  bytesRead: z.number(),
  tasks: z.object({
    total: z.number(),
    pruned: z.number(),
    pages: z.object({ total: z.number(), pruned: z.number() }).optional(),
    bytesPruned: z.number().optional(),
  }),
  pushed: z.array(z.string()),
  rejected: z.object({ object: z.string(), rowsSkipped: z.number(), valuesNulled: z.number() }).optional(),
});

/** Speaks to one storage node over kept connections. Throws the node's own errors, and `unreachable`. */
export class NodeClient {
  readonly url: string;
  readonly #agent = new Agent({ keepAlive: true });

  /** `url` as the node printed it: `http://HOST:PORT`. */
  constructor(url: string) {
    this.url = url.replace(/\/+$/, '');
  }

  async list(signal?: AbortSignal): Promise<ObjectEntry[]> {
    const answer = await this.#json('/v1/objects', z.object({ objects: z.array(entrySchema) }), signal);
    return answer.objects;
  }

  /** The description with a location whose bytes are read from the node. */
  async describe(name: string, signal?: AbortSignal): Promise<ObjectDescription> {
    const { size, version, ...description } = await this.#json(
      `/v1/describe/${encodePath(name)}`,
      descriptionSchema,
      signal,
    );
    const url = `${this.url}/v1/objects/${encodePath(name)}`;
    const { format, schema, guessed } = description;
    return { location: { kind: 'http', name, url, size, version }, format, schema, ...(guessed && { guessed }) };
  }

  /** Starts when `batches` is first iterated. */
  scan(fragment: Fragment, signal?: AbortSignal): RemoteScan {
    const { promise, resolve, reject } = Promise.withResolvers<ScanStatistics>();
    promise.catch(() => {});
    const received = { bytes: 0 };
    const run = this.#scanBatches.bind(this);
    async function* batches(): AsyncGenerator<Batch> {
      try {
        resolve(yield* run(fragment, received, signal));
      } catch (error) {
        reject(error);
        throw error;
      } finally {
        reject(new SluiceError('cancelled', 'the scan was left before its end'));
      }
    }
    return { batches: batches(), statistics: promise, bytesReceived: () => received.bytes };
  }

  close(): void {
    this.#agent.destroy();
  }

  async *#scanBatches(
    fragment: Fragment,
    received: { bytes: number },
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Batch, ScanStatistics> {
    const response = await this.#request('POST', '/v1/scan', signal, JSON.stringify(fragment));
    async function* body(): AsyncGenerator<Uint8Array> {
      for await (const chunk of response.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        received.bytes += chunk.length;
        yield chunk;
      }
    }
    try {
      let damage: unknown;
      try {
        yield* readArrowStream(body());
      } catch (error) {
        if (!(error instanceof SluiceError) || error.code !== 'bad-data') throw error;
        damage = error;
      }
      // What follows the last batch is read as well: the trailer, which tells whether the answer is whole, comes then.
      for await (const _rest of body());
      const failure = response.trailers[ERROR_FIELD];
      if (typeof failure === 'string') throw readError(failure) ?? this.#unreachable('sent an error nobody can read');
      if (damage) throw damage;
      const statistics = response.trailers[STATISTICS_FIELD];
      if (typeof statistics !== 'string') throw this.#unreachable('ended its answer early');
      return this.#parse(statistics, statisticsSchema);
    } catch (error) {
      if (signal?.aborted) throw new SluiceError('cancelled', 'the query was cancelled');
      throw error instanceof SluiceError ? error : this.#unreachable(`ended its answer early: ${reason(error)}`);
    } finally {
      if (!response.complete) response.destroy();
    }
  }

  async #json<T>(path: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T> {
    const timeout = AbortSignal.timeout(CONTROL_TIMEOUT_MS);
    const response = await this.#request('GET', path, signal ? AbortSignal.any([signal, timeout]) : timeout);
    return this.#parse(await this.#text(response), schema);
  }

  #parse<T>(text: string, schema: z.ZodType<T>): T {
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      throw this.#unreachable('gave an answer that is not a storage node’s; is this the right URL?');
    }
  }

  /** A response of status 200; any other becomes the error that it carries. */
  async #request(method: string, path: string, signal?: AbortSignal, body?: string): Promise<IncomingMessage> {
    const response = await this.#exchange(method, path, signal, body);
    if (response.statusCode === 200) return response;
    throw readError(await this.#text(response)) ?? this.#unreachable(`answered with status ${response.statusCode}`);
  }

  async #exchange(
    method: string,
    path: string,
    signal: AbortSignal | undefined,
    body: string | undefined,
    again = true,
  ): Promise<IncomingMessage> {
    const headers = body === undefined ? {} : { 'content-type': 'application/json', te: 'trailers' };
    let request: ClientRequest | undefined;
    try {
      return await new Promise<IncomingMessage>((resolve, reject) => {
        request = send(this.url + path, { method, headers, agent: this.#agent, ...(signal && { signal }) });
        request.on('response', resolve).on('error', reject).end(body);
      });
    } catch (error) {
      if (signal?.aborted && signal.reason?.name !== 'TimeoutError')
        throw new SluiceError('cancelled', 'the query was cancelled');
      // The node may close a kept connection in the very moment in which it is used again.
      if (again && request?.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET')
        return this.#exchange(method, path, signal, body, false);
      throw this.#unreachable(`does not answer: ${reason(error)}`);
    }
  }

  async #text(response: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        length += chunk.length;
        if (length > MAX_JSON) throw this.#unreachable(`answered with more than ${MAX_JSON} bytes`);
        chunks.push(chunk);
      }
    } catch (error) {
      throw error instanceof SluiceError ? error : this.#unreachable(`ended its answer early: ${reason(error)}`);
    }
    return Buffer.concat(chunks).toString();
  }

  #unreachable(what: string): SluiceError {
    return new SluiceError('unreachable', `the storage node ${this.url} ${what}`);
  }
}

function encodePath(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/');
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'connection refused; is it running?';
  return message || code || String(error);
}
