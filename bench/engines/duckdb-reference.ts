import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { ResultColumn } from '../answers/group-answer.ts';
import { readSidecar, type SidecarColumn } from '../data/sidecar.ts';

/**
 * How DuckDB reads CSV, the schema given in any case. `told`: the dialect too. `sniffed`: it finds the dialect out, at
 * every query. `serial`: told, and by its reader for one thread.
 */
export type CsvReading = 'told' | 'sniffed' | 'serial';

const DIALECT = `header = true, delim = ',', quote = '"', escape = '"', auto_detect = false`;
const READING: Readonly<Record<CsvReading, string>> = {
  told: DIALECT,
  sniffed: 'header = true',
  serial: `${DIALECT}, parallel = false`,
};

/**
 * DuckDB in this process, reading the same files. It is told the schema of CSV, so that it need not
 * sniff, and holds no cache of file contents, so that every query reads the file as the lanes do; footers of Parquet it
 * may keep, as they do.
 */
export class DuckDBReference {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  static async open(threads = 1): Promise<DuckDBReference> {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
    const connection = await instance.connect();
    await connection.run('SET enable_external_file_cache = false');
    await connection.run('SET parquet_metadata_cache = true');
    return new DuckDBReference(instance, connection);
  }

  /**
   * Makes `path` the view `table`. CSV and NDJSON take their schema from the sidecar `PATH.schema.json`. `maxLineSize`
   * replaces DuckDB's own, in bytes.
   */
  async register(
    table: string,
    path: string,
    format: string,
    reading: CsvReading = 'told',
    maxLineSize?: number,
  ): Promise<void> {
    await this.#connection.run(
      `CREATE OR REPLACE VIEW "${table}" AS FROM ${await this.#reader(path, format, reading, maxLineSize)}`,
    );
  }

  /** Makes `table` of the first `rows` rows of `path`, in memory. */
  async load(table: string, path: string, format: string, rows: number): Promise<void> {
    await this.#connection.run(
      `CREATE TABLE "${table}" AS FROM ${await this.#reader(path, format, 'told')} LIMIT ${rows}`,
    );
  }

  async #reader(path: string, format: string, reading: CsvReading, maxLineSize?: number): Promise<string> {
    const file = literal(path);
    if (format === 'parquet') return `read_parquet(${file})`;
    const columns = await readSidecar(path);
    if (format === 'ndjson') return jsonReader(file, columns);
    const types = columns.map(({ name, type }) => `${literal(name)}: ${literal(type)}`).join(', ');
    const lines = maxLineSize === undefined ? '' : `, max_line_size = ${maxLineSize}`;
    return `read_csv(${file}, ${READING[reading]}${lines}, columns = {${types}})`;
  }

  /** Runs the query to its last row. `rows` are text as `sluice query --format csv` writes it, made after the clock. */
  async query(sql: string): Promise<{ ms: number; rows: string[][] }> {
    const start = performance.now();
    const result = await this.#connection.runAndReadAll(sql);
    const ms = performance.now() - start;
    const rows = result.getRowsJson().map((row) => row.map((value) => (value === null ? '' : String(value))));
    return { ms, rows };
  }

  /** Runs the query to its last row and leaves the result in DuckDB's memory; its columns are read after the clock. */
  async columns(sql: string): Promise<{ ms: number; columns: ResultColumn[] }> {
    const start = performance.now();
    const result = await this.#connection.run(sql);
    const ms = performance.now() - start;
    const columns = (await result.getColumns()).map((column) =>
      typeof column[0] === 'number'
        ? (column as number[])
        : column.map((value) => (value === null ? '' : String(value))),
    );
    return { ms, columns };
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

/** NDJSON with a struct for each nested object, whose keys are columns under the names of the sidecar: `"a.b"`. */
function jsonReader(file: string, columns: readonly SidecarColumn[]): string {
  const types = new Map<string, string[]>();
  const names = columns.map(({ name, type }) => {
    const [key = name, inner] = name.split('.');
    types.set(key, [...(types.get(key) ?? []), inner === undefined ? type : `"${inner}" ${type}`]);
    return inner === undefined ? `"${key}"` : `"${key}"."${inner}" AS "${name}"`;
  });
  const nested = new Set(columns.filter(({ name }) => name.includes('.')).map(({ name }) => name.split('.')[0]));
  const typed = Array.from(
    types,
    ([key, parts]) => `${literal(key)}: ${literal(nested.has(key) ? `STRUCT(${parts.join(', ')})` : parts.join())}`,
  );
  return `(SELECT ${names.join(', ')} FROM read_ndjson(${file}, columns = {${typed.join(', ')}}))`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
