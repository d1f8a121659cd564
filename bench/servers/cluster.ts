import { z } from 'zod';
import { SluiceError } from '../../query/error.ts';
import { processTime } from './process-time.ts';
import { type ServerOptions, ServerProcess } from './server-process.ts';

/** How a cluster is started. Equal settings, equal cluster. */
export interface ClusterSettings {
  /** The folder that the node serves. */
  readonly data: string;
  /** Worker threads of the node. */
  readonly cores: number;
  /** False: the system places the workers. Without: each has a core, where the system allows that. */
  readonly pin?: boolean;
  /** The share of its cores that the node may use. Without: all. */
  readonly duty?: number;
  /** Mbit/s between node and gateway. Without: as fast as loopback is. */
  readonly link?: number;
  /** Milliseconds from node to gateway. */
  readonly linkDelay?: number;
}

export interface QueryRequest {
  readonly query: string;
  readonly lane: string;
  readonly strategy: 'push' | 'pull';
  readonly accept: 'text/csv' | 'application/vnd.apache.arrow.stream';
}

export interface QueryResponse {
  /** From sending the request to the last byte of the body. */
  readonly ms: number;
  readonly body: Uint8Array;
  readonly statistics: QueryStatistics;
}

const statisticsSchema = z.looseObject({
  lane: z.string(),
  rowsScanned: z.number(),
  bytesOverLink: z.number().optional(),
  route: z.string().optional(),
  cache: z.string().optional(),
});

export type QueryStatistics = z.infer<typeof statisticsSchema>;

/** One storage node and one gateway on loopback, each a process. */
export class Cluster {
  readonly settings: ClusterSettings;
  readonly #node: ServerProcess;
  readonly #gateway: ServerProcess;

  private constructor(settings: ClusterSettings, node: ServerProcess, gateway: ServerProcess) {
    this.settings = settings;
    this.#node = node;
    this.#gateway = gateway;
  }

  /** @param of How each server is started, where that is not as usual. */
  static async start(
    settings: ClusterSettings,
    signal: AbortSignal,
    of: { readonly node?: ServerOptions; readonly gateway?: ServerOptions } = {},
  ): Promise<Cluster> {
    const { data, cores, pin = true, duty, link, linkDelay } = settings;
    const listen = ['--listen', '127.0.0.1:0'];
    const limits = Object.entries({ cores, duty, link, 'link-delay': linkDelay }).flatMap(([option, value]) =>
      value === undefined ? [] : [`--${option}`, String(value)],
    );
    if (!pin) limits.push('--no-pin');
    const node = await ServerProcess.start(['node', '--data', data, ...listen, ...limits], signal, of.node);
    try {
      const gateway = await ServerProcess.start(['gateway', '--node', node.url, ...listen], signal, of.gateway);
      return new Cluster(settings, node, gateway);
    } catch (error) {
      await node.stop();
      throw error;
    }
  }

  get pids(): number[] {
    return [this.#node.pid, this.#gateway.pid];
  }

  get nodeUrl(): string {
    return this.#node.url;
  }

  /** Milliseconds of CPU that each has used so far; undefined where the system does not tell. */
  cpuTimes(): { readonly node: number; readonly gateway: number } | undefined {
    const [node, gateway] = [processTime(this.#node.pid), processTime(this.#gateway.pid)];
    return node === undefined || gateway === undefined ? undefined : { node, gateway };
  }

  async stop(): Promise<void> {
    await this.#gateway.stop();
    await this.#node.stop();
  }

  /**
   * Puts a query to the gateway, past its cache, and checks that it went the way that was asked for.
   * @throws SluiceError with what the gateway answered; `internal` when lane or strategy were not honoured.
   */
  async query(request: QueryRequest, signal: AbortSignal): Promise<QueryResponse> {
    const { accept, ...rest } = request;
    const start = performance.now();
    const response = await fetch(`${this.#gateway.url}/v1/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ ...rest, cache: false }),
      signal,
    });
    const body = await response.bytes();
    const ms = performance.now() - start;
    if (!response.ok) throw await refusal(new Response(body, { status: response.status }), request.query);
    const statistics = statisticsSchema.parse(JSON.parse(response.headers.get('sluice-statistics') ?? '{}'));
    if (statistics.lane !== request.lane || (statistics.route && statistics.route !== request.strategy)) {
      throw new SluiceError(
        'internal',
        `asked the gateway for lane ${request.lane}, ${request.strategy}, and got lane ${statistics.lane}, ${statistics.route}`,
      );
    }
    if (statistics.cache === 'hit') throw new SluiceError('internal', 'the gateway answered from its cache');
    return { ms, body, statistics };
  }
}

async function refusal(response: Response, what: string): Promise<SluiceError> {
  const text = await response.text();
  let message = text;
  try {
    message = (JSON.parse(text) as { error: { message: string } }).error.message;
  } catch {
    // Not a JSON error: the text itself is the best there is.
  }
  return new SluiceError('internal', `the server answered ${response.status} to "${what}": ${message}`);
}
