import type { Contender } from './contender.ts';

/** Every contender by the level that experiments use. Modules load when they are first asked for. */
export const CONTENDERS: Readonly<Record<string, () => Promise<Contender>>> = {
  wasm: async () => (await import('./sluice.ts')).openSluice('wasm', 1),
  'wasm-2': async () => (await import('./sluice.ts')).openSluice('wasm', 2),
  'wasm-stages': async () => (await import('./sluice-stages.ts')).openStages(),
  js: async () => (await import('./sluice.ts')).openSluice('js', 1),
  duckdb: async () => (await import('./duckdb.ts')).openDuckDB('told'),
  'duckdb-sniff': async () => (await import('./duckdb.ts')).openDuckDB('sniffed'),
  'duckdb-serial': async () => (await import('./duckdb.ts')).openDuckDB('serial'),
  polars: async () => (await import('./polars.ts')).openPolars(),
  papaparse: async () => (await import('./row-parsers.ts')).openRowParser('papaparse'),
  udsv: async () => (await import('./row-parsers.ts')).openRowParser('udsv'),
  'csv-parse': async () => (await import('./row-parsers.ts')).openRowParser('csv-parse'),
  'json-parse': async () => (await import('./json-lines.ts')).openJsonLines(),
  'parquet-wasm': async () => (await import('./parquet-wasm.ts')).openParquetWasm(),
  read: async () => (await import('./file-read.ts')).openFileRead(),
};
