import type { DataType } from '../../../query/types.ts';
import { type Column, isWide } from '../../column.ts';
import { VECTOR_SIZE } from '../../task.ts';
import { GrowingArea, TextArena } from './growing-area.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import type { Vector } from './vector.ts';

/** Bytes of an interned text's entry: hash, address, length. */
const ENTRY_BYTES = 12;

/** Numbers the distinct texts of one key column. */
class TextDictionary {
  #memory: EngineMemory;
  #kernels: Kernels;
  #slots: GrowingArea;
  #entries: GrowingArea;
  #arena: TextArena;
  #countCell: number;
  #capacity = 1024;

  constructor(memory: EngineMemory, kernels: Kernels) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#slots = new GrowingArea(memory, 8 * this.#capacity);
    this.#entries = new GrowingArea(memory, ENTRY_BYTES * this.#capacity);
    this.#arena = new TextArena(memory);
    this.#countCell = memory.allocateCleared(4);
  }

  intern(vector: Vector, count: number, words: number): void {
    const { values, validity } = vector;
    const lengths = values + 4 * VECTOR_SIZE;
    for (let from = 0; ; ) {
      from = this.#kernels.internUtf8(
        values,
        lengths,
        validity,
        from,
        count,
        words,
        this.#slots.address,
        this.#slots.bytes / 4 - 1,
        this.#entries.address,
        this.#countCell,
        this.#capacity,
        this.#arena.cell,
        this.#arena.end,
      );
      if (from === count) return;
      if ((this.#memory.u32[this.#countCell >> 2] as number) === this.#capacity) this.#grow();
      else this.#arena.extend(this.#memory.u32[(lengths >> 2) + from] as number);
    }
  }

  /** Address and length of text number `entry`. */
  textAt(entry: number): readonly [number, number] {
    const at = (this.#entries.address + ENTRY_BYTES * entry) >> 2;
    return [this.#memory.u32[at + 1] as number, this.#memory.u32[at + 2] as number];
  }

  #grow(): void {
    const used = this.#capacity;
    this.#capacity *= 4;
    this.#entries.grow(ENTRY_BYTES * this.#capacity);
    this.#slots = new GrowingArea(this.#memory, 8 * this.#capacity);
    this.#kernels.rehash(this.#slots.address, this.#slots.bytes / 4 - 1, this.#entries.address, ENTRY_BYTES, used);
  }
}

/**
 * Gives each row its group's number, in order of first appearance. A key is one 64-bit word a column (text: its number
 * in the column's dictionary) and a last word of NULL bits.
 */
export class GroupKeys {
  /** Address of the current batch's group numbers, u32. */
  readonly groups: number;
  #memory: EngineMemory;
  #kernels: Kernels;
  #types: readonly DataType[];
  #dictionaries: (TextDictionary | undefined)[];
  #words: number;
  #slots: GrowingArea;
  #keys: GrowingArea;
  #hashes: GrowingArea;
  #countCell: number;
  #capacity = 1024;

  constructor(memory: EngineMemory, kernels: Kernels, types: readonly DataType[]) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#types = types;
    this.#dictionaries = types.map((type) => (type.kind === 'utf8' ? new TextDictionary(memory, kernels) : undefined));
    this.#words = memory.allocate(8 * VECTOR_SIZE * this.#wordCount);
    this.groups = memory.allocate(4 * VECTOR_SIZE);
    this.#slots = new GrowingArea(memory, 8 * this.#capacity);
    this.#keys = new GrowingArea(memory, 8 * this.#wordCount * this.#capacity);
    this.#hashes = new GrowingArea(memory, 4 * this.#capacity);
    this.#countCell = memory.allocateCleared(4);
  }

  get count(): number {
    return this.#memory.u32[this.#countCell >> 2] as number;
  }

  /** How many groups fit before the next growth. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Assigns groups to the `count` rows of the key vectors. */
  assign(vectors: readonly Vector[], count: number): void {
    const nullMasks = this.#words + 8 * VECTOR_SIZE * vectors.length;
    this.#memory.u8.fill(0, nullMasks, nullMasks + 8 * count);
    for (const [i, vector] of vectors.entries()) this.#fillWords(vector, i, count, nullMasks);
    for (let from = 0; ; ) {
      from = this.#kernels.findGroups(
        this.#words,
        VECTOR_SIZE,
        this.#wordCount,
        from,
        count,
        this.groups,
        this.#slots.address,
        this.#slots.bytes / 4 - 1,
        this.#keys.address,
        this.#hashes.address,
        this.#countCell,
        this.#capacity,
      );
      if (from === count) return;
      this.#grow();
    }
  }

  /** The key columns of all groups. */
  columns(): Column[] {
    return this.#types.map((type, i) => this.#column(type, i));
  }

  get #wordCount(): number {
    return this.#types.length + 1;
  }

  #fillWords(vector: Vector, column: number, count: number, nullMasks: number): void {
    const words = this.#words + 8 * VECTOR_SIZE * column;
    const kernels = this.#kernels;
    switch (vector.type.kind) {
      case 'utf8':
        this.#dictionaries[column]?.intern(vector, count, words);
        break;
      case 'bool':
        kernels.keyWords1(vector.values, count, words);
        break;
      case 'int32':
      case 'date':
        kernels.keyWords4(vector.values, count, words);
        break;
      case 'float64':
        kernels.keyWordsFloat64(vector.values, count, words);
        break;
      default:
        this.#memory.u8.copyWithin(words, vector.values, vector.values + 8 * count);
    }
    if (vector.hasNulls) kernels.keyNulls(vector.validity, count, words, nullMasks, column);
  }

  #grow(): void {
    const used = this.#capacity;
    this.#capacity *= 4;
    this.#keys.grow(8 * this.#wordCount * this.#capacity);
    this.#hashes.grow(4 * this.#capacity);
    this.#slots = new GrowingArea(this.#memory, 8 * this.#capacity);
    this.#kernels.rehash(this.#slots.address, this.#slots.bytes / 4 - 1, this.#hashes.address, 4, used);
  }

  #column(type: DataType, index: number): Column {
    const length = this.count;
    const words = this.#memory.i64.subarray(
      this.#keys.address >> 3,
      (this.#keys.address >> 3) + length * this.#wordCount,
    );
    const word = (group: number) => words[group * this.#wordCount + index] as bigint;
    const bit = 1n << BigInt(index);
    const validity = new Uint8Array(length);
    for (let group = 0; group < length; group++)
      validity[group] = ((words[group * this.#wordCount + this.#types.length] as bigint) & bit) === 0n ? 1 : 0;
    const nulls = validity.includes(0) ? { validity } : {};
    const dictionary = this.#dictionaries[index];
    if (dictionary) return this.#textColumn(type, dictionary, word, validity, nulls);
    const make = <T extends { [index: number]: number }>(values: T, convert: (word: bigint) => number): T => {
      for (let group = 0; group < length; group++) values[group] = convert(word(group));
      return values;
    };
    switch (type.kind) {
      case 'bool':
        return { kind: 'fixed', type, length, values: make(new Uint8Array(length), Number), ...nulls };
      case 'int32':
      case 'date':
        return {
          kind: 'fixed',
          type,
          length,
          values: make(new Int32Array(length), (w) => Number(BigInt.asIntN(32, w))),
          ...nulls,
        };
      default: {
        const wide = isWide(type);
        const values = new BigInt64Array(wide ? 2 * length : length);
        for (let group = 0; group < length; group++) {
          values[wide ? 2 * group : group] = word(group);
          if (wide) values[2 * group + 1] = word(group) >> 63n;
        }
        if (type.kind !== 'float64') return { kind: 'fixed', type, length, values, ...nulls };
        return { kind: 'fixed', type, length, values: new Float64Array(values.buffer), ...nulls };
      }
    }
  }

  #textColumn(
    type: DataType,
    dictionary: TextDictionary,
    word: (group: number) => bigint,
    valid: Uint8Array,
    nulls: { validity?: Uint8Array },
  ): Column {
    const length = valid.length;
    const texts = Array.from({ length }, (_, group) =>
      valid[group] ? dictionary.textAt(Number(word(group))) : ([0, 0] as const),
    );
    const offsets = new Int32Array(length + 1);
    for (const [group, [, bytes]] of texts.entries()) offsets[group + 1] = (offsets[group] as number) + bytes;
    const bytes = new Uint8Array(offsets[length] as number);
    for (const [group, [address, size]] of texts.entries())
      bytes.set(this.#memory.u8.subarray(address, address + size), offsets[group]);
    return { kind: 'utf8', type, length, offsets, bytes, ...nulls };
  }
}
