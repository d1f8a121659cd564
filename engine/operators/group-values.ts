import type { DataType } from '../../query/types.ts';
import type { Column } from '../column.ts';
import { resized } from '../resized.ts';
import { zeroValues } from '../zero-values.ts';
import { GroupTexts } from './group-texts.ts';
import { compareNumbers, compareWords } from './row-order.ts';
import { fixed, valueWords } from './words.ts';

/**
 * At most one value a group, NULL until set. Values come from a column that `read` has named.
 * `compare` orders as `compareScalars`: NaN is above all numbers, -0 equals 0, text by bytes.
 */
export interface GroupValues {
  readonly bytes: number;
  /** The column that `put` and `compare` take rows from. */
  read(column: Column): void;
  has(group: number): boolean;
  /** Sets the group's value to that of a row, which may be NULL. */
  put(group: number, row: number): void;
  /** Below, at or above 0 as the value of a row is below, equal to or above the group's. Neither may be NULL. */
  compare(row: number, group: number): number;
  /** The values of groups 0 .. length - 1. */
  column(length: number): Column;
}

export function openGroupValues(type: DataType): GroupValues {
  switch (type.kind) {
    case 'utf8':
    case 'binary':
      return new GroupTexts(type);
    case 'bool':
    case 'int32':
    case 'date':
    case 'float64':
      return new GroupNumbers(type);
    default:
      return new GroupIntegers(type);
  }
}

/** Values that are JavaScript numbers. */
class GroupNumbers implements GroupValues {
  readonly #type: DataType;
  #values: Uint8Array | Int32Array | Float64Array;
  #seen = new Uint8Array(1);
  #source: ArrayLike<number> = [];
  #validity: Uint8Array | undefined;

  constructor(type: DataType) {
    this.#type = type;
    this.#values = zeroValues(type, 1) as Float64Array;
  }

  get bytes(): number {
    return this.#values.byteLength + this.#seen.byteLength;
  }

  read(column: Column): void {
    this.#source = fixed(column).values as Float64Array;
    this.#validity = column.validity;
  }

  has(group: number): boolean {
    return this.#seen[group] === 1;
  }

  put(group: number, row: number): void {
    if (group >= this.#seen.length) {
      const length = Math.max(group + 1, 2 * this.#seen.length, 64);
      this.#values = resized(this.#values, length);
      this.#seen = resized(this.#seen, length);
    }
    this.#seen[group] = this.#validity && this.#validity[row] === 0 ? 0 : 1;
    this.#values[group] = this.#source[row]!;
  }

  compare(row: number, group: number): number {
    return compareNumbers(this.#source[row]!, this.#values[group]!);
  }

  column(length: number): Column {
    const validity = resized(this.#seen, length);
    const values = resized(this.#values, length);
    return { kind: 'fixed', type: this.#type, length, values, ...(validity.includes(0) && { validity }) };
  }
}

/** int64, timestamp and decimals: two or four 32-bit words a value, the last one signed. */
class GroupIntegers implements GroupValues {
  readonly #type: DataType;
  readonly #width: number;
  #words: Int32Array;
  #seen = new Uint8Array(1);
  #source: ArrayLike<number> = [];
  #validity: Uint8Array | undefined;

  constructor(type: DataType) {
    this.#type = type;
    this.#width = 2 * zeroValues(type, 1).length;
    this.#words = new Int32Array(this.#width);
  }

  get bytes(): number {
    return this.#words.byteLength + this.#seen.byteLength;
  }

  read(column: Column): void {
    this.#source = valueWords(fixed(column));
    this.#validity = column.validity;
  }

  has(group: number): boolean {
    return this.#seen[group] === 1;
  }

  put(group: number, row: number): void {
    const width = this.#width;
    if (group >= this.#seen.length) {
      const length = Math.max(group + 1, 2 * this.#seen.length, 64);
      this.#words = resized(this.#words, width * length);
      this.#seen = resized(this.#seen, length);
    }
    this.#seen[group] = this.#validity && this.#validity[row] === 0 ? 0 : 1;
    for (let word = 0; word < width; word++) this.#words[width * group + word] = this.#source[width * row + word]!;
  }

  compare(row: number, group: number): number {
    return compareWords(this.#source, this.#width * row, this.#words, this.#width * group, this.#width);
  }

  column(length: number): Column {
    const validity = resized(this.#seen, length);
    const words = resized(this.#words, this.#width * length);
    const values = new BigInt64Array(words.buffer);
    return { kind: 'fixed', type: this.#type, length, values, ...(validity.includes(0) && { validity }) };
  }
}
