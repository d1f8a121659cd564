import type { Column } from '../../column.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import type { VectorLoader } from './pipeline.ts';
import { compactVector, type Vector, valueWidth } from './vector.ts';

/** A whole column in linear memory. */
export interface HeldColumn {
  /** Address of the values; of text, of its `length + 1` offsets (u32, relative to `text`). */
  readonly values: number;
  readonly text: number;
  /** Address of the validity bytes. */
  readonly validity: number;
  readonly nullable: boolean;
}

/** Copies a column into memory of its own. */
export function holdColumn(memory: EngineMemory, column: Column): HeldColumn {
  const array = column.kind === 'utf8' ? column.offsets : column.values;
  const values = copyIn(memory, array);
  const text = column.kind === 'utf8' ? copyIn(memory, column.bytes) : 0;
  const nullable = column.validity?.includes(0) ?? false;
  const validity = memory.allocate(column.length);
  if (nullable && column.validity) memory.u8.set(column.validity, validity);
  else memory.u8.fill(1, validity, validity + column.length);
  return { values, text, validity, nullable };
}

function copyIn(memory: EngineMemory, array: Exclude<Column, { kind: 'utf8' }>['values']): number {
  const address = memory.allocate(array.byteLength);
  memory.u8.set(new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength), address);
  return address;
}

/** Loads batches from held columns: where nothing forbids it a vector is pointed to the column, and nothing copied. */
export class HeldLoader implements VectorLoader {
  #memory: EngineMemory;
  #kernels: Kernels;
  #columns: readonly HeldColumn[];
  #first = 0;
  #rows = 0;

  constructor(memory: EngineMemory, kernels: Kernels, columns: readonly HeldColumn[]) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#columns = columns;
  }

  /** Turns to the rows [first, first + rows) of the object. */
  begin(first: number, rows: number): void {
    this.#first = first;
    this.#rows = rows;
  }

  load(index: number, vector: Vector, selection: number, count: number): void {
    const column = this.#columns[index];
    if (!column) throw new RangeError(`column ${index} is not held`);
    const text = vector.type.kind === 'utf8';
    const width = text ? 4 : valueWidth(vector.type);
    const values = column.values + width * this.#first;
    const validity = column.validity + this.#first;
    if (selection === 0 && !vector.fixed && !text) {
      vector.values = values;
      vector.validity = validity;
      vector.hasNulls = column.nullable && this.#memory.u8.subarray(validity, validity + count).includes(0);
      return;
    }
    const { own } = vector;
    vector.values = own.values;
    vector.validity = own.validity;
    if (text)
      this.#kernels.addressesFromOffsets(values, column.text, this.#rows, own.values, own.values + 4 * VECTOR_SIZE);
    else this.#memory.u8.copyWithin(own.values, values, values + width * this.#rows);
    this.#memory.u8.copyWithin(own.validity, validity, validity + this.#rows);
    vector.hasNulls = column.nullable;
    if (selection !== 0) compactVector(this.#kernels, vector, selection, count);
    if (column.nullable) vector.hasNulls = this.#memory.u8.subarray(own.validity, own.validity + count).includes(0);
  }
}
