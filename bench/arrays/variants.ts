import { readFile } from 'node:fs/promises';
import { SluiceError } from '../../query/error.ts';

/** The variants that scripts/build-kernels.mjs makes of bench/kernels/arrays/. */
export type WasmVariant = 'scalar' | 'simd' | 'memory64' | 'shared';

/** @throws SluiceError `not-found` when the kernels have not been built. */
export async function compileVariant(variant: WasmVariant): Promise<WebAssembly.Module> {
  const bytes = await readFile(new URL(`../kernels/arrays/${variant}.wasm`, import.meta.url)).catch(() => {
    throw new SluiceError('not-found', `bench/kernels/arrays/${variant}.wasm is missing: run npm run build:kernels`);
  });
  return WebAssembly.compile(bytes);
}
