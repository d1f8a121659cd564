import { readFile } from 'node:fs/promises';
import { SluiceError } from '../../query/error.ts';
import { type Calls, timeCalls, warmUp } from '../statistics/time-calls.ts';
import type { HeldArrays, KernelMemory } from './kernel-memory.ts';
import type { ArrayKernel, Arrays } from './kernels/array-kernel.ts';
import type { ArrayLane } from './lane.ts';
import { resultText } from './result-text.ts';

type Operation = () => void;
type MakeOperation = (kernel: ArrayKernel, arrays: HeldArrays) => Operation;

/** The variants that scripts/build-kernels.mjs makes of bench/kernels/arrays/. */
export type WasmVariant = 'scalar' | 'simd' | 'memory64' | 'shared';

/** JavaScript over typed arrays in a memory, the same bytes that the WASM lanes of this memory work on. */
export function jsLane(memory: KernelMemory): ArrayLane {
  return new LocalLane(
    memory,
    (kernel, { first, second, out }) =>
      () =>
        kernel.js(first, second, out),
  );
}

/** @throws SluiceError `not-found` when the kernels have not been built. */
export async function wasmLane(variant: WasmVariant, memory: KernelMemory): Promise<ArrayLane> {
  const bytes = await readFile(new URL(`../kernels/arrays/${variant}.wasm`, import.meta.url)).catch(() => {
    throw new SluiceError('not-found', `bench/kernels/arrays/${variant}.wasm is missing: run npm run build:kernels`);
  });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory: memory.memory } });
  return new LocalLane(memory, (kernel, arrays) => {
    const run = instance.exports[kernel.name.replaceAll('-', '_')] as (...args: unknown[]) => void;
    const { n, second } = arrays;
    const [a, b, out] = [arrays.addresses.first, arrays.addresses.second, arrays.addresses.out];
    if (memory.kind !== 'memory64') return () => run(a, n, b, second.length, out);
    const [a64, b64, out64] = [BigInt(a), BigInt(b), BigInt(out)];
    return () => run(a64, n, b64, second.length, out64);
  });
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
    const operation = this.#makeOperation(kernel, arrays);
    const calls = (times: number) => {
      for (let i = 0; i < times; i++) operation();
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
