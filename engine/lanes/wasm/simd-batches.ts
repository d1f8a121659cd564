import type { BatchFunction } from '../../compile/to-wasm/batch-module.ts';
import {
  blockWords,
  compileSimdBatch,
  pickTable,
  planSimdBatch,
  type SimdBatch,
} from '../../compile/to-wasm/simd-batch.ts';
import type { EngineMemory } from './memory.ts';
import type { RunLoop, SimdInstances } from './simd-instances.ts';
import type { Vector } from './vector.ts';

/** Takes `count` rows; gives the function's result, or -1 where scalar code must compute it. */
export type RunSimd = (count: number) => number;

/** After so many more doubtful batches than others, scalar code takes all. */
const MAX_DOUBTS = 8;

/** Compiles batch functions to SIMD code where there is such. */
export class SimdBatches {
  #memory: EngineMemory;
  #picks: number;
  #instances: SimdInstances;

  constructor(memory: EngineMemory, instances: SimdInstances) {
    this.#memory = memory;
    this.#instances = instances;
    const table = pickTable();
    this.#picks = memory.allocate(table.byteLength);
    memory.i32.set(table, this.#picks >> 2);
  }

  /** `inputs` are the vectors of the columns; neither they nor the outputs may move. Undefined: scalar code it must be. */
  prepare(work: BatchFunction, inputs: ReadonlyMap<number, Vector>): RunSimd | undefined {
    const batch = planSimdBatch(work);
    if (!batch) return undefined;
    const vectors = batch.columns.map(({ index }) => inputs.get(index) as Vector);
    const block = this.#fillBlock(batch, vectors);
    const runs: (RunLoop | undefined)[] = [undefined, undefined];
    let doubts = 0;
    return (count) => {
      if (doubts >= MAX_DOUBTS) return -1;
      const nullable = Number(vectors.some((vector) => vector.hasNulls));
      const run = runs[nullable] ?? this.#instance(batch, nullable === 1);
      runs[nullable] = run;
      const result = run(count, block);
      doubts = Math.max(0, doubts + (result < 0 ? 1 : -1));
      return result;
    };
  }

  #fillBlock(batch: SimdBatch, vectors: readonly Vector[]): number {
    const { work, literals } = batch;
    const block = this.#memory.allocate(4 * blockWords(batch));
    this.#memory.i64.set(literals.words, block >> 3);
    const pairs = vectors.map(({ values, validity }) => [values, validity]);
    if (work.kind === 'filter') pairs.push([work.selection, this.#picks]);
    else for (const { place } of work.outputs) pairs.push([place.values, place.validity]);
    this.#memory.u32.set(pairs.flat(), (block >> 2) + 2 * literals.literals.length);
    return block;
  }

  #instance(batch: SimdBatch, nullable: boolean): RunLoop {
    return this.#instances.get(`${batch.shape} ${nullable}`, () => compileSimdBatch(batch, nullable));
  }
}
