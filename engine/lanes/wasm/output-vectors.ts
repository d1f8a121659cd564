import type { BoundExpression } from '../../../query/expression.ts';
import { columnsOf } from '../../operators/filter-stages.ts';
import type { BatchCompiler, RunBatch } from './batch-compiler.ts';
import type { EngineMemory } from './memory.ts';
import { allocateVector, type Vector } from './vector.ts';

/** One vector an expression: a plain column's own, or one that a compiled loop fills. */
export class OutputVectors {
  readonly vectors: readonly Vector[];
  #computed: Vector[] = [];
  /** Compiles the loop when it is first needed: the columns' vectors must stay in their own areas from then on. */
  #prepare: () => RunBatch;
  #run: RunBatch | undefined;
  #memory: EngineMemory;

  constructor(
    memory: EngineMemory,
    compiler: BatchCompiler,
    expressions: readonly BoundExpression[],
    columns: ReadonlyMap<number, Vector>,
  ) {
    this.#memory = memory;
    const outputs: { expression: BoundExpression; place: Vector }[] = [];
    const inputs = new Map<number, Vector>();
    this.vectors = expressions.map((expression) => {
      if (expression.kind === 'column') return columns.get(expression.index) as Vector;
      const place = allocateVector(memory, expression.type);
      outputs.push({ expression, place });
      this.#computed.push(place);
      for (const column of columnsOf(expression)) inputs.set(column, columns.get(column) as Vector);
      return place;
    });
    this.#prepare = () => compiler.prepare({ kind: 'project', outputs }, inputs);
  }

  /** Computes the expressions for the `count` rows that stand in the columns' vectors. */
  compute(count: number): void {
    if (this.#computed.length === 0) return;
    this.#run ??= this.#prepare();
    this.#run(count);
    for (const vector of this.#computed)
      vector.hasNulls = this.#memory.u8.subarray(vector.validity, vector.validity + count).includes(0);
  }

  /** Instead of `compute`, where only it matters that none of the expressions is NULL in any row. */
  assumeKnown(): void {
    for (const vector of this.#computed) vector.hasNulls = false;
  }
}
