import type { CodeFilter } from './code-filter.ts';
import type { ParquetColumn } from './parquet-column.ts';
import type { ColumnGroup, OpenedRows, VectorLoader } from './pipeline.ts';
import type { Vector } from './vector.ts';

/** Loads batches from the columns of a row group; filters by dictionary codes where it can. */
export class ParquetLoader implements VectorLoader {
  readonly #columns: ReadonlyMap<number, ParquetColumn>;
  readonly #filters: ReadonlyMap<ColumnGroup, CodeFilter>;

  /** Columns by their indexes in the schema. */
  constructor(columns: ReadonlyMap<number, ParquetColumn>, filters: ReadonlyMap<ColumnGroup, CodeFilter>) {
    this.#columns = columns;
    this.#filters = filters;
  }

  /** Turns to the rows [first, first + rows) of the row group. */
  begin(first: number, rows: number): void {
    for (const column of this.#columns.values()) column.begin(first, rows);
  }

  open(group: ColumnGroup, selection: number, count: number, picks: number): OpenedRows {
    const picked = this.#filters.get(group)?.pick(selection, count, picks);
    return picked === undefined ? { count, isFiltered: false } : { count: picked, isFiltered: true };
  }

  load(column: number, vector: Vector, selection: number, count: number): void {
    const reader = this.#columns.get(column);
    if (!reader) throw new RangeError(`column ${column} was not read`);
    reader.load(vector, selection, count);
  }
}
