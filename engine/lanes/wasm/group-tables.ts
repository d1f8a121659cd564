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
   * number of groups then, or undefined when the table cannot hold these keys: nothing has changed in that case.
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
  #nullCell: number;
  #words: number;

  constructor(group: GroupMemory) {
    this.#group = group;
    this.#slots = new GrowingArea(group.pool, 16 * 2 * VECTOR_SIZE);
    this.#nullCell = group.memory.allocateCleared(4);
    this.#words = group.memory.allocate(8 * VECTOR_SIZE);
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
    const words = key.wordsInPlace ? key.address : this.#words;
    if (!key.wordsInPlace) key.fillWords(count, words, 8);
    const { address } = this.#slots;
    const { findByWord } = this.#group.kernels;
    return findByWord(words, key.validity, count, address, this.#shift, groups, newRows, used, this.#nullCell);
  }

  clear(): void {
    this.#slots.clear();
    this.#group.memory.u32[this.#nullCell >> 2] = 0;
  }

  close(): void {
    this.#slots.close();
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
  #rows: number;
  #hashes: number;

  constructor(group: GroupMemory, keys: readonly KeyValues[]) {
    this.#group = group;
    this.#masksAt = 8 * keys.reduce((words, key) => words + key.wordCount, 0);
    this.#keyBytes = this.#masksAt + 8 * Math.ceil(keys.length / 64);
    this.#slots = new GrowingArea(group.pool, 8 * 2 * VECTOR_SIZE);
    this.#keys = new GrowingArea(group.pool, this.#keyBytes * VECTOR_SIZE);
    this.#rows = group.memory.allocate(this.#keyBytes * VECTOR_SIZE);
    this.#hashes = group.memory.allocate(4 * VECTOR_SIZE);
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
    for (let at = this.#masksAt; at < stride; at += 8) kernels.clearMasks(this.#rows + at, count, stride);
    let at = this.#rows;
    keys.forEach((key, i) => {
      key.fillWords(count, at, stride);
      at += 8 * key.wordCount;
      const mask = this.#rows + this.#masksAt + 8 * (i >> 6);
      if (key.validity !== 0) kernels.markNulls(key.validity, count, mask, stride, BigInt(i & 63));
    });
    const { address: slots } = this.#slots;
    const { findByRow } = kernels;
    const mask = this.#mask;
    return findByRow(this.#rows, stride, count, this.#hashes, slots, mask, this.#keys.address, groups, newRows, used);
  }

  clear(): void {
    this.#slots.clear();
  }

  close(): void {
    this.#slots.close();
    this.#keys.close();
  }

  get #mask(): number {
    return this.#slots.bytes / 8 - 1;
  }
}
