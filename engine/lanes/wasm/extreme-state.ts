import type { DataType } from '../../../query/types.ts';
import { type Column, isWide } from '../../column.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { GroupBatch, GroupState } from './aggregate-state.ts';
import type { GroupMemory } from './group-memory.ts';
import { GroupValues } from './group-values.ts';
import type { TextArena } from './growing-area.ts';
import type { Vector } from './vector.ts';

/** min and max of one operand; over bool they are AND and OR. */
export class ExtremeState implements GroupState {
  #group: GroupMemory;
  #argument: number;
  #isLeast: boolean;
  #values: GroupValues;
  #initialized = 0;

  constructor(group: GroupMemory, argument: number, type: DataType, extreme: 'least' | 'greatest') {
    this.#group = group;
    this.#argument = argument;
    this.#isLeast = extreme === 'least';
    this.#values = new GroupValues(group, type);
    this.reserve(1);
  }

  reserve(capacity: number): void {
    this.#values.reserve(capacity);
    if (capacity > this.#initialized) this.#setIdentity(this.#initialized, capacity);
    this.#initialized = capacity;
  }

  update({ groups, vectors, count }: GroupBatch): void {
    const vector = vectors[this.#argument] as Vector;
    const { type, area, arena } = this.#values;
    const validity = vector.hasNulls ? vector.validity : 0;
    const { kernels } = this.#group;
    if (arena) this.#updateText(arena, groups, vector.values, validity, count);
    else
      kernels[`${this.#isLeast ? 'least' : 'greatest'}${nameOf(type)}`](
        groups,
        vector.values,
        validity,
        count,
        area.address,
      );
  }

  clear(): void {
    this.#values.clear();
    this.#setIdentity(0, this.#initialized);
  }

  column(length: number, validity: Uint8Array | undefined): Column {
    return this.#values.column(length, validity);
  }

  #updateText(arena: TextArena, groups: number, values: number, validity: number, count: number): void {
    const { memory, kernels } = this.#group;
    const lengths = values + 4 * VECTOR_SIZE;
    const sign = this.#isLeast ? 1 : -1;
    for (let from = 0; ; ) {
      const { address } = this.#values.area;
      from = kernels.extremeUtf8(groups, values, lengths, validity, from, count, address, sign, arena.cell, arena.end);
      if (from === count) return;
      arena.extend(memory.u32[(lengths >> 2) + from] as number);
    }
  }

  /** Gives the groups [first, last) the value that every value replaces. */
  #setIdentity(first: number, last: number): void {
    const { type, area, width } = this.#values;
    const { memory } = this.#group;
    const start = area.address / Math.min(width, 8);
    const isLeast = this.#isLeast;
    if (type.kind === 'utf8') return;
    if (type.kind === 'float64')
      memory.f64.fill(isLeast ? Number.NaN : Number.NEGATIVE_INFINITY, start + first, start + last);
    else if (type.kind === 'bool') memory.u8.fill(isLeast ? 1 : 0, start + first, start + last);
    else if (width === 4) memory.i32.fill(isLeast ? 0x7fffffff : -0x80000000, start + first, start + last);
    else if (width === 8) memory.i64.fill(isLeast ? GREATEST_WORD : ~GREATEST_WORD, start + first, start + last);
    else
      for (let word = start + 2 * first; word < start + 2 * last; word += 2) {
        memory.i64[word] = isLeast ? -1n : 0n;
        memory.i64[word + 1] = isLeast ? GREATEST_WORD : ~GREATEST_WORD;
      }
  }
}

const GREATEST_WORD = (1n << 63n) - 1n;

/** What kernels over a type of fixed width are called after. */
export function nameOf(type: DataType): 'Bool' | 'Int32' | 'Int64' | 'Float64' | 'Wide' {
  switch (type.kind) {
    case 'bool':
      return 'Bool';
    case 'int32':
    case 'date':
      return 'Int32';
    case 'float64':
      return 'Float64';
    default:
      return isWide(type) ? 'Wide' : 'Int64';
  }
}
