import { SluiceError } from '../../query/error.ts';
import type { Contender } from './contender.ts';

/** Contenders that scan on as many threads as they are told, by name. Modules load when they are first asked for. */
const PARALLEL: Readonly<Record<string, (threads: number) => Promise<Contender>>> = {
  wasm: async (threads) => (await import('./sluice.ts')).openSluice('wasm', threads),
  js: async (threads) => (await import('./sluice.ts')).openSluice('js', threads),
  duckdb: async (threads) => (await import('./duckdb.ts')).openDuckDB('told', threads),
  'duckdb-sniff': async (threads) => (await import('./duckdb.ts')).openDuckDB('sniffed', threads),
  'wasm-scalar': async (threads) => (await import('./q6/wasm-q6.ts')).openWasmQ6('scalar', threads),
  'wasm-simd': async (threads) => (await import('./q6/wasm-q6.ts')).openWasmQ6('simd', threads),
  native: async (threads) => (await import('./q6/native-q6.ts')).openNativeQ6(threads),
  polars: async (threads) => (await import('./polars.ts')).openPolars(threads),
};

/** Contenders of one thread. */
const SERIAL: Readonly<Record<string, () => Promise<Contender>>> = {
  'wasm-stages': async () => (await import('./sluice-stages.ts')).openStages(),
  'duckdb-serial': async () => (await import('./duckdb.ts')).openDuckDB('serial'),
  papaparse: async () => (await import('./row-parsers.ts')).openRowParser('papaparse'),
  udsv: async () => (await import('./row-parsers.ts')).openRowParser('udsv'),
  'csv-parse': async () => (await import('./row-parsers.ts')).openRowParser('csv-parse'),
  'json-parse': async () => (await import('./json-lines.ts')).openJsonLines(),
  'parquet-wasm': async () => (await import('./parquet-wasm.ts')).openParquetWasm(),
  read: async () => (await import('./file-read.ts')).openFileRead(),
};

export const CONTENDERS: readonly string[] = [...Object.keys(PARALLEL), ...Object.keys(SERIAL)];

/**
 * Whether a contender can use so many threads.
 * @throws SluiceError `unknown-name` when there is no such contender.
 */
export function canUse(name: string, threads: number): boolean {
  if (!CONTENDERS.includes(name)) throw new SluiceError('unknown-name', `there is no contender "${name}"`);
  return threads === 1 || Object.hasOwn(PARALLEL, name);
}

/**
 * @throws SluiceError `unknown-name` when there is no such contender; `bad-request` when it has one thread only;
 *   `not-found` when it is not installed.
 */
export async function openContender(name: string, threads: number): Promise<Contender> {
  if (!canUse(name, threads)) throw new SluiceError('bad-request', `${name} has one thread, not ${threads}`);
  const open = PARALLEL[name] ?? SERIAL[name]!;
  return open(threads);
}
