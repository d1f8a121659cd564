import { LRUCache } from 'lru-cache';
import { SluiceError } from '../../../query/error.ts';
import { type BatchFunction, compileBatch, expressionsOf, moduleKey } from '../../compile/to-wasm/batch-module.ts';
import { ConstantTable } from '../../compile/to-wasm/constants.ts';
import { FAILURES, type VectorPlace } from '../../compile/to-wasm/expression-emitter.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import type { Vector } from './vector.ts';

/** Runs a compiled batch function over `count` rows; gives what it returns. Throws `bad-value` on overflow. */
export type RunBatch = (count: number) => number;

type Exports = { run: (count: number) => number };

/** Compiles batch functions and keeps their instances by shape; only constants are written anew for a query. */
export class BatchCompiler {
  #memory: EngineMemory;
  #kernels: Kernels;
  #failuresAt: number;
  #instances = new LRUCache<string, Exports>({ max: 256 });

  constructor(memory: EngineMemory, kernels: Kernels) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#failuresAt = memory.allocateCleared(8);
  }

  /**
   * `inputs` are the vectors of the columns that the expressions name. Two instances are made at most: one that
   * trusts that no input holds a NULL, one that does not.
   */
  prepare(work: BatchFunction, inputs: ReadonlyMap<number, Vector>): RunBatch {
    const constants = new ConstantTable(this.#memory.mark());
    for (const expression of expressionsOf(work)) constants.collect(expression);
    this.#memory.allocate(constants.byteLength);
    constants.write(this.#memory.memory.buffer);
    const vectors = [...inputs.values()];
    for (const vector of vectors) vector.fixed = true; // its address becomes part of the code
    const variants: (Exports | undefined)[] = [undefined, undefined];
    return (count) => {
      const nullable = vectors.some((vector) => vector.hasNulls);
      variants[Number(nullable)] ??= this.#instance(work, inputs, constants, nullable);
      const result = (variants[Number(nullable)] as Exports).run(count);
      const failures = this.#memory.u32[this.#failuresAt >> 2] as number;
      if (failures !== 0) throw overflow(failures);
      return result;
    };
  }

  #instance(
    work: BatchFunction,
    places: ReadonlyMap<number, VectorPlace>,
    constants: ConstantTable,
    nullable: boolean,
  ): Exports {
    const key = `${constants.address};${moduleKey(work, places, constants, nullable)}`;
    const known = this.#instances.get(key);
    if (known) return known;
    const bytes = compileBatch(work, places, constants, this.#failuresAt, nullable);
    const imports = {
      env: { memory: this.#memory.memory },
      kernels: this.#kernels as unknown as WebAssembly.ModuleImports,
    };
    const exports = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports as unknown as Exports;
    this.#instances.set(key, exports);
    return exports;
  }
}

const FAILURE_NAMES: Record<keyof typeof FAILURES, string> = {
  add: 'an addition',
  subtract: 'a subtraction',
  multiply: 'a multiplication',
  negate: 'a negation',
  cast: 'a cast',
  integer_divide: 'an integer division',
};

function overflow(failures: number): SluiceError {
  const kinds = Object.entries(FAILURES).flatMap(([kind, bit]) =>
    failures & bit ? [FAILURE_NAMES[kind as keyof typeof FAILURES]] : [],
  );
  return new SluiceError('bad-value', `overflow: the result of ${kinds.join(' or of ')} is out of its type's range`);
}
