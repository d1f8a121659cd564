import type { DataType } from '../../../query/types.ts';
import { type Column, isWide } from '../../column.ts';
import { VECTOR_SIZE } from '../../task.ts';
import { GrowingArea, TextArena } from './growing-area.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import type { Vector } from './vector.ts';

export type StateFunction = 'count' | 'sum' | 'min' | 'max';

const STATE_BYTES = 16;

/** One state column: 16 bytes a group, and a byte that says whether a value was seen. */
export class AggregateState {
  #memory: EngineMemory;
  #kernels: Kernels;
  #function: StateFunction;
  #type: DataType;
  #argument: DataType | undefined;
  #states: GrowingArea;
  #seen: GrowingArea;
  #arena: TextArena | undefined;

  /** `type` is the state column's type, `argument` that of the aggregate's operand. */
  constructor(
    memory: EngineMemory,
    kernels: Kernels,
    name: StateFunction,
    type: DataType,
    argument: DataType | undefined,
  ) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#function = name;
    this.#type = type;
    this.#argument = argument;
    this.#states = new GrowingArea(memory, STATE_BYTES);
    this.#seen = new GrowingArea(memory, 1);
    if (type.kind === 'utf8') this.#arena = new TextArena(memory);
  }

  /** Makes room for `groups` groups. */
  reserve(groups: number): void {
    if (this.#seen.bytes >= groups) return;
    this.#states.grow(STATE_BYTES * groups);
    this.#seen.grow(groups);
  }

  /** Folds in `count` rows; `groups` is the address of their group numbers, 0 when all belong to group 0. */
  update(groups: number, vector: Vector | undefined, count: number): void {
    const validity = vector?.hasNulls ? vector.validity : 0;
    const states = this.#states.address;
    const seen = this.#seen.address;
    const kernels = this.#kernels;
    if (this.#function === 'count') {
      kernels.countRows(groups, validity, count, states);
      return;
    }
    const values = (vector as Vector).values;
    const kind = this.#argument?.kind;
    if (this.#function === 'sum') {
      const sum = kind === 'float64' ? kernels.sumFloat64 : kind === 'int32' ? kernels.sumInt32 : kernels.sumInt64;
      sum(groups, values, validity, count, states, seen);
      return;
    }
    const sign = this.#function === 'min' ? 1 : -1;
    if (this.#arena) {
      this.#updateText(this.#arena, groups, values, validity, count, sign);
      return;
    }
    const extreme =
      kind === 'bool'
        ? kernels.extremeBool
        : kind === 'float64'
          ? kernels.extremeFloat64
          : kind === 'int32' || kind === 'date'
            ? kernels.extremeInt32
            : kernels.extremeInt64;
    extreme(groups, values, validity, count, states, seen, sign);
  }

  #updateText(arena: TextArena, groups: number, values: number, validity: number, count: number, sign: number): void {
    const lengths = values + 4 * VECTOR_SIZE;
    for (let from = 0; ; ) {
      const { address: states } = this.#states;
      from = this.#kernels.extremeUtf8(
        groups,
        values,
        lengths,
        validity,
        from,
        count,
        states,
        this.#seen.address,
        sign,
        arena.cell,
        arena.end,
      );
      if (from === count) return;
      arena.extend(this.#memory.u32[(lengths >> 2) + from] as number);
    }
  }

  /** The states of the first `length` groups. */
  column(length: number): Column {
    const type = this.#type;
    const word = this.#states.address >> 3;
    const words = this.#memory.i64.slice(word, word + 2 * length);
    const seen = this.#memory.u8.slice(this.#seen.address, this.#seen.address + length);
    const nulls = this.#function !== 'count' && seen.includes(0) ? { validity: seen } : {};
    if (type.kind === 'utf8') return this.#textColumn(words, length, nulls);
    if (isWide(type) && this.#function === 'sum') return { kind: 'fixed', type, length, values: words, ...nulls };
    const values = new BigInt64Array(length);
    for (let i = 0; i < length; i++) values[i] = words[2 * i] as bigint;
    switch (type.kind) {
      case 'float64':
        return { kind: 'fixed', type, length, values: new Float64Array(values.buffer), ...nulls };
      case 'bool':
        return { kind: 'fixed', type, length, values: Uint8Array.from(values, Number), ...nulls };
      case 'int32':
      case 'date':
        return { kind: 'fixed', type, length, values: Int32Array.from(values, Number), ...nulls };
      default: {
        if (!isWide(type)) return { kind: 'fixed', type, length, values, ...nulls };
        for (let i = 0; i < length; i++) words[2 * i + 1] = (words[2 * i] as bigint) >> 63n;
        return { kind: 'fixed', type, length, values: words, ...nulls };
      }
    }
  }

  #textColumn(words: BigInt64Array, length: number, nulls: { validity?: Uint8Array }): Column {
    const cells = new Uint32Array(words.buffer);
    const offsets = new Int32Array(length + 1);
    for (let i = 0; i < length; i++) offsets[i + 1] = (offsets[i] as number) + (cells[4 * i + 1] as number);
    const bytes = new Uint8Array(offsets[length] as number);
    for (let i = 0; i < length; i++) {
      const address = cells[4 * i] as number;
      bytes.set(this.#memory.u8.subarray(address, address + (cells[4 * i + 1] as number)), offsets[i]);
    }
    return { kind: 'utf8', type: this.#type, length, offsets, bytes, ...nulls };
  }
}
