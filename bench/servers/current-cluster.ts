import { isDeepStrictEqual } from 'node:util';
import { Cluster, type ClusterSettings } from './cluster.ts';

/** The one cluster of a session, started anew when a case asks for another. */
export class CurrentCluster {
  readonly #signal: AbortSignal;
  #cluster: Cluster | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** The cluster that runs; there is none before the first `use`. */
  get running(): Cluster {
    if (!this.#cluster) throw new TypeError('no cluster was started');
    return this.#cluster;
  }

  get pids(): readonly number[] {
    return this.#cluster?.pids ?? [];
  }

  /** Sees to it that the running cluster has these settings. */
  async use(settings: ClusterSettings): Promise<void> {
    if (isDeepStrictEqual(this.#cluster?.settings, settings)) return;
    await this.stop();
    this.#cluster = await Cluster.start(settings, this.#signal);
  }

  async stop(): Promise<void> {
    const cluster = this.#cluster;
    this.#cluster = undefined;
    await cluster?.stop();
  }
}
