import { SluiceError } from '../../query/error.ts';
import { type DataType, FLOAT64, formatType } from '../../query/types.ts';
import type { Column } from '../column.ts';
import { resized } from '../resized.ts';
import { type AggregateState, type GroupNumbers, groupsIn } from './aggregate-state.ts';
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
    this.#reserve(groupsIn(groups, length));
    const [sums, seen] = [this.#sums, this.#seen];
    for (let row = 0; row < length; row++) {
      if (validity && validity[row] === 0) continue;
      const group = groups ? groups[row]! : 0;
      sums[group]! += numbers[row]!;
      seen[group] = 1;
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

  #reserve(groups: number): void {
    if (groups <= this.#seen.length) return;
    const length = Math.max(groups, 2 * this.#seen.length, 64);
    this.#sums = resized(this.#sums, length);
    this.#seen = resized(this.#seen, length);
  }
}

/** What a sum must stay below, and the top 32 of its 128 bits. */
const LIMIT = 10n ** 38n;
const LIMIT_TOP = 0x4b3b4ca8;
/** The top word of a group without values: no sum below the limit has it. The other words are 0. */
const UNSEEN = -0x80000000;
const LARGEST_WORD = 0xffffffff;

/** Exact sums in 128 bits, four words a group; see `UNSEEN`. */
class ExactSum implements AggregateState {
  readonly #name: string;
  readonly #type: DataType;
  #words = new Int32Array(4);

  constructor(name: string, type: DataType) {
    this.#name = name;
    this.#type = type;
    this.#words[3] = UNSEEN;
  }

  get bytes(): number {
    return this.#words.byteLength;
  }

  update([operand]: readonly Column[], groups: GroupNumbers, length: number): void {
    const column = fixed(operand);
    const { validity } = column;
    const values = valueWords(column);
    const width = wordsOf(column.type);
    const words = this.#reserve(groupsIn(groups, length));
    for (let row = 0; row < length; row++) {
      if (validity && validity[row] === 0) continue;
      const at = 4 * (groups ? groups[row]! : 0);
      const from = width * row;
      const w0 = values[from]!;
      const w1 = width === 1 ? w0 >> 31 : values[from + 1]!;
      const w2 = width === 4 ? values[from + 2]! : w1 >> 31;
      const w3 = width === 4 ? values[from + 3]! : w1 >> 31;
      const known = words[at + 3]!;
      const s0 = (words[at]! >>> 0) + (w0 >>> 0);
      const s1 = (words[at + 1]! >>> 0) + (w1 >>> 0) + (s0 > LARGEST_WORD ? 1 : 0);
      const s2 = (words[at + 2]! >>> 0) + (w2 >>> 0) + (s1 > LARGEST_WORD ? 1 : 0);
      const s3 = (known === UNSEEN ? 0 : known) + w3 + (s2 > LARGEST_WORD ? 1 : 0);
      words[at] = s0;
      words[at + 1] = s1;
      words[at + 2] = s2;
      words[at + 3] = s3;
      if (s3 >= LIMIT_TOP || s3 < -LIMIT_TOP) this.#check(at, s3);
    }
  }

  merge(states: readonly Column[], groups: GroupNumbers, length: number): void {
    this.update(states, groups, length);
  }

  partial(length: number): Column[] {
    const words = new Int32Array(4 * length);
    const validity = new Uint8Array(length);
    const known = Math.min(length, this.#words.length / 4);
    words.set(this.#words.subarray(0, 4 * known));
    for (let group = 0; group < known; group++) {
      if (words[4 * group + 3] === UNSEEN) words[4 * group + 3] = 0;
      else validity[group] = 1;
    }
    const values = new BigInt64Array(words.buffer);
    return [{ kind: 'fixed', type: this.#type, length, values, ...(validity.includes(0) && { validity }) }];
  }

  /** The rare sum whose top word alone does not tell that it is below the limit. `top` has not wrapped. */
  #check(at: number, top: number): void {
    const low = Uint32Array.from(this.#words.subarray(at, at + 3));
    const sum = (BigInt(top) << 96n) | (BigInt(low[2]!) << 64n) | (BigInt(low[1]!) << 32n) | BigInt(low[0]!);
    if (sum >= LIMIT || sum <= -LIMIT)
      throw new SluiceError('bad-value', `the sum "${this.#name}" does not fit into ${formatType(this.#type)}`);
  }

  #reserve(groups: number): Int32Array {
    const known = this.#words.length / 4;
    if (groups > known) {
      const length = Math.max(groups, 2 * known, 64);
      this.#words = resized(this.#words, 4 * length);
      for (let group = known; group < length; group++) this.#words[4 * group + 3] = UNSEEN;
    }
    return this.#words;
  }
}
