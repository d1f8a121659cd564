import { SluiceError } from '../../query/error.ts';
import type { DataType, Field } from '../../query/types.ts';
import { type Column, isWide } from '../column.ts';
import { wideAt } from '../scalars.ts';
import { resized } from './resized.ts';

/** How two partial values become one. NULL is the identity of all. */
export interface StateField extends Field {
  readonly rule: 'sum' | 'min' | 'max';
}

type FixedColumn = Extract<Column, { kind: 'fixed' }>;
type Utf8Column = Extract<Column, { kind: 'utf8' }>;

/** One aggregate state of all groups, into which partial states merge. A group without any is NULL. */
export interface StateColumn {
  /** Merges row i of `column` into group groups[i], in the order of rows. Throws `bad-value` on overflow. */
  add(column: Column, groups: Int32Array): void;
  /** The state of groups 0 .. length - 1. */
  column(length: number): Column;
}

export function openState({ name, type, rule }: StateField): StateColumn {
  if (type.kind === 'utf8') return new Utf8Extreme(type, rule === 'min' ? -1 : 1);
  if (rule !== 'sum') return new FixedState(type, replaceWhen(type, rule === 'min' ? -1 : 1));
  if (type.kind === 'float64') return new FixedState(type, addFloat);
  return new FixedState(type, isWide(type) ? addWide(name, type) : addWord(name));
}

type Values = FixedColumn['values'];

/** Merges value `from` of `values` into the valid state `to` of `states`. */
type MergeValue = (states: Values, to: number, values: Values, from: number) => void;

class FixedState implements StateColumn {
  readonly #type: DataType;
  readonly #merge: MergeValue;
  readonly #words: number;
  #states: Values;
  #validity = new Uint8Array(64);

  constructor(type: DataType, merge: MergeValue) {
    this.#type = type;
    this.#merge = merge;
    this.#words = isWide(type) ? 2 : 1;
    this.#states = new (arrayOf(type))(64 * this.#words);
  }

  add(column: Column, groups: Int32Array): void {
    const { values, validity } = column as FixedColumn;
    const wide = this.#words === 2;
    for (let row = 0; row < groups.length; row++) {
      if (validity && validity[row] === 0) continue;
      const group = groups[row]!;
      if (group >= this.#validity.length) this.#grow(group);
      if (this.#validity[group]) {
        this.#merge(this.#states, group, values, row);
      } else {
        this.#validity[group] = 1;
        if (wide) this.#states[2 * group + 1] = values[2 * row + 1]!;
        this.#states[wide ? 2 * group : group] = values[wide ? 2 * row : row]!;
      }
    }
  }

  column(length: number): Column {
    const validity = resized(this.#validity, length);
    const values = resized(this.#states, length * this.#words);
    return { kind: 'fixed', type: this.#type, length, values, ...(validity.includes(0) && { validity }) };
  }

  #grow(group: number): void {
    const length = Math.max(group + 1, 2 * this.#validity.length);
    this.#validity = resized(this.#validity, length);
    this.#states = resized(this.#states, length * this.#words);
  }
}

function arrayOf(type: DataType) {
  switch (type.kind) {
    case 'bool':
      return Uint8Array;
    case 'int32':
    case 'date':
      return Int32Array;
    case 'float64':
      return Float64Array;
    default:
      return BigInt64Array;
  }
}

const addFloat: MergeValue = (states, to, values, from) => {
  (states as Float64Array)[to]! += (values as Float64Array)[from]!;
};

function addWord(name: string): MergeValue {
  return (states, to, values, from) => {
    const sum = (states as BigInt64Array)[to]! + (values as BigInt64Array)[from]!;
    if (BigInt.asIntN(64, sum) !== sum) throw overflow(name, 'bigint');
    states[to] = sum;
  };
}

function addWide(name: string, type: DataType): MergeValue {
  const bound = 10n ** 38n;
  return (states, to, values, from) => {
    const sum = wideAt(states as BigInt64Array, to) + wideAt(values as BigInt64Array, from);
    if (sum >= bound || sum <= -bound) throw overflow(name, type.kind === 'decimal' ? `decimal(38,${type.scale})` : '');
    states[2 * to] = BigInt.asIntN(64, sum);
    states[2 * to + 1] = sum >> 64n;
  };
}

function overflow(name: string, type: string): SluiceError {
  return new SluiceError('bad-value', `the sum "${name}" does not fit into ${type}`);
}

/** Keeps the smaller (sign -1) or the larger (sign 1) value; NaN is larger than every number. */
function replaceWhen(type: DataType, sign: -1 | 1): MergeValue {
  if (isWide(type))
    return (states, to, values, from) => {
      const words = values as BigInt64Array;
      if (sign * compare(wideAt(words, from), wideAt(states as BigInt64Array, to)) <= 0) return;
      states[2 * to] = words[2 * from]!;
      states[2 * to + 1] = words[2 * from + 1]!;
    };
  return (states, to, values, from) => {
    if (sign * compare(values[from]!, states[to]!) > 0) states[to] = values[from]!;
  };
}

function compare(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** The least or greatest string by bytes, as DuckDB compares. */
class Utf8Extreme implements StateColumn {
  readonly #type: DataType;
  readonly #sign: -1 | 1;
  readonly #strings: (Uint8Array | undefined)[] = [];

  constructor(type: DataType, sign: -1 | 1) {
    this.#type = type;
    this.#sign = sign;
  }

  add(column: Column, groups: Int32Array): void {
    const { offsets, bytes, validity } = column as Utf8Column;
    for (let row = 0; row < groups.length; row++) {
      if (validity && validity[row] === 0) continue;
      const string = bytes.subarray(offsets[row], offsets[row + 1]);
      const known = this.#strings[groups[row]!];
      // A copy, since a view would keep the whole partial alive.
      if (!known || this.#sign * Buffer.compare(string, known) > 0) this.#strings[groups[row]!] = string.slice();
    }
  }

  column(length: number): Column {
    const offsets = new Int32Array(length + 1);
    const validity = new Uint8Array(length);
    for (let group = 0; group < length; group++) {
      offsets[group + 1] = offsets[group]! + (this.#strings[group]?.length ?? 0);
      validity[group] = this.#strings[group] ? 1 : 0;
    }
    const bytes = new Uint8Array(offsets[length]!);
    for (let group = 0; group < length; group++) bytes.set(this.#strings[group] ?? [], offsets[group]);
    return { kind: 'utf8', type: this.#type, length, offsets, bytes, ...(validity.includes(0) && { validity }) };
  }
}
