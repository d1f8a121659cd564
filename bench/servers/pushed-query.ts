import { parse } from 'csv-parse/sync';
import type { Cluster } from './cluster.ts';

/** A query that the node answered, put again for some time. */
export interface PushedQuery {
  /** Milliseconds of one. */
  readonly ms: number;
  /** Milliseconds of the node's CPU time for one; undefined where the system does not tell. */
  readonly nodeMs: number | undefined;
  /** Of the last one, as texts, without the header. */
  readonly rows: string[][];
}

/** Puts a query to the gateway, which pushes it, again and again until that has taken `atLeastMs`. */
export async function pushQuery(
  cluster: Cluster,
  query: string,
  lane: string,
  atLeastMs: number,
  signal: AbortSignal,
): Promise<PushedQuery> {
  const before = cluster.cpuTimes();
  let total = 0;
  let times = 0;
  let body: Uint8Array;
  do {
    const response = await cluster.query({ query, lane, strategy: 'push', accept: 'text/csv' }, signal);
    body = response.body;
    total += response.ms;
    times++;
  } while (total < atLeastMs);
  const after = cluster.cpuTimes();
  const rows = parse(Buffer.from(body)) as string[][];
  return { ms: total / times, rows: rows.slice(1), nodeMs: before && after && (after.node - before.node) / times };
}
