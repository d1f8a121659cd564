import { VECTOR_SIZE } from '../../task.ts';
import type { CodeWidth } from './code-reader.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import type { PageAreas } from './page-areas.ts';
import type { ParquetColumn } from './parquet-column.ts';
import type { ParquetDictionary } from './parquet-dictionary.ts';
import type { ColumnGroup, FilterPipeline } from './pipeline.ts';
import { type Vector, valueWidth } from './vector.ts';

/** Codes of which tables fit into a few registers. */
const MASKED_CODES = 64;

/** What a filter says of all rows: the same, or that it depends. */
export type Verdict = 'none' | 'all' | 'some';

/** A filter of one column, applied once to each value of the chunk's dictionary; then to rows by their codes. */
export class CodeFilter {
  readonly #memory: EngineMemory;
  readonly #kernels: Kernels;
  readonly #areas: PageAreas;
  readonly #pipeline: FilterPipeline;
  readonly #group: ColumnGroup;
  readonly #column: ParquetColumn;
  readonly #vector: Vector;
  #size = 0;
  #codeWidth: CodeWidth = 1;
  /** A byte 0 or 1 a code; 0: there is none, because of the dictionary or of a value at which the filter fails. */
  #table = 0;
  /** Values that pass. */
  #passing = 0;
  #verdict: Verdict | undefined;
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
    this.#verdict = undefined;
    const { dictionary } = this.#column;
    if (!dictionary) return;
    const { size, codeWidth } = dictionary;
    this.#size = size;
    this.#codeWidth = codeWidth;
    const table = this.#areas.allocate(Math.max(size + 1, MASKED_CODES));
    this.#memory.u8.fill(0, table, table + Math.max(size + 1, MASKED_CODES));
    try {
      this.#passing = this.#testValues(dictionary, table);
    } catch {
      // Rows may not have the value at which the filter fails, or be dropped before.
      return;
    }
    this.#table = table;
  }

  /** What the filter says of the batch's rows: of all the same, or it depends; undefined where codes do not tell. */
  get verdict(): Verdict | undefined {
    if (this.#table === 0 || !this.#column.codedBy) return undefined;
    this.#verdict ??= this.#judge();
    return this.#verdict;
  }

  /** Codes that can occur: filters of few are quick. */
  get codeCount(): number {
    return this.#size + 1;
  }

  /** Whether `mask` can be used. */
  get hasMasks(): boolean {
    return this.codeCount <= MASKED_CODES;
  }

  /** Clears the bits of rows that do not pass in masks of 16 rows; `isFirst`: sets those of the others. */
  mask(rows: number, masks: number, isFirst: boolean): void {
    this.#kernels.maskCodes1(this.#column.codes, rows, this.#table, this.codeCount, masks, Number(isFirst));
  }

  /** Lists the numbers of the rows that pass; gives how many. */
  pick(rows: number, picks: number): number {
    return this.#kernels[`pickCodes${this.#codeWidth}`](this.#column.codes, rows, this.#table, picks);
  }

  /** Of the `count` rows listed at `picks` only those stay that pass; gives how many. */
  narrow(picks: number, count: number): number {
    if (this.#group.endsHere) {
      const narrowed = this.#column.narrowUnread(picks, count, this.#table);
      if (narrowed !== undefined) return narrowed;
    }
    return this.#kernels[`narrowCodes${this.#codeWidth}`](this.#column.codes, picks, count, this.#table);
  }

  #judge(): Verdict | undefined {
    const isNullable = this.#column.mayHaveNulls;
    if (isNullable && this.#nullPasses === undefined && !this.#testNull()) return undefined;
    if (this.#passing === 0 && !(isNullable && this.#nullPasses)) return 'none';
    if (this.#passing === this.#size && !(isNullable && !this.#nullPasses)) return 'all';
    this.#memory.u8[this.#table + this.#size] = Number(this.#nullPasses ?? false);
    return 'some';
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
