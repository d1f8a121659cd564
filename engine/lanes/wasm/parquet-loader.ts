import type { CodeFilter } from './code-filter.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import type { NestedColumns } from './nested-columns.ts';
import type { ParquetColumn } from './parquet-column.ts';
import type { ColumnGroup, PrefilteredRows, VectorLoader } from './pipeline.ts';
import { LONGEST_BATCH, type Vector } from './vector.ts';

/** A group of columns, and its filter where that can go by codes. */
export interface FilteredGroup {
  readonly group: ColumnGroup;
  readonly filter: CodeFilter | undefined;
}

/** Loads batches from the columns of a row group; filters by dictionary codes where it can. */
export class ParquetLoader implements VectorLoader {
  readonly #kernels: Kernels;
  readonly #columns: ReadonlyMap<number, ParquetColumn>;
  readonly #all: readonly ParquetColumn[];
  readonly #nested: NestedColumns;
  readonly #groups: readonly FilteredGroup[];
  /** A bit a row, in words of 16. */
  readonly #masks: number;
  /** Numbers (u32) of the rows that pass. */
  readonly #picks: number;
  /** Of the row group: those with few codes first, which are quicker. */
  #filters: readonly CodeFilter[] = [];
  /** Of the batch: groups that are filtered, and filters that not all rows pass. */
  readonly #applied = new Set<ColumnGroup>();
  readonly #undecided = new Set<CodeFilter>();

  /** Flat columns by their indexes in the schema; groups in the pipeline's order. */
  constructor(
    memory: EngineMemory,
    kernels: Kernels,
    columns: ReadonlyMap<number, ParquetColumn>,
    nested: NestedColumns,
    groups: readonly FilteredGroup[],
  ) {
    this.#kernels = kernels;
    this.#columns = columns;
    this.#all = [...columns.values()];
    this.#nested = nested;
    this.#groups = groups;
    this.#masks = memory.allocate(LONGEST_BATCH >> 3);
    this.#picks = memory.allocate(4 * LONGEST_BATCH);
  }

  /** Turns to the row group to which the columns have turned. */
  openGroup(): void {
    const filters = this.#groups.flatMap(({ filter }) => filter ?? []);
    for (const filter of filters) filter.openChunk();
    this.#filters = filters.sort((a, b) => a.codeCount - b.codeCount);
  }

  /** Turns to the rows [first, first + rows) of the row group, before which the scan has taken `taken` rows. */
  begin(first: number, rows: number, taken: number): void {
    for (const column of this.#all) column.begin(first, rows);
    this.#nested.begin(taken, rows);
  }

  /**
   * Applies filters that need no vectors to the batch's `rows` rows, before any column is loaded. As long as all rows go on, no
   * column has been read.
   */
  prefilter(rows: number): PrefilteredRows {
    const [applied, undecided] = [this.#applied, this.#undecided];
    applied.clear();
    undecided.clear();
    for (const { group, filter } of this.#groups) {
      const verdict = filter?.verdict;
      if (filter && verdict !== undefined) {
        applied.add(group);
        if (verdict === 'none') return { selection: 0, count: 0, applied };
        if (verdict === 'some') undecided.add(filter);
      } else if (group.mayFail) break; // Which rows it meets decides whether it fails: no more and no less than the text says.
    }
    return undecided.size === 0
      ? { selection: 0, count: rows, applied }
      : { selection: this.#picks, count: this.#pick(rows), applied };
  }

  load(column: number, vector: Vector, selection: number, count: number): void {
    const flat = this.#columns.get(column);
    if (flat) flat.load(vector, selection, count);
    else this.#nested.load(column, vector, selection, count);
  }

  /** Lists the rows that pass the filters that are undecided, of which there are some; gives how many. */
  #pick(rows: number): number {
    const picks = this.#picks;
    let count = rows;
    let isMasked = false;
    let isListed = false;
    for (const filter of this.#filters) {
      if (!this.#undecided.has(filter)) continue;
      if (filter.hasMasks) {
        filter.mask(rows, this.#masks, !isMasked);
        isMasked = true;
        continue;
      }
      if (isMasked && !isListed) count = this.#kernels.listMasks(this.#masks, rows, picks);
      if (count === 0) return 0;
      count = isMasked || isListed ? filter.narrow(picks, count) : filter.pick(rows, picks);
      isListed = true;
    }
    return isListed ? count : this.#kernels.listMasks(this.#masks, rows, picks);
  }
}
