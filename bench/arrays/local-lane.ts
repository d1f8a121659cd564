import { SluiceError } from '../../query/error.ts';
import { type Calls, timeCalls, warmUp } from '../statistics/time-calls.ts';
import type { HeldArrays, KernelMemory } from './kernel-memory.ts';
import type { ArrayKernel, Arrays } from './kernels/array-kernel.ts';
import type { ArrayLane } from './lane.ts';
import { jsOperation, type MakeOperation, wasmOperations } from './operation.ts';
import { resultText } from './result-text.ts';
import type { WasmVariant } from './variants.ts';

/** JavaScript over typed arrays in a memory, the same bytes that the WASM lanes of this memory work on. */
export function jsLane(memory: KernelMemory): ArrayLane {
  return new LocalLane(memory, jsOperation);
}

/** @throws SluiceError `not-found` when the kernels have not been built. */
export async function wasmLane(variant: WasmVariant, memory: KernelMemory): Promise<ArrayLane> {
  return new LocalLane(memory, await wasmOperations(variant, memory));
}

/** A lane of this very process and thread. */
class LocalLane implements ArrayLane {
  readonly #memory: KernelMemory;
  readonly #makeOperation: MakeOperation;
  /** Names of the kernels that have run for long enough. */
  readonly #warm = new Set<string>();
  #loaded: { kernel: ArrayKernel; arrays: HeldArrays; calls: Calls } | undefined;

  constructor(memory: KernelMemory, makeOperation: MakeOperation) {
    this.#memory = memory;
    this.#makeOperation = makeOperation;
  }

  async load(kernel: ArrayKernel, input: Arrays): Promise<void> {
    const arrays = this.#memory.hold(kernel, input.n);
    if (arrays.first.buffer !== input.first.buffer) {
      arrays.first.set(input.first);
      arrays.second.set(input.second);
    }
    const { run } = this.#makeOperation(kernel, arrays);
    const calls = (times: number) => {
      for (let i = 0; i < times; i++) run();
    };
    this.#loaded = { kernel, arrays, calls };
  }

  async time(ms: number): Promise<number> {
    const { kernel, arrays, calls } = this.#current();
    // Another lane's result must not pass for this one's.
    arrays.out.fill(0);
    if (!this.#warm.has(kernel.name)) {
      await warmUp(calls);
      this.#warm.add(kernel.name);
    }
    return timeCalls(calls, ms);
  }

  async result(): Promise<string[]> {
    const { kernel, arrays } = this.#current();
    return resultText(kernel, arrays);
  }

  async close(): Promise<void> {
    this.#loaded = undefined;
  }

  #current() {
    if (!this.#loaded) throw new SluiceError('internal', 'an array lane runs before anything is loaded');
    return this.#loaded;
  }
}
