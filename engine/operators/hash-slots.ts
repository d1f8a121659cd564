import { resized } from '../resized.ts';

const NONE = -1;

/** The slots of an open-addressing hash table that numbers its entries: a slot holds the number of an entry, or -1. */
export class HashSlots {
  #slots = new Int32Array(128).fill(NONE);
  #hashes = new Int32Array(64);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#slots.byteLength + this.#hashes.byteLength;
  }

  /** A search for a hash goes from slot `hash & (length - 1)` on, round, to the first that is free. */
  get slots(): Int32Array {
    return this.#slots;
  }

  hashOf(entry: number): number {
    return this.#hashes[entry]!;
  }

  /** Gives the next number to an entry whose search ended at `slot`. */
  insert(hash: number, slot: number): number {
    const entry = this.#count++;
    if (entry >= this.#hashes.length) this.#hashes = resized(this.#hashes, 2 * entry);
    this.#hashes[entry] = hash;
    this.#slots[slot] = entry;
    if (2 * this.#count > this.#slots.length) this.#grow();
    return entry;
  }

  #grow(): void {
    const hashes = this.#hashes;
    const slots = new Int32Array(4 * this.#slots.length).fill(NONE);
    const mask = slots.length - 1;
    for (let entry = 0; entry < this.#count; entry++) {
      let slot = hashes[entry]! & mask;
      while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      slots[slot] = entry;
    }
    this.#slots = slots;
  }
}
