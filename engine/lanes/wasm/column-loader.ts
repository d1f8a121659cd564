import type { Column } from '../../column.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import type { VectorLoader } from './pipeline.ts';
import { compactVector, type Vector, valueWidth } from './vector.ts';

/** Loads batches from decoded columns of a row group, copying only the vectors that are asked for. */
export class ColumnLoader implements VectorLoader {
  #memory: EngineMemory;
  #kernels: Kernels;
  #columns: ReadonlyMap<number, Column>;
  #first = 0;
  #rows = 0;
  #offsets: number;
  /** A column's text bytes of the current batch; one area a column, as strings of several columns live at once. */
  #texts = new Map<number, { address: number; bytes: number }>();

  constructor(memory: EngineMemory, kernels: Kernels, columns: ReadonlyMap<number, Column>) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#columns = columns;
    this.#offsets = memory.allocate(4 * (VECTOR_SIZE + 1));
  }

  /** Other columns take the place of those before, as from one input of a merge to the next. */
  replace(columns: ReadonlyMap<number, Column>): void {
    this.#columns = columns;
  }

  /** Turns to the rows [first, first + rows) of the row group. */
  begin(first: number, rows: number): void {
    this.#first = first;
    this.#rows = rows;
  }

  load(index: number, vector: Vector, selection: number, count: number): void {
    const column = this.#columns.get(index);
    if (!column) throw new RangeError(`column ${index} was not read`);
    const last = this.#first + this.#rows;
    const validity = column.validity?.subarray(this.#first, last);
    vector.hasNulls = validity?.includes(0) ?? false;
    if (column.kind === 'utf8') this.#loadText(index, column, vector);
    else {
      const { values } = column;
      const width = valueWidth(column.type);
      const start = values.byteOffset + this.#first * width;
      this.#memory.u8.set(new Uint8Array(values.buffer as ArrayBuffer, start, this.#rows * width), vector.values);
    }
    if (validity) this.#memory.u8.set(validity, vector.validity);
    else this.#memory.u8.fill(1, vector.validity, vector.validity + this.#rows);
    if (selection !== 0) compactVector(this.#kernels, vector, selection, count);
    if (vector.hasNulls && selection !== 0)
      vector.hasNulls = this.#memory.u8.subarray(vector.validity, vector.validity + count).includes(0);
  }

  #loadText(index: number, column: Extract<Column, { kind: 'utf8' }>, vector: Vector): void {
    const offsets = column.offsets.subarray(this.#first, this.#first + this.#rows + 1);
    const start = offsets[0] as number;
    const bytes = column.bytes.subarray(start, offsets[this.#rows]);
    let area = this.#texts.get(index);
    if (!area || area.bytes < bytes.length) {
      const capacity = Math.max(bytes.length, 1 << 16) * 2;
      area = { address: this.#memory.allocate(capacity), bytes: capacity };
      this.#texts.set(index, area);
    }
    this.#memory.u8.set(bytes, area.address);
    this.#memory.i32.set(offsets, this.#offsets >> 2);
    this.#kernels.addressesFromOffsets(
      this.#offsets,
      area.address - start,
      this.#rows,
      vector.values,
      vector.values + 4 * VECTOR_SIZE,
    );
  }
}
