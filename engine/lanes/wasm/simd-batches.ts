import { LRUCache } from 'lru-cache';
import type { BatchFunction } from '../../compile/to-wasm/batch-module.ts';
import {
  blockWords,
  compileSimdBatch,
  pickTable,
  planSimdBatch,
  type SimdBatch,
} from '../../compile/to-wasm/simd-batch.ts';
import type { EngineMemory } from './memory.ts';
import type { Vector } from './vector.ts';

/** Takes `count` rows; gives the function's result, or -1 where scalar code must compute it. */
export type RunSimd = (count: number) => number;

type Run = (count: number, block: number) => number;

/** After so many more doubtful batches than others, scalar code takes all. */
const MAX_DOUBTS = 8;

/** Compiles batch functions to SIMD code where there is such, and keeps instances by shape. */
export class SimdBatches {
  #memory: EngineMemory;
  #picks: number;
  #instances = new LRUCache<string, Run>({ max: 256 });

  constructor(memory: EngineMemory) {
    this.#memory = memory;
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
    const runs: (Run | undefined)[] = [undefined, undefined];
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

  #instance(batch: SimdBatch, nullable: boolean): Run {
    const key = `${batch.shape} ${nullable}`;
    const known = this.#instances.get(key);
    if (known) return known;
    const module = new WebAssembly.Module(compileSimdBatch(batch, nullable));
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory.memory } });
    this.#instances.set(key, exports.run as Run);
    return exports.run as Run;
  }
}
