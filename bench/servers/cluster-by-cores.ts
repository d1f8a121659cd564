import { Cluster, type ClusterSettings } from './cluster.ts';

/** The one cluster of a session, started anew when a case asks for another number of cores. */
export class ClusterByCores {
  readonly #settings: Omit<ClusterSettings, 'cores'>;
  readonly #signal: AbortSignal;
  #cluster: Cluster | undefined;

  constructor(settings: Omit<ClusterSettings, 'cores'>, signal: AbortSignal) {
    this.#settings = settings;
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

  /** Sees to it that the node of the running cluster has `cores` workers. */
  async use(cores: number): Promise<void> {
    if (this.#cluster?.settings.cores === cores) return;
    await this.stop();
    this.#cluster = await Cluster.start({ ...this.#settings, cores }, this.#signal);
  }

  async stop(): Promise<void> {
    const cluster = this.#cluster;
    this.#cluster = undefined;
    await cluster?.stop();
  }
}
