import type { DataType } from '../../../query/types.ts';
import { type Column, isWide } from '../../column.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { GroupMemory } from './group-memory.ts';
import { GrowingArea, TextArena } from './growing-area.ts';
import type { EngineMemory } from './memory.ts';
import { textColumn } from './text-output.ts';
import type { Vector } from './vector.ts';

/** Bytes of one value in an array of states: text is a cell of 16 bytes (see `keepText` in engine/kernels). */
export function stateWidth(type: DataType): 1 | 4 | 8 | 16 {
  switch (type.kind) {
    case 'bool':
      return 1;
    case 'int32':
    case 'date':
      return 4;
    case 'utf8':
      return 16;
    default:
      return isWide(type) ? 16 : 8;
  }
}

/** One value of a type for each group, held as a column holds it (text: as cells). */
export class GroupValues {
  readonly type: DataType;
  readonly area: GrowingArea;
  readonly arena: TextArena | undefined;
  /** Bytes a group. */
  readonly width: 1 | 4 | 8 | 16;
  #group: GroupMemory;

  constructor(group: GroupMemory, type: DataType) {
    this.#group = group;
    this.type = type;
    this.width = stateWidth(type);
    this.area = new GrowingArea(group.pool, this.width);
    if (type.kind === 'utf8') this.arena = new TextArena(group.pool);
  }

  reserve(capacity: number): void {
    this.area.grow(this.width * capacity);
  }

  /** Keeps the values of the `count` rows at `picks` (u32), each for its group. */
  scatter(vector: Pick<Vector, 'values'>, picks: number, count: number, groups: number): void {
    const { kernels } = this.#group;
    const { address } = this.area;
    if (this.arena) this.#scatterText(this.arena, vector, picks, count, groups);
    else kernels[`scatter${this.width}`](vector.values, picks, count, groups, address);
  }

  /** The values of the first `length` groups. */
  column(length: number, validity: Uint8Array | undefined): Column {
    const nulls = validity?.includes(0) ? { validity } : {};
    if (!this.arena) return { ...fixedColumn(this.#group.memory, this.type, this.area.address, length), ...nulls };
    const text = textColumn(this.#group, this.type, length, (first, count, starts, lengths) => {
      this.#group.kernels.locateCells(this.area.address + 16 * first, count, starts, lengths);
    });
    return { ...text, ...nulls };
  }

  clear(): void {
    this.area.clear();
    this.arena?.clear();
  }

  #scatterText(
    arena: TextArena,
    { values }: Pick<Vector, 'values'>,
    picks: number,
    count: number,
    groups: number,
  ): void {
    const { memory, kernels } = this.#group;
    const lengths = values + 4 * VECTOR_SIZE;
    const { address } = this.area;
    for (let from = 0; ; ) {
      from = kernels.scatterUtf8(values, lengths, picks, from, count, groups, address, arena.cell, arena.end);
      if (from === count) return;
      arena.extend(memory.u32[(lengths >> 2) + (memory.u32[(picks >> 2) + from] as number)] as number);
    }
  }
}

/** Copies `length` values out of linear memory. */
export function fixedColumn(
  memory: EngineMemory,
  type: DataType,
  address: number,
  length: number,
): Extract<Column, { kind: 'fixed' }> {
  return { kind: 'fixed', type, length, values: fixedValues(memory, type, address, length) };
}

function fixedValues(memory: EngineMemory, type: DataType, address: number, length: number) {
  switch (stateWidth(type)) {
    case 1:
      return memory.u8.slice(address, address + length);
    case 4:
      return memory.i32.slice(address >> 2, (address >> 2) + length);
    case 16:
      return memory.i64.slice(address >> 3, (address >> 3) + 2 * length);
    default: {
      const words = type.kind === 'float64' ? memory.f64 : memory.i64;
      return words.slice(address >> 3, (address >> 3) + length);
    }
  }
}
