import { LRUCache } from 'lru-cache';
import type { Batch } from '../engine/column.ts';
import type { QueryStatistics } from './query-statistics.ts';

/** A whole result, as it was when it was made. */
export interface CachedResult {
  readonly batches: readonly Batch[];
  readonly statistics: QueryStatistics;
}

/** One result may take this share of the cache at most, so that it cannot sweep out all others. */
const LARGEST_SHARE = 0.25;

/** Results by their plan and their object's version, the least recently used going first; bounded in bytes. */
export class ResultCache {
  readonly largest: number;
  readonly #results: LRUCache<string, CachedResult>;

  constructor(maxBytes: number) {
    this.largest = Math.max(1, Math.floor(maxBytes * LARGEST_SHARE));
    this.#results = new LRUCache({ maxSize: maxBytes, maxEntrySize: this.largest });
  }

  get(key: string): CachedResult | undefined {
    return this.#results.get(key);
  }

  /** `bytes`: what the batches take. */
  set(key: string, result: CachedResult, bytes: number): void {
    this.#results.set(key, result, { size: Math.max(1, bytes + key.length) });
  }
}
