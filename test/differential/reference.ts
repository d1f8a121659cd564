import {
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { type DataType, decimal, formatType, parseType, type Scalar, type Schema } from '../../query/types.ts';
import type { Expectation } from './answer.ts';
import { queryText, type TestQuery } from './query-generator.ts';

/** DuckDB with one thread, so that rows keep the object's order, over the same files. */
export class Reference {
  readonly #connection: DuckDBConnection;

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  static async open(): Promise<Reference> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    return new Reference(await instance.connect());
  }

  /** An unquoted empty field is NULL, a quoted one an empty text: Sluice's reading of CSV. */
  async loadCsv(table: string, path: string, columns: Schema): Promise<void> {
    const types = columns.map(({ name, type }) => `${quoted(name)}: ${quoted(formatType(type))}`).join(', ');
    await this.#connection.run(
      `CREATE TABLE ${table} AS SELECT * FROM read_csv(${quoted(path)}, header = true, delim = ',', quote = '"',
       escape = '"', max_line_size = 33554432, nullstr = '', allow_quoted_nulls = false, auto_detect = false, columns = {${types}})`,
    );
  }

  /** How many rows of the Parquet file are not in the table, or the other way round. */
  async rowsUnlike(table: string, parquetPath: string): Promise<number> {
    const file = `read_parquet(${quoted(parquetPath)})`;
    const reader = await this.#connection.runAndReadAll(
      `SELECT count(*)::INTEGER FROM ((FROM ${table} EXCEPT ALL FROM ${file}) UNION ALL (FROM ${file} EXCEPT ALL FROM ${table}))`,
    );
    return Number(reader.getRows()[0]![0]);
  }

  /** Writes a table as DuckDB writes Parquet. */
  async writeParquet(table: string, path: string): Promise<void> {
    await this.#connection.run(`COPY ${table} TO ${quoted(path)} (FORMAT parquet, ROW_GROUP_SIZE 2048)`);
  }

  /** Writes a table as DuckDB writes NDJSON, NaN and infinities as bare words. */
  async writeNdjson(table: string, path: string): Promise<void> {
    await this.#connection.run(`COPY ${table} TO ${quoted(path)} (FORMAT json)`);
  }

  /** The names of all scalar functions. */
  async functionNames(): Promise<ReadonlySet<string>> {
    const sql = "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type IN ('scalar', 'macro')";
    const reader = await this.#connection.runAndReadAll(sql);
    return new Set(reader.getRows().map(([name]) => String(name)));
  }

  async answer(query: TestQuery): Promise<Expectation> {
    const spreadOf = query.select.flatMap(({ spread }, column) => (spread ? [{ column, sql: spread }] : []));
    const asked = { ...query, select: [...query.select, ...spreadOf] };
    const reader = await this.#connection.runAndReadAll(queryText(asked));
    const rows = reader.getRows();
    const count = query.text === undefined ? query.select.length : reader.columnCount;
    return {
      types: reader
        .columnTypes()
        .slice(0, count)
        .map((type) => typeOf(type.toString())),
      rows: rows.map((row) => row.slice(0, count).map(scalarOf)),
      spreads: new Map(spreadOf.map(({ column }, index) => [column, rows.map((row) => asNumber(row[count + index]!))])),
    };
  }

  close(): void {
    this.#connection.closeSync();
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function typeOf(name: string): DataType {
  if (name === 'HUGEINT') return decimal(38, 0);
  // Sluice has no integers of 8 and 16 bits.
  return parseType(/^(?:TINY|SMALL)INT$/.test(name) ? 'INTEGER' : name);
}

function scalarOf(value: DuckDBValue): Scalar {
  if (value instanceof DuckDBDecimalValue) return value.value;
  if (value instanceof DuckDBDateValue) return value.days;
  if (value instanceof DuckDBTimestampValue) return value.micros;
  if (value === null || typeof value !== 'object') return value;
  throw new TypeError(`DuckDB gave a value of no type that Sluice has: ${value}`);
}

function asNumber(value: DuckDBValue): number | null {
  if (value === null) return null;
  return value instanceof DuckDBDecimalValue ? value.toDouble() : Number(value);
}
