import { VECTOR_SIZE } from '../../task.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import type { PageAreas } from './page-areas.ts';
import type { ParquetColumn } from './parquet-column.ts';
import type { ParquetDictionary } from './parquet-dictionary.ts';
import type { ColumnGroup, FilterPipeline } from './pipeline.ts';
import { type Vector, valueWidth } from './vector.ts';

/** Bytes that kernels read of a table at least. */
const SMALLEST_TABLE = 64;

/** A filter of one column, applied once to each value of the chunk's dictionary; then to rows by their codes. */
export class CodeFilter {
  readonly #memory: EngineMemory;
  readonly #kernels: Kernels;
  readonly #areas: PageAreas;
  readonly #pipeline: FilterPipeline;
  readonly #group: ColumnGroup;
  readonly #column: ParquetColumn;
  readonly #vector: Vector;
  #dictionary: ParquetDictionary | undefined;
  /** A byte 0 or 1 a code; 0: there is none, because of the dictionary or of a value at which the filter fails. */
  #table = 0;
  /** Values that pass. */
  #passing = 0;
  /** Whether NULL passes; undefined as long as nobody has asked. The same for all chunks. */
  #nullPasses: boolean | undefined;

  /** `areas` hold tables until the chunk is done with. `group` has an only column. */
  constructor(
    memory: EngineMemory,
    kernels: Kernels,
    areas: PageAreas,
    pipeline: FilterPipeline,
    group: ColumnGroup,
    column: ParquetColumn,
  ) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#areas = areas;
    this.#pipeline = pipeline;
    this.#group = group;
    this.#column = column;
    this.#vector = pipeline.vectors.get(group.only as number) as Vector;
  }

  /** Turns to the column's next chunk. */
  openChunk(): void {
    this.#table = 0;
    this.#dictionary = this.#column.dictionary;
    if (!this.#dictionary) return;
    const { size } = this.#dictionary;
    const table = this.#areas.allocate(Math.max(size + 1, SMALLEST_TABLE));
    this.#memory.u8.fill(0, table, table + Math.max(size + 1, SMALLEST_TABLE));
    try {
      this.#passing = this.#testValues(this.#dictionary, table);
    } catch {
      // Rows may not have the value at which the filter fails, or be dropped before.
      return;
    }
    this.#table = table;
  }

  /**
   * Filters rows of the batch as `VectorLoader.open` does; gives how many stay, or undefined where codes do not tell.
   */
  pick(selection: number, count: number, picks: number): number | undefined {
    if (this.#table === 0) return undefined;
    const dictionary = this.#column.codedBy;
    if (!dictionary) return undefined;
    const { size, codeWidth } = dictionary;
    const isNullable = this.#column.mayHaveNulls;
    if (isNullable && this.#nullPasses === undefined && !this.#testNull()) return undefined;
    if (this.#passing === 0 && !(isNullable && this.#nullPasses)) return 0;
    if (this.#passing === size && !(isNullable && !this.#nullPasses)) return count;
    this.#memory.u8[this.#table + size] = Number(this.#nullPasses ?? false);
    const { codes } = this.#column;
    return selection === 0
      ? this.#kernels[`pickCodes${codeWidth}`](codes, count, this.#table, size + 1, picks)
      : this.#kernels[`pickCodesAmong${codeWidth}`](codes, selection, count, this.#table, picks);
  }

  /** Fills the table; gives how many values pass. */
  #testValues({ values, size }: ParquetDictionary, table: number): number {
    const vector = this.#vector;
    const { values: target } = vector.own;
    const width = valueWidth(vector.type);
    let passing = 0;
    vector.hasNulls = false;
    for (let first = 0; first < size; first += VECTOR_SIZE) {
      const count = Math.min(size - first, VECTOR_SIZE);
      const { u8, u32 } = this.#memory;
      const copy = (address: number, to: number) =>
        u8.copyWithin(to, address + width * first, address + width * (first + count));
      if (values.kind === 'text') {
        copy(values.addresses, target);
        copy(values.lengths, target + 4 * VECTOR_SIZE);
      } else copy(values.address, target);
      const picked = this.#pipeline.test(this.#group, count);
      const picks = this.#pipeline.picks >> 2;
      for (const pick of u32.subarray(picks, picks + picked)) u8[table + first + pick] = 1;
      passing += picked;
    }
    return passing;
  }

  /** Learns whether NULL passes; false where the filter fails at it. */
  #testNull(): boolean {
    const { own } = this.#vector;
    this.#memory.u8.fill(0, own.values, own.values + 16);
    this.#memory.u8[own.validity] = 0;
    this.#vector.hasNulls = true;
    try {
      this.#nullPasses = this.#pipeline.test(this.#group, 1) === 1;
      return true;
    } catch {
      this.#table = 0;
      return false;
    } finally {
      this.#memory.u8[own.validity] = 1;
      this.#vector.hasNulls = false;
    }
  }
}
