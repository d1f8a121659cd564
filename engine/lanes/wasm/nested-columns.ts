import type { Column } from '../../column.ts';
import { readColumns, type WantedColumns } from '../../formats/parquet/decode/read-columns.ts';
import type { ParquetFooter } from '../../formats/parquet/footer.ts';
import type { ByteSource } from '../../task.ts';
import { ColumnLoader } from './column-loader.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import type { Vector } from './vector.ts';

/** Rows of a row group: all of them, or some ranges. */
export type WantedRows = Omit<WantedColumns, 'columns'>;

/** What a vector is to be loaded with. */
interface Waiting {
  readonly column: number;
  readonly vector: Vector;
  readonly selection: number;
  readonly count: number;
}

/**
 * Columns of row groups that are not flat, decoded in JavaScript: those that only the output needs not before a row passes
 * the filter. As reading has to be waited for, which loading cannot, their vectors wait until `fill`.
 */
export class NestedColumns {
  readonly #loader: ColumnLoader;
  readonly #early: readonly number[];
  readonly #late: readonly number[];
  // ---- Of the row group:
  readonly #columns = new Map<number, Column>();
  #readMore!: (columns: readonly number[]) => Promise<{ columns: Column[]; bytesRead: number }>;
  bytesRead = 0;
  // ---- Of the batch:
  #waiting: Waiting[] = [];

  /** Indexes into the schema: columns of the filter, and those that only the output needs. */
  constructor(memory: EngineMemory, kernels: Kernels, filter: readonly number[], output: readonly number[]) {
    this.#loader = new ColumnLoader(memory, kernels, this.#columns);
    this.#early = filter;
    this.#late = output;
  }

  /** Turns to a row group and reads the columns of the filter. Throws as `readColumns` does, here and in `fill`. */
  async openGroup(source: ByteSource, footer: ParquetFooter, rows: WantedRows): Promise<void> {
    this.close();
    this.#readMore = (columns) => readColumns(source, footer, { ...rows, columns });
    await this.#read(this.#early);
  }

  /** Forgets the row group. */
  close(): void {
    this.#columns.clear();
    this.#waiting = [];
    this.bytesRead = 0;
  }

  get isEmpty(): boolean {
    return this.#early.length + this.#late.length === 0;
  }

  /** Turns to the wanted rows [first, first + rows), VECTOR_SIZE at most, counted without those between the ranges. */
  begin(first: number, rows: number): void {
    this.#loader.begin(first, rows);
  }

  /** As `VectorLoader.load`, but a column of the output may wait. */
  load(column: number, vector: Vector, selection: number, count: number): void {
    if (this.#columns.has(column)) this.#loader.load(column, vector, selection, count);
    else this.#waiting.push({ column, vector, selection, count });
  }

  /** Whether vectors of the batch wait to be filled. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Reads the columns of the output and fills the vectors that wait. */
  async fill(): Promise<void> {
    await this.#read(this.#late);
    for (const { column, vector, selection, count } of this.#waiting)
      this.#loader.load(column, vector, selection, count);
    this.#waiting = [];
  }

  async #read(wanted: readonly number[]): Promise<void> {
    if (wanted.length === 0) return;
    const { columns, bytesRead } = await this.#readMore(wanted);
    this.bytesRead += bytesRead;
    wanted.forEach((index, i) => {
      this.#columns.set(index, columns[i] as Column);
    });
  }
}
