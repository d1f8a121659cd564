import type { BoundExpression } from '../../../query/expression.ts';
import type { BoundFragment } from '../../../query/fragment.ts';
import type { Schema } from '../../../query/types.ts';
import { SELECTION_BYTES } from '../../compile/to-wasm/batch-module.ts';
import { columnsOf, planFilterStages } from '../../operators/filter-stages.ts';
import type { BatchCompiler, RunBatch } from './batch-compiler.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import { allocateVector, compactVector, type Vector } from './vector.ts';

/** Brings columns of the current batch into vectors. */
export interface VectorLoader {
  /**
   * Fills `vector` with `count` values of a column: those of the rows in `selection` (address of ascending u32 row
   * numbers within the batch), or rows 0, 1, 2 … when it is 0. Columns are asked for group by group
   * (`FilterPipeline.columnGroups`), those of a group for the same rows, which are among those of the group before.
   */
  load(column: number, vector: Vector, selection: number, count: number): void;
}

interface Stage {
  readonly columns: readonly number[];
  readonly run: RunBatch;
  /** Loaded by now and needed later on. */
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
  readonly columnGroups: readonly (readonly number[])[];
  readonly vectors: ReadonlyMap<number, Vector>;
  #kernels: Kernels;
  #memory: EngineMemory;
  #stages: Stage[];
  #selection: number;
  #picks: number;

  constructor(
    memory: EngineMemory,
    kernels: Kernels,
    compiler: BatchCompiler,
    fragment: BoundFragment,
    schema: Schema,
  ) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#selection = memory.allocate(SELECTION_BYTES);
    this.#picks = memory.allocate(SELECTION_BYTES);
    const stages = planFilterStages(fragment.conjuncts);
    const outputs = outputExpressions(fragment).flatMap((expression) => [...columnsOf(expression)]);
    this.filterColumns = stages.flatMap(({ columns }) => columns);
    this.outputColumns = [...new Set(outputs)]
      .filter((column) => !this.filterColumns.includes(column))
      .sort((a, b) => a - b);
    this.columnGroups = [...stages.map(({ columns }) => columns), this.outputColumns];
    this.vectors = new Map(
      [...this.filterColumns, ...this.outputColumns].map((column) => {
        const field = schema[column];
        if (!field) throw new RangeError(`column ${column} is not in the schema`);
        return [column, allocateVector(memory, field.type)];
      }),
    );
    const vector = (column: number) => this.vectors.get(column) as Vector;
    this.#stages = stages.map(({ columns, conjuncts }, i) => {
      const inputs = new Map(
        [...new Set(conjuncts.flatMap((conjunct) => [...columnsOf(conjunct)]))].map((c) => [c, vector(c)]),
      );
      const loaded = stages.slice(0, i + 1).flatMap((stage) => stage.columns);
      const later = new Set([
        ...outputs,
        ...stages.slice(i + 1).flatMap((stage) => stage.conjuncts.flatMap((c) => [...columnsOf(c)])),
      ]);
      return {
        columns,
        run: compiler.prepare({ kind: 'filter', conjuncts, selection: this.#picks }, inputs),
        live: loaded.filter((column) => later.has(column)).map(vector),
      };
    });
  }

  /** Filters a batch of `rows` rows and loads what the output needs. Gives the number of rows that stand in the vectors. */
  process(rows: number, loader: VectorLoader): number {
    let count = rows;
    let selection = 0;
    for (const stage of this.#stages) {
      for (const column of stage.columns) loader.load(column, this.vectors.get(column) as Vector, selection, count);
      const passed = stage.run(count);
      if (passed === 0) return 0;
      if (passed === count) continue;
      if (selection === 0) {
        this.#memory.u8.copyWithin(this.#selection, this.#picks, this.#picks + 4 * passed);
        selection = this.#selection;
      } else this.#kernels.compact4(selection, this.#picks, passed);
      for (const vector of stage.live) compactVector(this.#kernels, vector, this.#picks, passed);
      count = passed;
    }
    for (const column of this.outputColumns) loader.load(column, this.vectors.get(column) as Vector, selection, count);
    return count;
  }
}

export function outputExpressions({ output }: BoundFragment): readonly BoundExpression[] {
  if (output.kind === 'rows') return output.columns.map(({ expression }) => expression);
  return [...output.keys.map(({ expression }) => expression), ...output.aggregates.flatMap(({ args }) => args)];
}
