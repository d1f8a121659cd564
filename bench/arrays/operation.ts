import type { HeldArrays, KernelMemory } from './kernel-memory.ts';
import type { ArrayKernel } from './kernels/array-kernel.ts';
import { compileVariant, type WasmVariant } from './variants.ts';

/** A kernel over arrays of this process, ready to be called. */
export interface Operation {
  run(): void;
  /** The function that V8 compiles: JavaScript's, or the one that a module exports. */
  readonly code: (...args: never[]) => void;
}

export type MakeOperation = (kernel: ArrayKernel, arrays: HeldArrays) => Operation;

export function jsOperation(kernel: ArrayKernel, { first, second, out }: HeldArrays): Operation {
  return { run: () => kernel.js(first, second, out), code: kernel.js };
}

/**
 * Compiles and instantiates a variant over the memory.
 * @throws SluiceError `not-found` when the kernels have not been built.
 */
export async function wasmOperations(variant: WasmVariant, memory: KernelMemory): Promise<MakeOperation> {
  const instance = await WebAssembly.instantiate(await compileVariant(variant), { env: { memory: memory.memory } });
  return (kernel, arrays) => {
    const code = instance.exports[kernel.name.replaceAll('-', '_')] as (...args: unknown[]) => void;
    const { n, second } = arrays;
    const [a, b, out] = [arrays.addresses.first, arrays.addresses.second, arrays.addresses.out];
    if (memory.kind !== 'memory64') return { run: () => code(a, n, b, second.length, out), code };
    const [a64, b64, out64] = [BigInt(a), BigInt(b), BigInt(out)];
    return { run: () => code(a64, n, b64, second.length, out64), code };
  };
}
