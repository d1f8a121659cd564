import { TextRoom } from './text-room.ts';

/** Whether two byte ranges are equal. */
export function equalText(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): boolean {
  const length = aEnd - aStart;
  if (bEnd - bStart !== length) return false;
  for (let i = 0; i < length; i++) if (a[aStart + i] !== b[bStart + i]) return false;
  return true;
}

/** Gives equal byte strings equal numbers, within one scan task. */
export class StringTable {
  #slots = new Int32Array(1024);
  #hashes = new Int32Array(512);
  #offsets = new Int32Array(513);
  #bytes = new Uint8Array(16384);
  #count = 0;
  readonly #room = new TextRoom();

  /** Memory held. */
  get bytes(): number {
    return this.#bytes.length + 4 * (this.#slots.length + this.#hashes.length + this.#offsets.length);
  }

  /**
   * One 32-bit word for a string: up to three bytes are held in the word itself (length in the top byte),
   * longer ones by a negative number that `textOf` understands.
   */
  wordOf(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length <= 3) {
      let word = length << 24;
      for (let i = 0; i < length; i++) word |= (bytes[start + i] as number) << (8 * i);
      return word;
    }
    return -1 - this.#intern(bytes, start, end);
  }

  wordOfString(text: string): number {
    const length = this.#room.write(text);
    return this.wordOf(this.#room.bytes, 0, length);
  }

  /** The bytes behind a word, valid until the next `wordOf`. */
  textOf(word: number): Uint8Array {
    if (word >= 0) return Uint8Array.of(word, word >> 8, word >> 16).subarray(0, word >> 24);
    const id = -1 - word;
    return this.#bytes.subarray(this.#offsets[id], this.#offsets[id + 1]);
  }

  /** Whether the string was given to `wordOf` before; only for strings of more than three bytes. */
  find(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#probe(bytes, start, end, hashOf(bytes, start, end)) >= 0;
  }

  #intern(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end);
    const found = this.#probe(bytes, start, end, hash);
    if (found >= 0) return found;
    const id = this.#count++;
    const at = this.#offsets[id] as number;
    if (at + end - start > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(2 * this.#bytes.length, at + end - start));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes.subarray(start, end), at);
    if (this.#count === this.#hashes.length) this.#grow();
    this.#hashes[id] = hash;
    this.#offsets[id + 1] = at + end - start;
    this.#slots[~found] = id + 1;
    if (2 * this.#count > this.#slots.length) this.#rehash();
    return id;
  }

  /** The string's number, or the complement of the free slot where it would go. */
  #probe(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = (this.#slots[slot] as number) - 1;
      if (id < 0) return ~slot;
      const from = this.#offsets[id] as number;
      const to = this.#offsets[id + 1] as number;
      if (this.#hashes[id] === hash && equalText(bytes, start, end, this.#bytes, from, to)) return id;
    }
  }

  #grow(): void {
    const hashes = new Int32Array(2 * this.#hashes.length);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    const offsets = new Int32Array(hashes.length + 1);
    offsets.set(this.#offsets);
    this.#offsets = offsets;
  }

  #rehash(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (let id = 0; id < this.#count; id++) {
      let slot = (this.#hashes[id] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash ^ (hash >>> 15);
}

/** The strings of an IN list. */
export class TextSet {
  readonly #table = new StringTable();
  readonly #short = new Set<number>();

  constructor(texts: readonly string[]) {
    for (const text of texts) {
      const bytes = new TextEncoder().encode(text);
      const word = this.#table.wordOf(bytes, 0, bytes.length);
      if (word >= 0) this.#short.add(word);
    }
  }

  has(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start <= 3) return this.#short.has(this.#table.wordOf(bytes, start, end));
    return this.#table.find(bytes, start, end);
  }
}
