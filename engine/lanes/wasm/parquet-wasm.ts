import { createRequire } from 'node:module';
import type * as Package from 'parquet-wasm';

/** An instance of parquet-wasm, with a memory of its own. */
export type ParquetWasm = typeof Package;

/**
 * A fresh instance. The package keeps its one instance in module scope, so a new one takes a new module: the CommonJS
 * build loaded past the require cache, which also lets the old one be collected.
 */
export function freshParquetWasm(): ParquetWasm {
  const require = createRequire(import.meta.url);
  const path = require.resolve('parquet-wasm');
  delete require.cache[path];
  const library = require(path) as ParquetWasm;
  delete require.cache[path];
  return library;
}

/** Its memory, in which records of the Arrow C data interface lie; another buffer after it has grown. */
export function memoryOf(library: ParquetWasm): ArrayBuffer {
  return (library.wasmMemory() as { readonly buffer: ArrayBuffer }).buffer;
}
