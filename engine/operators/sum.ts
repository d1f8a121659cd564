import { SluiceError } from '../../query/error.ts';
import { type DataType, FLOAT64, formatType } from '../../query/types.ts';
import type { Column } from '../column.ts';
import { resized } from '../resized.ts';
import type { AggregateState, GroupNumbers } from './aggregate-state.ts';
import { fixed, valueWords, wordsOf } from './words.ts';

/** The state of sum(x): `type` is the sum's, float64 or a wide decimal. A group without values is NULL. */
export function openSum(name: string, type: DataType): AggregateState {
  return type.kind === 'float64' ? new FloatSum() : new ExactSum(name, type);
}

class FloatSum implements AggregateState {
  #sums = new Float64Array(1);
  #seen = new Uint8Array(1);

  get bytes(): number {
    return this.#sums.byteLength + this.#seen.byteLength;
  }

  update([operand]: readonly Column[], groups: GroupNumbers, length: number): void {
    const { values, validity } = fixed(operand);
    const numbers = values as Float64Array;
    for (let row = 0; row < length; row++) {
      if (validity && validity[row] === 0) continue;
      const group = groups ? groups[row]! : 0;
      if (group >= this.#seen.length) this.#grow(group);
      // Not 0 + value: the sum of -0 alone is -0.
      this.#sums[group] = this.#seen[group] ? this.#sums[group]! + numbers[row]! : numbers[row]!;
      this.#seen[group] = 1;
    }
  }

  merge(states: readonly Column[], groups: GroupNumbers, length: number): void {
    this.update(states, groups, length);
  }

  partial(length: number): Column[] {
    const validity = resized(this.#seen, length);
    const values = resized(this.#sums, length);
    return [{ kind: 'fixed', type: FLOAT64, length, values, ...(validity.includes(0) && { validity }) }];
  }

  #grow(group: number): void {
    const length = Math.max(group + 1, 2 * this.#seen.length, 64);
    this.#sums = resized(this.#sums, length);
    this.#seen = resized(this.#seen, length);
  }
}

/** 10^38 in 32-bit words, low first: what a sum must stay below. */
const LIMIT_TOP = 0x4b3b4ca8;
const LIMIT = 10n ** 38n;

/** Exact sums in 128 bits, four words a group. */
class ExactSum implements AggregateState {
  readonly #name: string;
  readonly #type: DataType;
  #words = new Uint32Array(4);
  #seen = new Uint8Array(1);

  constructor(name: string, type: DataType) {
    this.#name = name;
    this.#type = type;
  }

  get bytes(): number {
    return this.#words.byteLength + this.#seen.byteLength;
  }

  update([operand]: readonly Column[], groups: GroupNumbers, length: number): void {
    const column = fixed(operand);
    const { validity } = column;
    const words = valueWords(column);
    const width = wordsOf(column.type);
    for (let row = 0; row < length; row++) {
      if (validity && validity[row] === 0) continue;
      const group = groups ? groups[row]! : 0;
      if (group >= this.#seen.length) this.#grow(group);
      this.#seen[group] = 1;
      const from = width * row;
      const low = words[from]!;
      if (width === 1) this.#add(group, low, low >> 31, low >> 31, low >> 31);
      else if (width === 2) this.#add(group, low, words[from + 1]!, words[from + 1]! >> 31, words[from + 1]! >> 31);
      else this.#add(group, low, words[from + 1]!, words[from + 2]!, words[from + 3]!);
    }
  }

  merge(states: readonly Column[], groups: GroupNumbers, length: number): void {
    this.update(states, groups, length);
  }

  partial(length: number): Column[] {
    const validity = resized(this.#seen, length);
    const words = resized(this.#words, 4 * length);
    const values = new BigInt64Array(words.buffer);
    return [{ kind: 'fixed', type: this.#type, length, values, ...(validity.includes(0) && { validity }) }];
  }

  /** Adds a signed 128-bit value, given in words. */
  #add(group: number, w0: number, w1: number, w2: number, w3: number): void {
    const words = this.#words;
    const at = 4 * group;
    const s0 = words[at]! + (w0 >>> 0);
    const s1 = words[at + 1]! + (w1 >>> 0) + (s0 > 0xffffffff ? 1 : 0);
    const s2 = words[at + 2]! + (w2 >>> 0) + (s1 > 0xffffffff ? 1 : 0);
    const top = (words[at + 3]! | 0) + w3 + (s2 > 0xffffffff ? 1 : 0);
    words[at] = s0;
    words[at + 1] = s1;
    words[at + 2] = s2;
    words[at + 3] = top;
    if (top >= LIMIT_TOP || top < -LIMIT_TOP) this.#check(group, top);
  }

  /** The rare sum whose top word alone does not tell that it is below the limit. `top` has not wrapped. */
  #check(group: number, top: number): void {
    const low = this.#words.subarray(4 * group, 4 * group + 3);
    const sum = (BigInt(top) << 96n) | (BigInt(low[2]!) << 64n) | (BigInt(low[1]!) << 32n) | BigInt(low[0]!);
    if (sum >= LIMIT || sum <= -LIMIT)
      throw new SluiceError('bad-value', `the sum "${this.#name}" does not fit into ${formatType(this.#type)}`);
  }

  #grow(group: number): void {
    const length = Math.max(group + 1, 2 * this.#seen.length, 64);
    this.#words = resized(this.#words, 4 * length);
    this.#seen = resized(this.#seen, length);
  }
}
