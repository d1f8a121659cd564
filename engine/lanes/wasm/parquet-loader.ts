import { VECTOR_SIZE } from '../../task.ts';
import type { CodeFilter } from './code-filter.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import type { ParquetColumn } from './parquet-column.ts';
import type { ColumnGroup, PrefilteredRows, VectorLoader } from './pipeline.ts';
import type { Vector } from './vector.ts';

/** A group of columns, and its filter where that can go by codes. */
export interface FilteredGroup {
  readonly group: ColumnGroup;
  readonly filter: CodeFilter | undefined;
}

/** Loads batches from the columns of a row group; filters by dictionary codes where it can. */
export class ParquetLoader implements VectorLoader {
  readonly #kernels: Kernels;
  readonly #columns: ReadonlyMap<number, ParquetColumn>;
  readonly #groups: readonly FilteredGroup[];
  /** A bit a row, in words of 16. */
  readonly #masks: number;
  /** Of the batch. */
  readonly #applied = new Set<ColumnGroup>();

  /** Columns by their indexes in the schema; groups in the pipeline's order. */
  constructor(
    memory: EngineMemory,
    kernels: Kernels,
    columns: ReadonlyMap<number, ParquetColumn>,
    groups: readonly FilteredGroup[],
  ) {
    this.#kernels = kernels;
    this.#columns = columns;
    this.#groups = groups;
    this.#masks = memory.allocate(VECTOR_SIZE >> 3);
  }

  /** Turns to the rows [first, first + rows) of the row group. */
  begin(first: number, rows: number): void {
    for (const column of this.#columns.values()) column.begin(first, rows);
  }

  prefilter(rows: number, picks: number): PrefilteredRows {
    const applied = this.#applied;
    const filters: CodeFilter[] = [];
    applied.clear();
    for (const { group, filter } of this.#groups) {
      const verdict = filter?.verdict;
      if (filter && verdict !== undefined) {
        applied.add(group);
        if (verdict === 'none') return { count: 0, applied };
        if (verdict === 'some') filters.push(filter);
      } else if (group.mayFail) break; // Which rows it meets decides whether it fails: no more and no less than the text says.
    }
    return { count: this.#pick(filters, rows, picks), applied };
  }

  load(column: number, vector: Vector, selection: number, count: number): void {
    const reader = this.#columns.get(column);
    if (!reader) throw new RangeError(`column ${column} was not read`);
    reader.load(vector, selection, count);
  }

  #pick(filters: CodeFilter[], rows: number, picks: number): number {
    if (filters.length > 1) filters.sort((a, b) => a.codeCount - b.codeCount);
    let done = 0;
    for (; filters[done]?.hasMasks; done++) filters[done]?.mask(rows, this.#masks, done === 0);
    let count = rows;
    if (done > 0) count = this.#kernels.listMasks(this.#masks, rows, picks);
    else if (filters[0]) count = filters[done++]!.pick(rows, picks);
    for (; done < filters.length && count > 0; done++) count = filters[done]!.narrow(picks, count);
    return count;
  }
}
