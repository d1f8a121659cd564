import type { DataType } from '../../../query/types.ts';
import type { Column } from '../../column.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { GroupMemory } from './group-memory.ts';
import { GrowingArea, TextArena } from './growing-area.ts';
import { textColumn } from './text-output.ts';
import type { Vector } from './vector.ts';

/** Bytes of a dictionary's entry: hash, address, length. */
const ENTRY_BYTES = 12;

/** Turns the texts of one key column into words: short ones hold their bytes, long ones a number in a dictionary. */
export class TextWords {
  /** Address of the current batch's words. */
  readonly words: number;
  #group: GroupMemory;
  #slots: GrowingArea;
  #entries: GrowingArea;
  #arena: TextArena;
  #countCell: number;

  constructor(group: GroupMemory) {
    const { memory, pool } = group;
    this.#group = group;
    this.words = memory.allocate(8 * VECTOR_SIZE);
    this.#slots = new GrowingArea(pool, 4 * 2 * VECTOR_SIZE);
    this.#entries = new GrowingArea(pool, ENTRY_BYTES * VECTOR_SIZE);
    this.#arena = new TextArena(pool);
    this.#countCell = memory.allocateCleared(4);
  }

  fill(vector: Vector, count: number): void {
    const { memory, kernels } = this.#group;
    const { values } = vector;
    const lengths = values + 4 * VECTOR_SIZE;
    this.#reserve((memory.u32[this.#countCell >> 2] as number) + count);
    for (let from = 0; ; ) {
      from = kernels.textWords(
        values,
        lengths,
        vector.hasNulls ? vector.validity : 0,
        from,
        count,
        this.words,
        this.#slots.address,
        this.#slots.bytes / 4 - 1,
        this.#entries.address,
        this.#countCell,
        this.#arena.cell,
        this.#arena.end,
      );
      if (from === count) return;
      this.#arena.extend(memory.u32[(lengths >> 2) + from] as number);
    }
  }

  /** The texts of `length` words at `words`. */
  column(type: DataType, words: number, length: number): Extract<Column, { kind: 'utf8' }> {
    return textColumn(this.#group, type, length, (first, count, starts, lengths) => {
      this.#group.kernels.locateTextWords(words + 8 * first, count, this.#entries.address, starts, lengths);
    });
  }

  clear(): void {
    this.#slots.clear();
    this.#arena.clear();
    this.#group.memory.u32[this.#countCell >> 2] = 0;
  }

  #reserve(texts: number): void {
    if (ENTRY_BYTES * texts > this.#entries.bytes) this.#entries.grow(ENTRY_BYTES * texts);
    if (4 * 2 * texts <= this.#slots.bytes) return;
    const { memory, kernels } = this.#group;
    const count = memory.u32[this.#countCell >> 2] as number;
    this.#slots.replace(2 * this.#slots.bytes, () => {
      kernels.fillTextSlots(this.#slots.address, this.#slots.bytes / 4 - 1, this.#entries.address, count);
    });
  }
}
