import { extname } from 'node:path';
import { type CsvReading, DuckDBReference } from '../duckdb-reference.ts';
import type { Contender } from './contender.ts';

/** DuckDB in this process, with one thread. */
export async function openDuckDB(reading: CsvReading): Promise<Contender> {
  const duckdb = await DuckDBReference.open();
  const registered = new Set<string>();
  return {
    async ask({ sql, path }) {
      if (!registered.has(path)) await duckdb.register(path, path, extname(path).slice(1), reading);
      registered.add(path);
      return duckdb.query(sql.replaceAll('{table}', `"${path}"`));
    },
    async close() {
      duckdb.close();
    },
  };
}
