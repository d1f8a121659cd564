import { type DataType, INT64 } from '../../../query/types.ts';
import type { Column } from '../../column.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { GroupMemory } from './group-memory.ts';
import { GroupValues, stateWidth } from './group-values.ts';
import { GrowingArea } from './growing-area.ts';
import type { Kernels } from './kernels.ts';
import { TextWords } from './text-words.ts';
import type { Vector } from './vector.ts';

/** Values that a key column may have: [base, base + size). */
export interface KeyRange {
  readonly base: bigint;
  readonly size: number;
}

/** The values of one key column in some rows, as tables read them: of the rows that were turned to last. */
export interface KeyValues {
  /** Of texts: of their words, which are made when they are first asked for. */
  readonly address: number;
  /** Address of validity bytes, 0 when no row is NULL. */
  readonly validity: number;
  /** Addresses of the starts and lengths of texts, u32 each; undefined where only their words are there, and for others. */
  readonly texts: { readonly starts: number; readonly lengths: number } | undefined;
  /** Bytes of a value that can be a code; undefined for values that are no integers. */
  readonly codeWidth: 1 | 4 | 8 | undefined;
  /** 64-bit words that stand for a value. */
  readonly wordCount: 1 | 2;
  /** The words are the values as they stand at `address`. */
  readonly wordsInPlace: boolean;
  /** Writes the words of `count` rows, `stride` bytes apart; NULL gives 0. */
  fillWords(count: number, words: number, stride: number): void;
  /**
   * Adds `stride` x (value - base + 1), or 0 for NULL, to the codes (u32) of `count` rows; false when a value is out of
   * the range: the codes are of no use then.
   */
  addCodes(range: KeyRange, count: number, stride: number, codes: number): boolean;
}

/** One key: its values in the current batch, and that of each group, which is the value seen first. */
export class KeyColumn {
  #type: DataType;
  #group: GroupMemory;
  #texts: TextWords | undefined;
  #read: FixedKeys | TextKeys;
  #held: GroupValues;
  #heldKeys: FixedKeys;
  /** A byte a group; made with the first NULL. */
  #validity: GrowingArea | undefined;
  #capacity = 1;

  constructor(group: GroupMemory, type: DataType) {
    this.#group = group;
    this.#type = type;
    if (type.kind === 'utf8') this.#texts = new TextWords(group);
    this.#read = this.#texts ? new TextKeys(group, this.#texts) : new FixedKeys(group, type);
    this.#held = new GroupValues(group, this.#texts ? INT64 : type);
    this.#heldKeys = new FixedKeys(group, this.#held.type);
  }

  reserve(capacity: number): void {
    this.#capacity = capacity;
    this.#held.reserve(capacity);
    this.#validity?.grow(capacity);
  }

  /** The values of a batch. */
  read(vector: Vector, count: number): KeyValues {
    const keys = this.#read;
    if (keys instanceof TextKeys) keys.turnTo(vector, count);
    else keys.turnTo(vector.values, vector.hasNulls ? vector.validity : 0);
    return keys;
  }

  /** Keeps the keys of `count` new groups, which began in the rows at `newRows`; `used` groups existed before. */
  append(values: KeyValues, newRows: number, count: number, groups: number, used: number): void {
    const { memory, kernels, pool } = this.#group;
    const { validity } = values;
    this.#held.scatter({ values: values.address }, newRows, count, groups);
    if (!this.#validity) {
      if (validity === 0) return;
      this.#validity = new GrowingArea(pool, this.#capacity);
      memory.u8.fill(1, this.#validity.address, this.#validity.address + used);
    }
    const { address } = this.#validity;
    if (validity !== 0) kernels.scatter1(validity, newRows, count, groups, address);
    else memory.u8.fill(1, address + used, address + used + count);
  }

  /** The keys of the groups from `first` on. */
  heldFrom(first: number): KeyValues {
    const { area, width } = this.#held;
    this.#heldKeys.turnTo(area.address + width * first, this.#validity ? this.#validity.address + first : 0);
    return this.#heldKeys;
  }

  /** The keys of the first `length` groups. */
  column(length: number): Column {
    const { memory } = this.#group;
    const area = this.#validity;
    const validity = area && memory.u8.slice(area.address, area.address + length);
    if (!this.#texts) return this.#held.column(length, validity);
    const text = this.#texts.column(this.#type, this.#held.area.address, length);
    return { ...text, ...(validity?.includes(0) && { validity }) };
  }

  clear(): void {
    this.#texts?.clear();
    this.#validity?.close();
    this.#validity = undefined;
  }
}

/** Values that stand side by side in linear memory. */
class FixedKeys implements KeyValues {
  address = 0;
  validity = 0;
  readonly texts = undefined;
  readonly codeWidth: 1 | 4 | 8 | undefined;
  readonly wordCount: 1 | 2;
  readonly wordsInPlace: boolean;
  readonly #keyWords: (values: number, validity: number, count: number, words: number, stride: number) => number;
  readonly #kernels: Kernels;

  constructor({ kernels }: GroupMemory, type: DataType) {
    const width = stateWidth(type);
    this.codeWidth = type.kind === 'float64' || width === 16 ? undefined : width;
    this.wordCount = width === 16 ? 2 : 1;
    this.wordsInPlace = this.codeWidth === 8;
    this.#keyWords = type.kind === 'float64' ? kernels.keyWordsFloat64 : kernels[`keyWords${width}`];
    this.#kernels = kernels;
  }

  turnTo(address: number, validity: number): void {
    this.address = address;
    this.validity = validity;
  }

  fillWords(count: number, words: number, stride: number): void {
    this.#keyWords(this.address, this.validity, count, words, stride);
  }

  addCodes({ base, size }: KeyRange, count: number, stride: number, codes: number): boolean {
    if (this.codeWidth === undefined) return false;
    const addCodes = this.#kernels[`addCodes${this.codeWidth}`];
    return addCodes(this.address, this.validity, count, base, size, stride, codes) === 0;
  }
}

/** As signed numbers, the words of texts of more than 7 bytes are below this, and all others above. */
const LONG_TEXTS = -(1n << 62n);

/** Texts have codes as their words have; short ones need no words for them. */
class TextKeys implements KeyValues {
  validity = 0;
  readonly texts = { starts: 0, lengths: 0 };
  readonly codeWidth = 8;
  readonly wordCount = 1;
  readonly wordsInPlace = true;
  readonly #words: TextWords;
  readonly #wordKeys: FixedKeys;
  readonly #kernels: Kernels;
  #vector: Vector | undefined;
  #count = 0;
  #hasWords = false;

  constructor(group: GroupMemory, words: TextWords) {
    this.#words = words;
    this.#wordKeys = new FixedKeys(group, INT64);
    this.#kernels = group.kernels;
  }

  turnTo(vector: Vector, count: number): void {
    this.#vector = vector;
    this.#count = count;
    this.#hasWords = false;
    this.validity = vector.hasNulls ? vector.validity : 0;
    this.texts.starts = vector.values;
    this.texts.lengths = vector.values + 4 * VECTOR_SIZE;
  }

  get address(): number {
    return this.#asWords().address;
  }

  fillWords(count: number, words: number, stride: number): void {
    this.#asWords().fillWords(count, words, stride);
  }

  addCodes(range: KeyRange, count: number, stride: number, codes: number): boolean {
    const { base, size } = range;
    if (base < LONG_TEXTS) return this.#asWords().addCodes(range, count, stride, codes);
    const { starts, lengths } = this.texts;
    return this.#kernels.addCodesUtf8(starts, lengths, this.validity, count, base, size, stride, codes) === 0;
  }

  #asWords(): KeyValues {
    if (!this.#hasWords) {
      this.#words.fill(this.#vector as Vector, this.#count);
      this.#wordKeys.turnTo(this.#words.words, this.validity);
      this.#hasWords = true;
    }
    return this.#wordKeys;
  }
}
