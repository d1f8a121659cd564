import { extname } from 'node:path';
import { type CsvReading, DuckDBReference } from '../engines/duckdb-reference.ts';
import type { Contender } from './contender.ts';

/** With DuckDB's usual 2 MiB, its parallel reader refuses files with many line breaks in quotes; with more it reads them. */
const LONGER_LINES = 4_000_000;

/** DuckDB in this process. A file that its parallel reader refuses is read with longer lines allowed. */
export async function openDuckDB(reading: CsvReading, threads = 1): Promise<Contender> {
  const duckdb = await DuckDBReference.open(threads);
  const registered = new Set<string>();
  return {
    async ask({ sql, path }) {
      const query = () => duckdb.query(sql.replaceAll('{table}', `"${path}"`));
      const format = extname(path).slice(1);
      if (!registered.has(path)) await duckdb.register(path, path, format, reading);
      registered.add(path);
      try {
        return await query();
      } catch (error) {
        if (!String(error).includes('The Parallel CSV Reader currently does not support')) throw error;
        await duckdb.register(path, path, format, reading, LONGER_LINES);
        return query();
      }
    },
    async close() {
      duckdb.close();
    },
  };
}
