import type { Cluster } from './cluster.ts';

/**
 * Warms up nodes by CPU time rather than by rounds: V8 compiles what runs often, and a node with a small duty would
 * still be cold after rounds that are enough for one with all of its cores.
 */
export class WarmNodes {
  /** What each cluster is warm for. */
  readonly #done = new WeakMap<Cluster, Set<string>>();
  readonly #cpuMs: number;

  /** `cpuMs`: milliseconds of CPU time that a node uses for each kind of work before it is measured. */
  constructor(cpuMs: number) {
    this.#cpuMs = cpuMs;
  }

  /** Does `work` until the node has used its time; by the clock, where the system does not tell it. Once for each `kind`. */
  async warm(cluster: Cluster, kind: string, work: () => Promise<unknown>): Promise<void> {
    const done = this.#done.get(cluster) ?? new Set();
    this.#done.set(cluster, done);
    if (done.has(kind)) return;
    const used = () => cluster.cpuTimes()?.node ?? performance.now();
    const start = used();
    while (used() - start < this.#cpuMs) await work();
    done.add(kind);
  }
}
