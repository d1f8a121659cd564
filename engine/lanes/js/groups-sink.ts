import type { BoundOutput } from '../../../query/fragment.ts';
import { partialSchema } from '../../../query/partial-states.ts';
import type { DataType, Scalar, Schema } from '../../../query/types.ts';
import type { Batch, Column } from '../../column.ts';
import { type AccumulatorPlan, planAccumulators } from '../../compile/js/accumulators.ts';
import { maskWords, wordsOf } from '../../compile/js/output.ts';
import { compareText, StringTable } from '../../compile/js/text.ts';
import { columnFromScalars } from '../../scalars.ts';

type Groups = BoundOutput & { kind: 'groups' };

/**
 * Partial groups: a hash table from key words to group numbers, and per accumulator one array over the groups.
 * Generated code probes and updates the arrays itself. A key is the words of its NULL mask, then of each key's value.
 * Integer states are numbers within ±2^53 plus, where that was left, bigints beside them.
 */
export class GroupsSink {
  rows = 0;
  done = false;
  slots = new Int32Array(1024);
  words: Int32Array;
  /** The key that `insert` adds. */
  readonly key: Int32Array;
  readonly strings = new StringTable();
  readonly double = new Float64Array(1);
  readonly doubleWords = new Int32Array(this.double.buffer);
  readonly numbers: Float64Array[];
  readonly present: Uint8Array[];
  readonly #exact: (bigint | undefined)[][];
  readonly #texts: (Uint8Array | undefined)[][];
  readonly #output: Groups;
  readonly #plan: AccumulatorPlan;
  readonly #width: number;
  #capacity = 256;
  #count: number;

  constructor(output: Groups) {
    this.#output = output;
    this.#plan = planAccumulators(output.aggregates);
    const { accumulators } = this.#plan;
    this.#width = output.keys.reduce(
      (sum, { expression }) => sum + wordsOf(expression.type),
      maskWords(output.keys.length),
    );
    this.key = new Int32Array(this.#width);
    this.words = new Int32Array(this.#width * this.#capacity);
    this.numbers = accumulators.map(() => new Float64Array(this.#capacity));
    this.present = accumulators.map(() => new Uint8Array(this.#capacity));
    this.#exact = accumulators.map(() => []);
    this.#texts = accumulators.map(() => []);
    this.#count = output.keys.length === 0 ? 1 : 0;
  }

  /** Makes a group of `key` at a free slot and gives its number; all arrays may be others afterwards. */
  insert(slot: number): number {
    const group = this.#count++;
    if (this.#count > this.#capacity) this.#grow();
    this.words.set(this.key, group * this.#width);
    this.slots[slot] = group + 1;
    if (2 * this.#count > this.slots.length) this.#rehash();
    return group;
  }

  #grow(): void {
    this.#capacity *= 2;
    const words = new Int32Array(this.#width * this.#capacity);
    words.set(this.words);
    this.words = words;
    for (let i = 0; i < this.numbers.length; i++) {
      const numbers = new Float64Array(this.#capacity);
      numbers.set(this.numbers[i] as Float64Array);
      this.numbers[i] = numbers;
      const present = new Uint8Array(this.#capacity);
      present.set(this.present[i] as Uint8Array);
      this.present[i] = present;
    }
  }

  #rehash(): void {
    this.slots = new Int32Array(4 * this.slots.length);
    const mask = this.slots.length - 1;
    for (let group = 0; group < this.#count; group++) {
      let hash = 0;
      for (let i = group * this.#width; i < (group + 1) * this.#width; i++) {
        hash = Math.imul(hash ^ (this.words[i] as number), 0x9e3779b1);
        hash ^= hash >>> 15;
      }
      let slot = hash & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = group + 1;
    }
  }

  /** A sum that leaves ±2^53 moves to a bigint and starts again at `value`. */
  flush(i: number, group: number, value: number): void {
    const numbers = this.numbers[i] as Float64Array;
    this.addExact(i, group, BigInt(numbers[group] as number));
    numbers[group] = value;
  }

  addExact(i: number, group: number, value: bigint): void {
    const exact = this.#exact[i] as (bigint | undefined)[];
    exact[group] = (exact[group] ?? 0n) + value;
  }

  minExact(i: number, group: number, value: bigint): void {
    const exact = this.#exact[i] as (bigint | undefined)[];
    const old = exact[group];
    if (old === undefined || value < old) exact[group] = value;
  }

  maxExact(i: number, group: number, value: bigint): void {
    const exact = this.#exact[i] as (bigint | undefined)[];
    const old = exact[group];
    if (old === undefined || value > old) exact[group] = value;
  }

  minText(i: number, group: number, bytes: Uint8Array, start: number, end: number): void {
    const texts = this.#texts[i] as (Uint8Array | undefined)[];
    const old = texts[group];
    if (!old || compareText(bytes, start, end, old, 0, old.length) < 0) texts[group] = bytes.slice(start, end);
  }

  maxText(i: number, group: number, bytes: Uint8Array, start: number, end: number): void {
    const texts = this.#texts[i] as (Uint8Array | undefined)[];
    const old = texts[group];
    if (!old || compareText(bytes, start, end, old, 0, old.length) > 0) texts[group] = bytes.slice(start, end);
  }

  finish(): Batch[] {
    const length = this.#count;
    if (length === 0) return [];
    const { keys } = this.#output;
    const schema: Schema = partialSchema(this.#output);
    let at = maskWords(keys.length);
    const columns = keys.map(({ expression: { type } }, k) => {
      const column = this.#keyColumn(type, k, at);
      at += wordsOf(type);
      return column;
    });
    for (const { type, accumulator } of this.#plan.states) columns.push(this.#stateColumn(type, accumulator));
    return [{ schema, length, columns }];
  }

  #keyColumn(type: DataType, k: number, at: number): Column {
    const isNull = (group: number) =>
      (((this.words[group * this.#width + Math.floor(k / 31)] as number) >> (k % 31)) & 1) === 1;
    if (type.kind === 'utf8')
      return textColumn(type, this.#count, (group) =>
        isNull(group) ? undefined : this.strings.textOf(this.words[group * this.#width + at] as number),
      );
    const scalars = Array.from({ length: this.#count }, (_, group) =>
      isNull(group) ? null : keyScalar(type, this.words, group * this.#width + at),
    );
    return columnFromScalars(type, scalars);
  }

  #stateColumn(type: DataType, i: number): Column {
    const accumulator = this.#plan.accumulators[i];
    const kind = accumulator?.kind ?? 'count';
    if (type.kind === 'utf8') return textColumn(type, this.#count, (group) => this.#texts[i]?.[group]);
    const scalars = Array.from({ length: this.#count }, (_, group): Scalar => {
      const number = this.numbers[i]?.[group] ?? 0;
      if (kind === 'count') return BigInt(number);
      const has = this.present[i]?.[group] === 1;
      const exact = this.#exact[i]?.[group];
      if (!has && exact === undefined) return null;
      if (type.kind === 'bool') return number === 1;
      if (type.kind === 'float64' || type.kind === 'int32' || type.kind === 'date') return number;
      if (kind === 'sum') return BigInt(number) + (exact ?? 0n);
      if (exact === undefined) return BigInt(number);
      return has && (kind === 'min' ? number < exact : number > exact) ? BigInt(number) : exact;
    });
    return columnFromScalars(type, scalars);
  }
}

function keyScalar(type: DataType, words: Int32Array, at: number): Scalar {
  const low = words[at] as number;
  const high = words[at + 1] as number;
  switch (type.kind) {
    case 'bool':
      return low === 1;
    case 'int32':
    case 'date':
      return low;
    case 'float64':
      return new Float64Array(Int32Array.of(low, high).buffer)[0] as number;
    default: {
      const value = (BigInt(high) << 32n) | BigInt(low >>> 0);
      if (wordsOf(type) === 2) return value;
      const above = (BigInt(words[at + 3] as number) << 32n) | BigInt((words[at + 2] as number) >>> 0);
      return (above << 64n) | BigInt.asUintN(64, value);
    }
  }
}

/** A text column without a way through strings, so that bytes stay as they are. */
function textColumn(type: DataType, length: number, textOf: (row: number) => Uint8Array | undefined): Column {
  const offsets = new Int32Array(length + 1);
  const validity = new Uint8Array(length);
  let bytes = new Uint8Array(1024);
  let end = 0;
  for (let row = 0; row < length; row++) {
    const text = textOf(row);
    if (text) {
      validity[row] = 1;
      if (end + text.length > bytes.length) {
        const grown = new Uint8Array(2 * (end + text.length));
        grown.set(bytes);
        bytes = grown;
      }
      bytes.set(text, end);
      end += text.length;
    }
    offsets[row + 1] = end;
  }
  return { kind: 'utf8', type, length, offsets, bytes: bytes.slice(0, end), ...(validity.includes(0) && { validity }) };
}
