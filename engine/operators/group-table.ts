import type { DataType, Schema } from '../../query/types.ts';
import type { Column } from '../column.ts';
import { resized } from '../resized.ts';
import { HashSlots } from './hash-slots.ts';
import { hashRows, hashValues, withCanonicalFloats } from './hash-values.ts';
import { StringDictionary } from './string-dictionary.ts';
import { type FixedColumn, type TextColumn, valueWords, wordsOf } from './words.ts';

/** Rows that are looked up together; what they touch fits into the first-level cache. */
const BLOCK = 256;
/** Of the hashes of keys. */
const SEED = 0x9747b28c;

/**
 * Gives equal group keys one number, counted from 0 in the order of first appearance. NULL equals NULL, NaN equals
 * NaN, -0 equals 0. A key is a record of 32-bit words: NULL bits, then each column's value; a string is its number in
 * a dictionary. So comparing never looks at types.
 */
export class GroupTable {
  readonly #schema: Schema;
  readonly #dictionaries: readonly (StringDictionary | undefined)[];
  /** The floats as they first appeared: records hold them with one zero and one NaN. */
  readonly #floats: readonly (number[] | undefined)[];
  /** First word of each column in a record. */
  readonly #places: readonly number[];
  readonly #width: number;
  readonly #slots = new HashSlots();
  #records: Uint32Array;

  constructor(keys: Schema) {
    this.#schema = keys;
    this.#dictionaries = keys.map(({ type }) => (type.kind === 'utf8' ? new StringDictionary() : undefined));
    this.#floats = keys.map(({ type }) => (type.kind === 'float64' ? [] : undefined));
    let width = Math.ceil(keys.length / 32);
    this.#places = keys.map(({ type }) => {
      const place = width;
      width += keyWords(type);
      return place;
    });
    this.#width = width;
    this.#records = new Uint32Array(64 * width);
  }

  get count(): number {
    return this.#slots.count;
  }

  /** Approximate memory held. */
  get bytes(): number {
    let bytes = this.#records.byteLength + this.#slots.bytes;
    for (const dictionary of this.#dictionaries) bytes += dictionary?.bytes ?? 0;
    for (const floats of this.#floats) bytes += 8 * (floats?.length ?? 0);
    return bytes;
  }

  /** The group of each of `length` rows; new keys make new groups. */
  groupsOf(columns: readonly Column[], length: number): Int32Array {
    const hashes = hashRows(columns, length, SEED);
    const rows = this.#encode(columns, length, hashes);
    const groups = new Int32Array(length);
    for (let start = 0; start < length; start += BLOCK) {
      const end = Math.min(length, start + BLOCK);
      this.#lookUp(rows, hashes, groups, start, end);
      for (let row = start; row < end; row++) {
        if (groups[row]! >= 0) continue;
        const known = this.count;
        groups[row] = this.#find(rows, row * this.#width, hashes[row]!);
        if (this.count > known) this.#keepFloats(columns, row);
      }
    }
    return groups;
  }

  /** The keys of all groups. */
  columns(): Column[] {
    return this.#schema.map(({ type }, index) => this.#decode(type, index));
  }

  /**
   * The group of each row of a block whose key stands in its first slot, -1 for the others. All slots are read before
   * any key is compared: loads that do not wait for each other overlap, and in large tables they miss the cache.
   */
  #lookUp(rows: Uint32Array, hashes: Int32Array, groups: Int32Array, start: number, end: number): void {
    const { slots } = this.#slots;
    const mask = slots.length - 1;
    const records = this.#records;
    const width = this.#width;
    for (let row = start; row < end; row++) groups[row] = slots[hashes[row]! & mask]!;
    for (let row = start; row < end; row++) {
      const group = groups[row]!;
      if (group < 0) continue;
      let differences = 0;
      for (let word = 0, known = group * width, key = row * width; word < width; word++)
        differences |= records[known + word]! ^ rows[key + word]!;
      if (differences !== 0) groups[row] = -1;
    }
  }

  #find(rows: Uint32Array, start: number, hash: number): number {
    const { slots } = this.#slots;
    const records = this.#records;
    const width = this.#width;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let group = slots[slot]!; group >= 0; group = slots[slot]!) {
      const record = group * width;
      let word = 0;
      while (word < width && records[record + word] === rows[start + word]) word++;
      if (word === width) return group;
      slot = (slot + 1) & mask;
    }
    return this.#insert(slot, hash, rows, start);
  }

  #insert(slot: number, hash: number, rows: Uint32Array, start: number): number {
    const width = this.#width;
    const group = this.#slots.insert(hash, slot);
    const place = group * width;
    if (place + width > this.#records.length) this.#records = resized(this.#records, 2 * this.#records.length);
    for (let word = 0; word < width; word++) this.#records[place + word] = rows[start + word]!;
    return group;
  }

  /** Records hold floats with one zero and one NaN; the group shows the one that came first. */
  #keepFloats(columns: readonly Column[], row: number): void {
    for (let key = 0; key < columns.length; key++)
      this.#floats[key]?.push((columns[key] as FixedColumn).values[row] as number);
  }

  #encode(columns: readonly Column[], length: number, hashes: Int32Array): Uint32Array {
    const width = this.#width;
    const rows = new Uint32Array(length * width);
    columns.forEach((column, index) => {
      const { validity } = column;
      const place = this.#places[index]!;
      if (column.kind === 'utf8')
        this.#encodeTexts(column, index, rows, columns.length === 1 ? hashes : hashValues(column, length, SEED));
      else {
        const words = valueWords(withCanonicalFloats(column));
        const count = keyWords(column.type);
        for (let row = 0, from = 0; row < length; row++)
          for (let word = 0; word < count; word++) rows[row * width + place + word] = words[from++]!;
      }
      if (!validity) return;
      for (let row = 0; row < length; row++) {
        if (validity[row] !== 0) continue;
        rows[row * width + (index >> 5)]! |= 1 << (index & 31);
        rows.fill(0, row * width + place, row * width + place + keyWords(column.type));
      }
    });
    return rows;
  }

  #encodeTexts(column: TextColumn, index: number, rows: Uint32Array, hashes: Int32Array): void {
    const { bytes, offsets, validity } = column;
    const dictionary = this.#dictionaries[index]!;
    const place = this.#places[index]!;
    for (let row = 0; row < hashes.length; row++)
      if (validity?.[row] !== 0)
        rows[row * this.#width + place] = dictionary.intern(bytes, offsets[row]!, offsets[row + 1]!, hashes[row]!);
  }

  #decode(type: DataType, index: number): Column {
    const length = this.count;
    const width = this.#width;
    const place = this.#places[index]!;
    const records = this.#records;
    const validity = new Uint8Array(length);
    for (let group = 0; group < length; group++)
      validity[group] = (records[group * width + (index >> 5)]! >>> (index & 31)) & 1 ? 0 : 1;
    const common = { type, length, ...(validity.includes(0) && { validity }) };
    const dictionary = this.#dictionaries[index];
    if (dictionary) return { kind: 'utf8', ...common, ...this.#strings(dictionary, place, validity) };
    const floats = this.#floats[index];
    if (floats) return { kind: 'fixed', ...common, values: Float64Array.from(floats) };
    const count = keyWords(type);
    const words = new Uint32Array(length * count);
    for (let group = 0, to = 0; group < length; group++)
      for (let word = 0; word < count; word++) words[to++] = records[group * width + place + word]!;
    return { kind: 'fixed', ...common, values: valuesOf(type, words) };
  }

  #strings(dictionary: StringDictionary, place: number, validity: Uint8Array) {
    const offsets = new Int32Array(this.count + 1);
    const idOf = (group: number) => this.#records[group * this.#width + place]!;
    for (let group = 0; group < this.count; group++)
      offsets[group + 1] = offsets[group]! + (validity[group] ? dictionary.bytesOf(idOf(group)).length : 0);
    const bytes = new Uint8Array(offsets[this.count]!);
    for (let group = 0; group < this.count; group++)
      if (validity[group]) bytes.set(dictionary.bytesOf(idOf(group)), offsets[group]);
    return { offsets, bytes };
  }
}

/** Words of a value in a record. */
function keyWords(type: DataType): number {
  return type.kind === 'utf8' ? 1 : wordsOf(type);
}

function valuesOf(type: DataType, words: Uint32Array): Uint8Array | Int32Array | BigInt64Array {
  switch (type.kind) {
    case 'bool':
      return Uint8Array.from(words);
    case 'int32':
    case 'date':
      return new Int32Array(words.buffer);
    default:
      return new BigInt64Array(words.buffer);
  }
}
