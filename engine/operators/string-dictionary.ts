import { resized } from '../resized.ts';
import { HashSlots } from './hash-slots.ts';

/** Gives equal byte strings one number, counted from 0 in the order of first appearance. */
export class StringDictionary {
  readonly #slots = new HashSlots();
  #bytes = new Uint8Array(1024);
  #offsets = new Int32Array(64);

  /** Approximate memory held. */
  get bytes(): number {
    return this.#bytes.byteLength + this.#offsets.byteLength + this.#slots.bytes;
  }

  /** The number of the string bytes[start .. end), of which `hash` is a hash. */
  intern(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const { slots } = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let id = slots[slot]!; id >= 0; id = slots[slot]!) {
      if (this.#slots.hashOf(id) === hash && this.#equals(id, bytes, start, end)) return id;
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
    const id = this.#slots.insert(hash, slot);
    if (id + 2 > this.#offsets.length) this.#offsets = resized(this.#offsets, 2 * this.#offsets.length);
    const start = this.#offsets[id]!;
    const end = start + string.length;
    if (end > this.#bytes.length) this.#bytes = resized(this.#bytes, Math.max(end, 2 * this.#bytes.length));
    this.#bytes.set(string, start);
    this.#offsets[id + 1] = end;
    return id;
  }
}
