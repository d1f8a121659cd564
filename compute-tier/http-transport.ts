import { LRUCache } from 'lru-cache';
import { withoutExtension } from '../engine/formats/object-name.ts';
import { Executor } from '../engine/run/executor.ts';
import { widened } from '../engine/run/widen.ts';
import type { ObjectDescription } from '../engine/task.ts';
import { SluiceError } from '../query/error.ts';
import type { Fragment } from '../query/fragment.ts';
import { NodeClient, type ObjectEntry } from '../storage-node/client.ts';
import type { Strategy, TableObject, Transport, TransportScan } from './transport.ts';

interface Candidate {
  readonly client: NodeClient;
  readonly entry: ObjectEntry;
}

/** Objects of storage nodes. A node may fail and come back: each query asks anew. */
export class HttpTransport implements Transport {
  readonly #clients: readonly NodeClient[];
  readonly #threads: number;
  #puller: Executor | undefined;
  readonly #descriptions = new LRUCache<string, ObjectDescription>({ max: 1000 });

  /** `threads` do the work of pulled scans. */
  constructor(nodes: readonly string[], threads: number) {
    this.#clients = nodes.map((url) => new NodeClient(url));
    this.#threads = threads;
  }

  /** Where several nodes have an object of that very name, the one named first is asked. */
  async open(table: string, signal?: AbortSignal): Promise<TableObject> {
    const { client, entry } = await this.#find(table, signal);
    const key = `${client.url} ${entry.name}`;
    let description = this.#descriptions.get(key);
    if (description?.location.version !== entry.version) {
      description = await client.describe(entry.name, signal);
      this.#descriptions.set(key, description);
    }
    const known = description;
    return {
      description: known,
      place: client.url,
      refresh: (error) => {
        // A node has widened its own guess; one that was pulled from does not know.
        const wider = error.misfit && widened(known, error);
        if (wider) this.#descriptions.set(key, wider);
        else this.#descriptions.delete(key);
      },
      scan: (fragment, strategy, abort) => this.#scan(client, known, fragment, strategy, abort),
    };
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.#puller?.close();
  }

  async #find(table: string, signal?: AbortSignal): Promise<Candidate> {
    const listings = await Promise.allSettled(this.#clients.map((client) => client.list(signal)));
    const candidates = listings.flatMap((listing, index): Candidate[] => {
      const client = this.#clients[index];
      return listing.status === 'fulfilled' && client ? listing.value.map((entry) => ({ client, entry })) : [];
    });
    const meant = namesMeant(
      table,
      candidates.map(({ entry }) => entry.name),
    );
    const found = candidates.find(({ entry }) => entry.name === meant[0]);
    if (found && meant.length === 1) return found;
    if (meant.length > 1)
      throw new SluiceError(
        'unknown-name',
        `table "${table}" may be ${meant.map((name) => `"${name}"`).join(' or ')}; write one of these`,
      );
    const failed = listings.find((listing) => listing.status === 'rejected');
    if (failed) throw failed.reason;
    const names = [...new Set(candidates.map(({ entry }) => `"${entry.name}"`))].slice(0, 20);
    throw new SluiceError('unknown-name', `unknown table "${table}"; the objects are ${names.join(', ') || 'none'}`);
  }

  #scan(
    client: NodeClient,
    description: ObjectDescription,
    fragment: Fragment,
    route: Strategy,
    signal?: AbortSignal,
  ): TransportScan {
    if (route === 'push') {
      const { batches, statistics, bytesReceived } = client.scan(fragment, signal);
      return { batches, statistics, bytesOverLink: bytesReceived, route };
    }
    // Workers start with the first pull: a gateway that only pushes needs none.
    this.#puller ??= new Executor({ threads: this.#threads });
    const { batches, statistics } = this.#puller.scan(description, fragment, signal);
    const link = { bytes: 0 };
    statistics.then(({ bytesRead }) => (link.bytes = bytesRead)).catch(() => {});
    return { batches, statistics, bytesOverLink: () => link.bytes, route };
  }
}

/** The object names that `table` means: that very name, or else those that add an extension to it. */
export function namesMeant(table: string, names: readonly string[]): readonly string[] {
  if (names.includes(table)) return [table];
  const wanted = table.toLowerCase();
  const bare = (name: string) => withoutExtension(name).toLowerCase();
  return [...new Set(names.filter((name) => name.toLowerCase() === wanted || bare(name) === wanted))];
}
