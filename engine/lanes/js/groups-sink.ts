import type { BoundOutput } from '../../../query/fragment.ts';
import { partialSchema, stateFields } from '../../../query/partial-states.ts';
import type { Schema } from '../../../query/types.ts';
import type { Batch, Column } from '../../column.ts';
import { compareBytes } from '../../compare-bytes.ts';
import { type AccumulatorPlan, planAccumulators, type StateSource } from '../../compile/js/accumulators.ts';
import { maskWords, PRESENT } from '../../compile/js/groups-output.ts';
import { StringTable } from '../../compile/js/text.ts';
import { wordsOf } from '../../compile/js/words.ts';
import type { AggregateState } from '../../operators/aggregate-state.ts';
import { openAggregate } from '../../operators/aggregates.ts';
import { resized } from '../../resized.ts';
import { keyColumn, slotColumn } from './group-columns.ts';
import { RowsSink } from './rows-sink.ts';

type Groups = BoundOutput & { kind: 'groups' };

/** Rows that wait for the aggregates that take vectors. */
const VECTOR_ROWS = 1024;
/** Bytes that the groups of a task may take before they leave as a batch of their own. */
const GROUP_BYTES = 1 << 28;
const FIRST_GROUPS = 256;

/**
 * Partial groups: a hash table from key words to group numbers, and per slot of an accumulator one array over the
 * groups. Generated code probes and updates the arrays itself. A key is the words of its NULL mask, then of each key's
 * value. Integers are numbers within ±2^53; what is beyond stands beside them as bigints.
 */
export class GroupsSink {
  rows = 0;
  done = false;
  slots = new Int32Array(4 * FIRST_GROUPS);
  words: Int32Array;
  /** The key that `insert` adds; doubles also as they are, since -0 and 0 are one key of which the first is shown. */
  readonly key: Int32Array;
  readonly doubleKey: Float64Array;
  strings = new StringTable();
  readonly double = new Float64Array(1);
  readonly doubleWords = new Int32Array(this.double.buffer);
  numbers: Float64Array[] = [];
  present: Uint8Array[] = [];
  /** Rows, and their groups, that wait for `drain`. */
  readonly vectors: RowsSink;
  readonly vectorGroups = new Int32Array(VECTOR_ROWS);
  #exact: (bigint | undefined)[][] = [];
  #texts: (Uint8Array | undefined)[][] = [];
  #doubles: (Float64Array | undefined)[] = [];
  #states: AggregateState[] = [];
  readonly #output: Groups;
  readonly #schema: Schema;
  readonly #plan: AccumulatorPlan;
  readonly #maximumBytes: number;
  readonly #width: number;
  readonly #flushed: Batch[] = [];
  #capacity = FIRST_GROUPS;
  #count = 0;
  #textBytes = 0;

  constructor(output: Groups, maximumBytes = GROUP_BYTES) {
    this.#output = output;
    this.#schema = partialSchema(output);
    this.#plan = planAccumulators(output.aggregates);
    this.#maximumBytes = maximumBytes;
    this.#width = output.keys.reduce(
      (sum, { expression }) => sum + wordsOf(expression.type),
      maskWords(output.keys.length),
    );
    this.key = new Int32Array(this.#width);
    this.doubleKey = new Float64Array(output.keys.length);
    this.words = new Int32Array(0);
    const vectors = this.#plan.vectors.map(({ type }, i) => ({ name: String(i), type }));
    this.vectors = new RowsSink(vectors, { capacity: VECTOR_ROWS });
    this.#open();
  }

  #open(): void {
    const { slots, vectorAggregates } = this.#plan;
    this.#capacity = FIRST_GROUPS;
    this.#count = this.#output.keys.length === 0 ? 1 : 0;
    this.#textBytes = 0;
    this.slots = new Int32Array(4 * FIRST_GROUPS);
    this.words = new Int32Array(this.#width * FIRST_GROUPS);
    this.strings = new StringTable();
    // The sum of -0 alone is -0, so sums begin with it.
    this.numbers = slots.map(({ kind }) => new Float64Array(FIRST_GROUPS).fill(kind === 'sum' ? -0 : 0));
    this.present = slots.map(() => new Uint8Array(FIRST_GROUPS));
    this.#exact = slots.map(() => []);
    this.#texts = slots.map(() => []);
    this.#doubles = this.#output.keys.map(({ expression }) =>
      expression.type.kind === 'float64' ? new Float64Array(FIRST_GROUPS) : undefined,
    );
    this.#states = vectorAggregates.map(({ aggregate }) => openAggregate(aggregate));
  }

  /** Makes a group of `key` at a free slot and gives its number; all arrays may be others afterwards. */
  insert(slot: number): number {
    const group = this.#count++;
    if (this.#count > this.#capacity) this.#grow();
    this.words.set(this.key, group * this.#width);
    for (let k = 0; k < this.#doubles.length; k++) {
      const doubles = this.#doubles[k];
      if (doubles) doubles[group] = this.doubleKey[k] as number;
    }
    this.slots[slot] = group + 1;
    if (2 * this.#count > this.slots.length) this.#rehash();
    return group;
  }

  #grow(): void {
    const known = this.#capacity;
    this.#capacity *= 2;
    this.words = resized(this.words, this.#width * this.#capacity);
    this.#doubles = this.#doubles.map((doubles) => doubles && resized(doubles, this.#capacity));
    this.numbers = this.numbers.map((numbers, i) => {
      const grown = resized(numbers, this.#capacity);
      return this.#plan.slots[i]?.kind === 'sum' ? grown.fill(-0, known) : grown;
    });
    this.present = this.present.map((present) => resized(present, this.#capacity));
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
  flushSum(i: number, group: number, value: number): void {
    const numbers = this.numbers[i] as Float64Array;
    this.addExact(i, group, BigInt(numbers[group] as number));
    numbers[group] = value;
  }

  addExact(i: number, group: number, value: bigint): void {
    const exact = this.#exact[i] as (bigint | undefined)[];
    exact[group] = (exact[group] ?? 0n) + value;
  }

  minExact(i: number, group: number, value: bigint): void {
    const old = this.#exactAt(i, group);
    if (old === undefined || value < old) this.putExact(i, group, value);
  }

  maxExact(i: number, group: number, value: bigint): void {
    const old = this.#exactAt(i, group);
    if (old === undefined || value > old) this.putExact(i, group, value);
  }

  /** Beyond ±2^53 the number beside the bigint is near enough to be compared with numbers within. */
  putExact(i: number, group: number, value: bigint): void {
    const number = Number(value);
    const safe = Number.isSafeInteger(number);
    (this.numbers[i] as Float64Array)[group] = number;
    (this.present[i] as Uint8Array)[group] = safe ? PRESENT.number : PRESENT.bigint;
    if (!safe) (this.#exact[i] as (bigint | undefined)[])[group] = value;
  }

  #exactAt(i: number, group: number): bigint | undefined {
    const present = this.present[i]?.[group];
    if (present === PRESENT.bigint) return this.#exact[i]?.[group];
    return present === PRESENT.number ? BigInt(this.numbers[i]?.[group] as number) : undefined;
  }

  minText(i: number, group: number, bytes: Uint8Array, start: number, end: number): void {
    const old = this.#texts[i]?.[group];
    if (!old || compareBytes(bytes, start, end, old, 0, old.length) < 0) this.putText(i, group, bytes, start, end);
  }

  maxText(i: number, group: number, bytes: Uint8Array, start: number, end: number): void {
    const old = this.#texts[i]?.[group];
    if (!old || compareBytes(bytes, start, end, old, 0, old.length) > 0) this.putText(i, group, bytes, start, end);
  }

  putText(i: number, group: number, bytes: Uint8Array, start: number, end: number): void {
    const texts = this.#texts[i] as (Uint8Array | undefined)[];
    this.#textBytes += end - start - (texts[group]?.length ?? 0);
    texts[group] = bytes.slice(start, end);
    (this.present[i] as Uint8Array)[group] = PRESENT.text;
  }

  /** Gives the rows that wait to the aggregates that take vectors. */
  drain(): void {
    const { length } = this.vectors;
    if (length === 0) return;
    const columns = this.vectors.take();
    const groups = this.#output.keys.length > 0 ? this.vectorGroups.subarray(0, length) : undefined;
    this.#plan.vectorAggregates.forEach(({ vectors }, k) => {
      const args = vectors.map((place) => columns[place] as Column);
      this.#states[k]?.update(args, groups, length);
    });
  }

  /** Between two calls of generated code: groups that take too much memory leave, and the table starts anew. */
  settle(): void {
    if (this.#bytes <= this.#maximumBytes) return;
    this.#flushed.push(this.#batch());
    this.#open();
  }

  finish(): Batch[] {
    return this.#count === 0 ? this.#flushed : [...this.#flushed, this.#batch()];
  }

  get #bytes(): number {
    const { slots } = this.#plan;
    const states = this.#states.reduce((sum, { bytes }) => sum + bytes, 0);
    const group = 4 * this.#width + 9 * slots.length + 8 * this.doubleKey.length;
    return this.slots.byteLength + group * this.#capacity + this.strings.bytes + this.#textBytes + states;
  }

  #batch(): Batch {
    this.drain();
    const { keys, aggregates } = this.#output;
    const length = this.#count;
    let at = maskWords(keys.length);
    const columns = keys.map(({ expression: { type } }, k) => {
      const table = { words: this.words, width: this.#width, length, strings: this.strings };
      const column = keyColumn(table, type, k, at, this.#doubles[k]);
      at += wordsOf(type);
      return column;
    });
    aggregates.forEach((aggregate, k) => {
      const source = this.#plan.states[k] as StateSource;
      if (source.kind === 'vectors') columns.push(...(this.#states[source.index] as AggregateState).partial(length));
      else
        stateFields(aggregate).forEach(({ name, type }, part) => {
          const slot = source.slots[part];
          if (!slot) throw new RangeError(`state ${part} of ${name}`);
          columns.push(slotColumn(name, type, length, slot, this.#slot(slot.slot)));
        });
    });
    return { schema: this.#schema, length, columns };
  }

  #slot(i: number) {
    return {
      numbers: this.numbers[i] as Float64Array,
      present: this.present[i] as Uint8Array,
      exact: this.#exact[i] as (bigint | undefined)[],
      texts: this.#texts[i] as (Uint8Array | undefined)[],
    };
  }
}
