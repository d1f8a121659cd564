import { readFileSync } from 'node:fs';
import { SluiceError } from '../../../query/error.ts';
import { type EngineMemory, KERNEL_TABLES_END } from './memory.ts';

/** Kernels take addresses and counts (see engine/kernels/ for each one's meaning) and give a count or an address. */
type Kernel = (...addressesAndCounts: number[]) => number;

/** Kernels by name; their parameters are documented beside their sources. */
export interface Kernels {
  readonly endOfTables: Kernel;
  readonly csvIndexRows: Kernel;
  readonly csvRowBounds: Kernel;
  readonly csvLocateFields: Kernel;
  readonly csvParseInt32: Kernel;
  readonly csvParseInt64: Kernel;
  readonly csvParseFloat64: Kernel;
  readonly csvParseDecimal: (...args: (number | bigint)[]) => number;
  readonly csvParseWideDecimal: Kernel;
  readonly csvParseDate: Kernel;
  readonly csvParseTimestamp: Kernel;
  readonly csvParseUtf8: Kernel;
  readonly compact1: Kernel;
  readonly compact4: Kernel;
  readonly compact8: Kernel;
  readonly concatenateUtf8: Kernel;
  readonly totalLength: (lengths: number, count: number) => bigint;
  readonly addressesFromOffsets: Kernel;
  readonly internUtf8: Kernel;
  readonly keyWords1: Kernel;
  readonly keyWords4: Kernel;
  readonly keyWordsFloat64: Kernel;
  readonly keyNulls: Kernel;
  readonly findGroups: Kernel;
  readonly rehash: Kernel;
  readonly countRows: Kernel;
  readonly sumInt32: Kernel;
  readonly sumInt64: Kernel;
  readonly sumFloat64: Kernel;
  readonly extremeBool: Kernel;
  readonly extremeInt32: Kernel;
  readonly extremeInt64: Kernel;
  readonly extremeFloat64: Kernel;
  readonly extremeUtf8: Kernel;
}

const SOURCE = new URL('../../kernels/kernels.wasm', import.meta.url);
let compiled: WebAssembly.Module | undefined;

/** Bytes that the area for new text grows by at least. */
const TEXT_BYTES = 1 << 20;

/** An instance of the kernels over `memory`. The module is compiled once a thread. */
export function instantiateKernels(memory: EngineMemory): Kernels {
  compiled ??= new WebAssembly.Module(readKernels());
  // See engine/kernels/call-state.ts.
  const extendText = (state: number, bytes: number): void => {
    const size = Math.max(TEXT_BYTES, bytes >>> 0);
    const start = memory.allocate(size);
    memory.u32[state >> 2] = start;
    memory.u32[(state >> 2) + 1] = start + size;
  };
  const env = { memory: memory.memory, extendText };
  const kernels = new WebAssembly.Instance(compiled, { env }).exports as unknown as Kernels;
  if (kernels.endOfTables() > KERNEL_TABLES_END)
    throw new SluiceError('internal', 'the tables of the kernels are too long');
  return kernels;
}

function readKernels(): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(SOURCE));
  } catch {
    throw new SluiceError('not-found', 'engine/kernels/kernels.wasm is missing: run `npm run build:kernels`');
  }
}
