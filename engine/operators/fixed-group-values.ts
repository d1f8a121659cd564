import type { DataType } from '../../query/types.ts';
import type { Column } from '../column.ts';
import { resized } from '../resized.ts';
import { zeroValues } from '../zero-values.ts';
import { type GroupNumbers, groupsIn } from './aggregate-state.ts';
import { GroupValues } from './group-values.ts';
import { compareNumbers, compareWords } from './row-order.ts';
import { fixed, valueWords, wordsOf } from './words.ts';

/** Values that are JavaScript numbers: bool, int32, date, float64. */
export class NumberValues extends GroupValues {
  readonly #type: DataType;
  #values: Uint8Array | Int32Array | Float64Array;
  #seen = new Uint8Array(1);
  #source: ArrayLike<number> = [];
  #validity: Uint8Array | undefined;

  constructor(type: DataType) {
    super();
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
    this.#reserve(group + 1);
    this.#seen[group] = this.#validity && this.#validity[row] === 0 ? 0 : 1;
    this.#values[group] = this.#source[row]!;
  }

  compare(row: number, group: number): number {
    return compareNumbers(this.#source[row]!, this.#values[group]!);
  }

  override keepExtremes(column: Column, groups: GroupNumbers, length: number, sign: -1 | 1): void {
    const { validity } = column;
    const source = fixed(column).values as Float64Array;
    this.#reserve(groupsIn(groups, length));
    const [values, seen] = [this.#values, this.#seen];
    for (let row = 0; row < length; row++) {
      if (validity && validity[row] === 0) continue;
      const group = groups ? groups[row]! : 0;
      if (seen[group] && sign * compareNumbers(source[row]!, values[group]!) <= 0) continue;
      seen[group] = 1;
      values[group] = source[row]!;
    }
  }

  column(length: number): Column {
    const validity = resized(this.#seen, length);
    const values = resized(this.#values, length);
    return { kind: 'fixed', type: this.#type, length, values, ...(validity.includes(0) && { validity }) };
  }

  #reserve(groups: number): void {
    if (groups <= this.#seen.length) return;
    const length = Math.max(groups, 2 * this.#seen.length, 64);
    this.#values = resized(this.#values, length);
    this.#seen = resized(this.#seen, length);
  }
}

/** int64, timestamp and decimals: two or four 32-bit words a value, the last one signed. */
export class IntegerValues extends GroupValues {
  readonly #type: DataType;
  readonly #width: number;
  #words: Int32Array;
  #seen = new Uint8Array(1);
  #source: ArrayLike<number> = [];
  #validity: Uint8Array | undefined;

  constructor(type: DataType) {
    super();
    this.#type = type;
    this.#width = wordsOf(type);
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
