import type { DataType, Schema } from '../../query/types.ts';
import { type Column, isWide } from '../column.ts';
import { resized } from '../resized.ts';
import { StringDictionary } from './string-dictionary.ts';

type FixedColumn = Extract<Column, { kind: 'fixed' }>;

/**
 * Gives equal group keys one number, counted from 0 in the order of first appearance. NULL equals NULL, NaN equals
 * NaN, -0 equals 0. A key is a record of 32-bit words: NULL bits, then each column's value; a string is its number in
 * a dictionary. So hashing and comparing never look at types. Open addressing over the records.
 */
export class GroupTable {
  readonly #schema: Schema;
  readonly #dictionaries: readonly (StringDictionary | undefined)[];
  /** The floats as they first appeared: records hold them with one zero and one NaN. */
  readonly #floats: readonly (number[] | undefined)[];
  /** First word of each column in a record. */
  readonly #places: readonly number[];
  readonly #width: number;
  #records: Uint32Array;
  #hashes = new Int32Array(64);
  #slots = new Int32Array(128).fill(-1);
  #count = 0;

  constructor(keys: Schema) {
    this.#schema = keys;
    this.#dictionaries = keys.map(({ type }) => (type.kind === 'utf8' ? new StringDictionary() : undefined));
    this.#floats = keys.map(({ type }) => (type.kind === 'float64' ? [] : undefined));
    let width = Math.ceil(keys.length / 32);
    this.#places = keys.map(({ type }) => {
      const place = width;
      width += wordsOf(type);
      return place;
    });
    this.#width = width;
    this.#records = new Uint32Array(64 * width);
  }

  get count(): number {
    return this.#count;
  }

  /** Approximate memory held. */
  get bytes(): number {
    let bytes = this.#records.byteLength + this.#hashes.byteLength + this.#slots.byteLength;
    for (const dictionary of this.#dictionaries) bytes += dictionary?.bytes ?? 0;
    for (const floats of this.#floats) bytes += 8 * (floats?.length ?? 0);
    return bytes;
  }

  /** The group of each of `length` rows; new keys make new groups. */
  groupsOf(columns: readonly Column[], length: number): Int32Array {
    const width = this.#width;
    const rows = this.#encode(columns, length);
    const groups = new Int32Array(length);
    for (let row = 0; row < length; row++) {
      const start = row * width;
      let hash = 0;
      for (let word = start; word < start + width; word++) {
        hash = Math.imul(hash ^ rows[word]!, 0x85ebca6b);
        hash = (hash << 13) | (hash >>> 19);
      }
      hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35);
      hash ^= hash >>> 13;
      const known = this.#count;
      groups[row] = this.#find(rows, start, hash);
      if (this.#count > known)
        for (let key = 0; key < columns.length; key++)
          this.#floats[key]?.push((columns[key] as FixedColumn).values[row] as number);
    }
    return groups;
  }

  /** The keys of all groups. */
  columns(): Column[] {
    return this.#schema.map(({ type }, index) => this.#decode(type, index));
  }

  #find(rows: Uint32Array, start: number, hash: number): number {
    const width = this.#width;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let group = this.#slots[slot]!; group >= 0; group = this.#slots[slot]!) {
      if (this.#hashes[group] === hash) {
        const record = group * width;
        let word = 0;
        while (word < width && this.#records[record + word] === rows[start + word]) word++;
        if (word === width) return group;
      }
      slot = (slot + 1) & mask;
    }
    return this.#insert(slot, hash, rows.subarray(start, start + width));
  }

  #insert(slot: number, hash: number, record: Uint32Array): number {
    const group = this.#count++;
    if (group >= this.#hashes.length) {
      this.#hashes = resized(this.#hashes, 2 * this.#hashes.length);
      this.#records = resized(this.#records, this.#hashes.length * this.#width);
    }
    this.#records.set(record, group * this.#width);
    this.#hashes[group] = hash;
    this.#slots[slot] = group;
    if (2 * this.#count > this.#slots.length) this.#rehash();
    return group;
  }

  #rehash(): void {
    const slots = new Int32Array(2 * this.#slots.length).fill(-1);
    const mask = slots.length - 1;
    for (let group = 0; group < this.#count; group++) {
      let slot = this.#hashes[group]! & mask;
      while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      slots[slot] = group;
    }
    this.#slots = slots;
  }

  #encode(columns: readonly Column[], length: number): Uint32Array {
    const width = this.#width;
    const rows = new Uint32Array(length * width);
    columns.forEach((column, index) => {
      const { validity } = column;
      const place = this.#places[index]!;
      const dictionary = this.#dictionaries[index];
      const words = column.kind === 'fixed' ? wordsView(column.values) : undefined;
      const count = wordsOf(column.type);
      for (let row = 0; row < length; row++) {
        const target = row * width + place;
        if (validity && validity[row] === 0) {
          rows[row * width + (index >> 5)]! |= 1 << (index & 31);
        } else if (words) {
          for (let word = 0; word < count; word++) rows[target + word] = words[row * count + word]!;
        } else if (column.kind === 'utf8') {
          rows[target] = dictionary!.intern(column.bytes, column.offsets[row]!, column.offsets[row + 1]!);
        }
      }
    });
    return rows;
  }

  #decode(type: DataType, index: number): Column {
    const length = this.#count;
    const width = this.#width;
    const place = this.#places[index]!;
    const validity = new Uint8Array(length);
    for (let group = 0; group < length; group++)
      validity[group] = (this.#records[group * width + (index >> 5)]! >>> (index & 31)) & 1 ? 0 : 1;
    const common = { type, length, ...(validity.includes(0) && { validity }) };
    const dictionary = this.#dictionaries[index];
    if (dictionary) return { kind: 'utf8', ...common, ...this.#strings(dictionary, place, validity) };
    const floats = this.#floats[index];
    if (floats) return { kind: 'fixed', ...common, values: Float64Array.from(floats) };
    const count = wordsOf(type);
    const words = new Uint32Array(length * count);
    for (let group = 0; group < length; group++)
      for (let word = 0; word < count; word++)
        words[group * count + word] = this.#records[group * width + place + word]!;
    return { kind: 'fixed', ...common, values: valuesOf(type, words) };
  }

  #strings(dictionary: StringDictionary, place: number, validity: Uint8Array) {
    const offsets = new Int32Array(this.#count + 1);
    const idOf = (group: number) => this.#records[group * this.#width + place]!;
    for (let group = 0; group < this.#count; group++)
      offsets[group + 1] = offsets[group]! + (validity[group] ? dictionary.bytesOf(idOf(group)).length : 0);
    const bytes = new Uint8Array(offsets[this.#count]!);
    for (let group = 0; group < this.#count; group++)
      if (validity[group]) bytes.set(dictionary.bytesOf(idOf(group)), offsets[group]);
    return { offsets, bytes };
  }
}

function wordsOf(type: DataType): number {
  if (type.kind === 'bool' || type.kind === 'int32' || type.kind === 'date' || type.kind === 'utf8') return 1;
  return isWide(type) ? 4 : 2;
}

/** The values as 32-bit words, low word first; floats made equal where they count as equal. */
function wordsView(values: Uint8Array | Int32Array | BigInt64Array | Float64Array): Uint32Array | Uint8Array {
  if (values instanceof Uint8Array) return values;
  const plain = values instanceof Float64Array ? values.map(canonicalFloat) : values;
  return new Uint32Array(plain.buffer, plain.byteOffset, plain.byteLength / 4);
}

function canonicalFloat(value: number): number {
  return value === 0 ? 0 : Number.isNaN(value) ? Number.NaN : value;
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
