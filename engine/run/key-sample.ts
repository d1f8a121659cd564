import type { Batch } from '../column.ts';
import { hashRows } from '../operators/hash-values.ts';

/** Batches with fewer groups are cheap to merge. */
const FEW_ROWS = 1 << 14;
/** Of the hashes of keys. */
const SEED = 0x85ebca6b;
/** Keys whose hashes, as unsigned numbers, are below are in the sample: one of 256. */
const SAMPLED = 2 ** 24;
const MAXIMUM_KEYS = 1 << 20;
/** With a smaller share of known keys, merging a batch would hardly save a group. */
const WORTHWHILE_SHARE = 1 / 8;

/**
 * Tells whether it is worth while to merge a batch of partial groups with those before, from a sample of all keys by
 * their hashes: the same keys are in the sample of each batch.
 */
export class KeySample {
  readonly #keyColumns: number;
  readonly #seen = new Set<number>();

  /** The first `keyColumns` columns of batches are their keys. */
  constructor(keyColumns: number) {
    this.#keyColumns = keyColumns;
  }

  /** Takes a batch into the sample; whether nearly all of its keys are new. */
  addsNewKeys({ columns, length }: Batch): boolean {
    if (this.#keyColumns === 0 || length < FEW_ROWS) return false;
    const hashes = hashRows(columns.slice(0, this.#keyColumns), length, SEED);
    const seen = this.#seen;
    if (seen.size > MAXIMUM_KEYS) seen.clear();
    let sampled = 0;
    let known = 0;
    for (let row = 0; row < length; row++) {
      const hash = hashes[row]! >>> 0;
      if (hash >= SAMPLED) continue;
      sampled++;
      if (seen.has(hash)) known++;
      else seen.add(hash);
    }
    return known < WORTHWHILE_SHARE * sampled;
  }
}
