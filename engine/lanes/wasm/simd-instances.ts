import { LRUCache } from 'lru-cache';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';

/** A compiled loop over `count` rows, with its parameters in the block at an address. */
export type RunLoop = (count: number, block: number) => number;

/** Instances of SIMD loops, kept by shape: their addresses and constants stand in parameter blocks. */
export class SimdInstances {
  #memory: EngineMemory;
  #instances = new LRUCache<string, RunLoop>({ max: 256 });

  constructor(memory: EngineMemory) {
    this.#memory = memory;
  }

  /** The loop of a shape; `compile` gives the module's bytes where it is new, which may import `functions` beside the memory. */
  get(shape: string, compile: () => Uint8Array<ArrayBuffer>, functions: Partial<Kernels> = {}): RunLoop {
    const known = this.#instances.get(shape);
    if (known) return known;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(compile()), {
      env: { memory: this.#memory.memory, ...functions },
    });
    const run = exports.run as RunLoop;
    this.#instances.set(shape, run);
    return run;
  }
}
