import { VECTOR_SIZE } from '../../task.ts';
import type { GroupMemory } from './group-memory.ts';
import { GrowingArea } from './growing-area.ts';
import type { KeyValues } from './key-column.ts';

/** Finds the groups of rows; see engine/kernels/groups.ts. */
export interface GroupTable {
  /** Makes room for `groups` groups. */
  reserve(groups: number): void;
  /**
   * Writes each row's group to `groups` and the rows that began a new group to `newRows`; `used` groups exist. Gives the
   * number of groups then, or undefined when the table cannot hold these keys: another must take its place.
   */
  find(keys: readonly KeyValues[], count: number, groups: number, newRows: number, used: number): number | undefined;
  clear(): void;
  /** Gives back all memory. */
  close(): void;
}

/** One column of 64-bit words (see `KeyValues.words`). */
export class WordTable implements GroupTable {
  #group: GroupMemory;
  #slots: GrowingArea;
  #nullCell: GrowingArea;
  #words: GrowingArea;

  constructor(group: GroupMemory) {
    this.#group = group;
    this.#slots = new GrowingArea(group.pool, 16 * 2 * VECTOR_SIZE);
    this.#nullCell = new GrowingArea(group.pool, 4);
    this.#words = new GrowingArea(group.pool, 8 * VECTOR_SIZE);
  }

  reserve(groups: number): void {
    if (16 * 2 * groups <= this.#slots.bytes) return;
    const held = this.#slots.bytes / 16;
    this.#slots.replace(16 * 2 * groups, (old) => {
      this.#group.kernels.moveWordSlots(old, held, this.#slots.address, this.#shift);
    });
  }

  find(keys: readonly KeyValues[], count: number, groups: number, newRows: number, used: number): number {
    const key = keys[0] as KeyValues;
    const words = key.wordsInPlace ? key.address : this.#words.address;
    if (!key.wordsInPlace) key.fillWords(count, words, 8);
    const { address } = this.#slots;
    const { findByWord } = this.#group.kernels;
    return findByWord(words, key.validity, count, address, this.#shift, groups, newRows, used, this.#nullCell.address);
  }

  clear(): void {
    this.#slots.clear();
    this.#nullCell.clear();
  }

  close(): void {
    for (const area of [this.#slots, this.#nullCell, this.#words]) area.close();
  }

  get #shift(): bigint {
    return BigInt(64 - Math.log2(this.#slots.bytes / 16));
  }
}

/** Any number of columns: each group's words, NULL masks behind them, stand side by side. */
export class RowTable implements GroupTable {
  #group: GroupMemory;
  #keyBytes: number;
  #masksAt: number;
  #slots: GrowingArea;
  #keys: GrowingArea;
  #rows: GrowingArea;
  #hashes: GrowingArea;

  constructor(group: GroupMemory, keys: readonly KeyValues[]) {
    this.#group = group;
    this.#masksAt = 8 * keys.reduce((words, key) => words + key.wordCount, 0);
    this.#keyBytes = this.#masksAt + 8 * Math.ceil(keys.length / 64);
    this.#slots = new GrowingArea(group.pool, 8 * 2 * VECTOR_SIZE);
    this.#keys = new GrowingArea(group.pool, this.#keyBytes * VECTOR_SIZE);
    this.#rows = new GrowingArea(group.pool, this.#keyBytes * VECTOR_SIZE);
    this.#hashes = new GrowingArea(group.pool, 4 * VECTOR_SIZE);
  }

  reserve(groups: number): void {
    this.#keys.grow(this.#keyBytes * groups);
    if (8 * 2 * groups <= this.#slots.bytes) return;
    const held = this.#slots.bytes / 8;
    this.#slots.replace(8 * 2 * groups, (old) => {
      this.#group.kernels.moveRowSlots(old, held, this.#slots.address, this.#mask);
    });
  }

  find(keys: readonly KeyValues[], count: number, groups: number, newRows: number, used: number): number {
    const { kernels } = this.#group;
    const stride = this.#keyBytes;
    const { address: rows } = this.#rows;
    for (let at = this.#masksAt; at < stride; at += 8) kernels.clearMasks(rows + at, count, stride);
    let at = rows;
    keys.forEach((key, i) => {
      key.fillWords(count, at, stride);
      at += 8 * key.wordCount;
      const mask = rows + this.#masksAt + 8 * (i >> 6);
      if (key.validity !== 0) kernels.markNulls(key.validity, count, mask, stride, BigInt(i & 63));
    });
    const { findByRow } = kernels;
    const [slots, hashes, held] = [this.#slots.address, this.#hashes.address, this.#keys.address];
    return findByRow(rows, stride, count, hashes, slots, this.#mask, held, groups, newRows, used);
  }

  clear(): void {
    this.#slots.clear();
  }

  close(): void {
    for (const area of [this.#slots, this.#keys, this.#rows, this.#hashes]) area.close();
  }

  get #mask(): number {
    return this.#slots.bytes / 8 - 1;
  }
}
