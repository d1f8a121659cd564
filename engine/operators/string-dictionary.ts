import { resized } from '../resized.ts';

/** Gives equal byte strings one number, counted from 0 in the order of first appearance. Open addressing. */
export class StringDictionary {
  #bytes = new Uint8Array(1024);
  #offsets = new Int32Array(64);
  #hashes = new Int32Array(64);
  #slots = new Int32Array(128).fill(-1);
  #count = 0;

  /** Approximate memory held. */
  get bytes(): number {
    return this.#bytes.byteLength + this.#offsets.byteLength + this.#hashes.byteLength + this.#slots.byteLength;
  }

  /** The number of the string bytes[start .. end). */
  intern(bytes: Uint8Array, start: number, end: number): number {
    let hash = 0x811c9dc5;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let id = this.#slots[slot]!; id >= 0; id = this.#slots[slot]!) {
      if (this.#hashes[id] === hash && this.#equals(id, bytes, start, end)) return id;
      slot = (slot + 1) & mask;
    }
    return this.#insert(slot, hash, bytes.subarray(start, end));
  }

  /** The bytes of a string. */
  bytesOf(id: number): Uint8Array {
    return this.#bytes.subarray(this.#offsets[id], this.#offsets[id + 1]);
  }

  #equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const known = this.#offsets[id]!;
    if (this.#offsets[id + 1]! - known !== end - start) return false;
    for (let at = 0; at < end - start; at++) if (this.#bytes[known + at] !== bytes[start + at]) return false;
    return true;
  }

  #insert(slot: number, hash: number, string: Uint8Array): number {
    const id = this.#count++;
    if (id + 2 > this.#offsets.length) {
      this.#offsets = resized(this.#offsets, 2 * this.#offsets.length);
      this.#hashes = resized(this.#hashes, 2 * this.#hashes.length);
    }
    const start = this.#offsets[id]!;
    const end = start + string.length;
    if (end > this.#bytes.length) this.#bytes = resized(this.#bytes, Math.max(end, 2 * this.#bytes.length));
    this.#bytes.set(string, start);
    this.#offsets[id + 1] = end;
    this.#hashes[id] = hash;
    this.#slots[slot] = id;
    if (2 * this.#count > this.#slots.length) this.#rehash();
    return id;
  }

  #rehash(): void {
    const slots = new Int32Array(2 * this.#slots.length).fill(-1);
    const mask = slots.length - 1;
    for (let id = 0; id < this.#count; id++) {
      let slot = this.#hashes[id]! & mask;
      while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}
