import type { BoundFragment } from '../../../query/fragment.ts';
import { mayFail } from '../../../query/may-fail.ts';
import type { Schema } from '../../../query/types.ts';
import { SELECTION_BYTES } from '../../compile/to-wasm/batch-module.ts';
import { columnsOf, planFilterStages } from '../../operators/filter-stages.ts';
import { outputExpressions } from '../../operators/output-expressions.ts';
import { boundsOf, type FilterBounds } from '../../operators/value-bounds.ts';
import type { BatchCompiler, RunBatch } from './batch-compiler.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import { allocateVector, compactVector, type Vector } from './vector.ts';

/** Rows that go on, and whether the filter that comes next has been applied to them. */
export interface OpenedRows {
  readonly count: number;
  readonly isFiltered: boolean;
}

/** Columns that are loaded together, for a stage of the filter or for the output. */
export interface ColumnGroup {
  readonly columns: readonly number[];
  /** What the filter that comes next says of them. */
  readonly bounds: FilterBounds;
  /** The column, where that filter asks for no other. */
  readonly only?: number | undefined;
  /** Whether that filter may throw for some value. */
  readonly mayFail: boolean;
  /** Whether nobody asks for the columns behind that filter. */
  readonly endsHere: boolean;
}

/** Rows of a batch that go on before any column is loaded, and the groups whose filters have been applied to them. */
export interface PrefilteredRows {
  /** Address of their numbers (u32, ascending), among which fewer and fewer are kept; 0: rows 0, 1, 2 … */
  readonly selection: number;
  readonly count: number;
  readonly applied: ReadonlySet<ColumnGroup>;
}

/** Brings columns of the current batch into vectors. */
export interface VectorLoader {
  /**
   * Asked before the columns of a group are loaded: the numbers (u32, ascending, of those `count` rows) of the rows that
   * go on are written to `picks`; they are as many as the result says, and no others are loaded. Those that are left out
   * lie outside of the group's bounds. Absent: all go on.
   */
  open?(group: ColumnGroup, selection: number, count: number, picks: number): OpenedRows;
  /**
   * Fills `vector` with `count` values of a column: those of the rows in `selection` (address of ascending u32 row
   * numbers within the batch), or rows 0, 1, 2 … when it is 0. Columns are asked for group by group
   * (`FilterPipeline.columnGroups`), those of a group for the same rows, which are among those of the group before.
   */
  load(column: number, vector: Vector, selection: number, count: number): void;
  /**
   * Asked when a group of columns is loaded: writes the numbers (u32, ascending, of those `count` rows) of the rows that
   * stay to `picks`, and gives how many. Absent: all of them stay.
   */
  keep?(picks: number, count: number): number;
}

interface Stage {
  readonly group: ColumnGroup;
  readonly run: RunBatch;
  /** The columns that it asks for. */
  readonly inputs: readonly number[];
  /** Before this stage, and with it. */
  readonly before: readonly Vector[];
  readonly loaded: readonly Vector[];
  /** Of those loaded by now, the ones needed later on. */
  readonly live: readonly Vector[];
}

/**
 * Takes batches through the filter: each stage loads the columns it adds, only for rows that still live, and drops the
 * rows that fail. What is left stands dense in `vectors`.
 */
export class FilterPipeline {
  readonly filterColumns: readonly number[];
  /** Columns that only the output needs. */
  readonly outputColumns: readonly number[];
  /** Columns that are loaded together: each filter stage's, then the output's. */
  readonly columnGroups: readonly ColumnGroup[];
  readonly vectors: ReadonlyMap<number, Vector>;
  /** Address of the numbers (u32) of the rows that a filter lets pass. */
  readonly picks: number;
  #kernels: Kernels;
  #memory: EngineMemory;
  #stages: Stage[];
  /** Of the columns of the filter. */
  #filtered: readonly Vector[];
  /** Columns that the output needs. */
  #outputs: readonly number[];
  /** Of the current batch, the columns that have been loaded; only kept where they are loaded one by one. */
  readonly #present = new Set<Vector>();
  /** Where the rows of the current batch that still live are listed, if not all do; how many; and whether they are (or 0). */
  #selectionArea: number;
  #selection = 0;
  #count = 0;

  constructor(
    memory: EngineMemory,
    kernels: Kernels,
    compiler: BatchCompiler,
    fragment: BoundFragment,
    schema: Schema,
  ) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#selectionArea = memory.allocate(SELECTION_BYTES);
    this.picks = memory.allocate(SELECTION_BYTES);
    const stages = planFilterStages(fragment.conjuncts);
    const outputs = outputExpressions(fragment.output).flatMap((expression) => [...columnsOf(expression)]);
    this.#outputs = [...new Set(outputs)];
    this.filterColumns = stages.flatMap(({ columns }) => columns);
    this.outputColumns = [...new Set(outputs)]
      .filter((column) => !this.filterColumns.includes(column))
      .sort((a, b) => a - b);
    /** Columns that are needed behind the i-th stage. */
    const neededBehind = (i: number) =>
      new Set([
        ...outputs,
        ...stages.slice(i + 1).flatMap((stage) => stage.conjuncts.flatMap((c) => [...columnsOf(c)])),
      ]);
    const groups = stages.map(({ columns, conjuncts }, i): ColumnGroup => {
      const later = neededBehind(i);
      const [only, ...others] = new Set(conjuncts.flatMap((conjunct) => [...columnsOf(conjunct)]));
      const isOnly = columns.length === 1 && columns[0] === only && others.length === 0;
      return {
        columns,
        bounds: boundsOf(conjuncts),
        only: isOnly ? only : undefined,
        mayFail: conjuncts.some(mayFail),
        endsHere: !columns.some((column) => later.has(column)),
      };
    });
    const last = { columns: this.outputColumns, bounds: boundsOf([]), mayFail: false, endsHere: false };
    this.columnGroups = [...groups, last];
    this.vectors = new Map(
      [...this.filterColumns, ...this.outputColumns].map((column) => {
        const field = schema[column];
        if (!field) throw new RangeError(`column ${column} is not in the schema`);
        return [column, allocateVector(memory, field.type)];
      }),
    );
    const vector = (column: number) => this.vectors.get(column) as Vector;
    this.#filtered = this.filterColumns.map(vector);
    this.#stages = stages.map(({ conjuncts }, i) => {
      const inputs = new Map(
        [...new Set(conjuncts.flatMap((conjunct) => [...columnsOf(conjunct)]))].map((c) => [c, vector(c)]),
      );
      const loaded = stages.slice(0, i + 1).flatMap((stage) => stage.columns);
      const later = neededBehind(i);
      return {
        group: groups[i] as ColumnGroup,
        run: compiler.prepare({ kind: 'filter', conjuncts, selection: this.picks }, inputs),
        inputs: [...inputs.keys()],
        before: stages.slice(0, i).flatMap((stage) => stage.columns.map(vector)),
        loaded: loaded.map(vector),
        live: loaded.filter((column) => later.has(column)).map(vector),
      };
    });
  }

  /**
   * Lists at `picks` which of the `count` values in the vector of a group's only column pass its filter; gives how many.
   * Only between batches, or before the group is loaded.
   */
  test(group: ColumnGroup, count: number): number {
    const stage = this.#stages.find((candidate) => candidate.group === group) as Stage;
    return stage.run(count);
  }

  /** Filters a batch of `rows` rows and loads what the output needs. Gives the number of rows that stand in the vectors. */
  process(rows: number, loader: VectorLoader): number {
    this.#count = rows;
    this.#selection = 0;
    this.#filterByGroups(loader);
    return this.#count;
  }

  /**
   * The same for rows of a batch of which some groups have been tested. Columns are loaded one by one, whenever they are needed
   * and for the rows that live then; the loader's `open` and `keep` are not asked.
   */
  processPrefiltered({ selection, count, applied }: PrefilteredRows, loader: VectorLoader): number {
    this.#count = count;
    this.#selection = selection;
    this.#filterOneByOne(loader, applied);
    return this.#count;
  }

  #filterByGroups(loader: VectorLoader): void {
    for (const { group, run, before, loaded, live } of this.#stages) {
      const isFiltered = this.#loadGroup(loader, group, before, loaded);
      if (this.#count > 0 && !isFiltered) this.#pick(run(this.#count), live);
      if (this.#count === 0) return;
    }
    this.#loadGroup(loader, this.columnGroups.at(-1) as ColumnGroup, this.#filtered, this.vectors.values());
  }

  /** Gives whether the group's filter has been applied. */
  #loadGroup(loader: VectorLoader, group: ColumnGroup, before: Iterable<Vector>, loaded: Iterable<Vector>): boolean {
    if (group.columns.length === 0) return false;
    const opened = loader.open?.(group, this.#selection, this.#count, this.picks);
    if (opened) this.#pick(opened.count, before);
    if (this.#count === 0) return true;
    for (const column of group.columns)
      loader.load(column, this.vectors.get(column) as Vector, this.#selection, this.#count);
    if (loader.keep) this.#pick(loader.keep(this.picks, this.#count), loaded);
    return opened?.isFiltered ?? false;
  }

  #filterOneByOne(loader: VectorLoader, applied: ReadonlySet<ColumnGroup>): void {
    const present = this.#present;
    present.clear();
    for (const { group, run, inputs, live } of this.#stages) {
      if (this.#count === 0) return;
      if (applied.has(group)) continue;
      this.#loadMissing(loader, inputs);
      const passed = run(this.#count);
      for (const vector of present) if (!live.includes(vector)) present.delete(vector);
      this.#pick(passed, present);
    }
    if (this.#count > 0) this.#loadMissing(loader, this.#outputs);
  }

  #loadMissing(loader: VectorLoader, columns: readonly number[]): void {
    for (const column of columns) {
      const vector = this.vectors.get(column) as Vector;
      if (this.#present.has(vector)) continue;
      loader.load(column, vector, this.#selection, this.#count);
      this.#present.add(vector);
    }
  }

  /** Only the first `picked` of `picks` go on, with what `vectors` hold. */
  #pick(picked: number, vectors: Iterable<Vector>): void {
    if (picked === this.#count) return;
    this.#count = picked;
    if (picked === 0) return;
    if (this.#selection === 0) {
      this.#selection = this.#selectionArea;
      this.#memory.u8.copyWithin(this.#selection, this.picks, this.picks + 4 * picked);
    } else this.#kernels.compact4(this.#selection, this.picks, picked);
    for (const vector of vectors) compactVector(this.#kernels, vector, this.picks, picked);
  }
}
