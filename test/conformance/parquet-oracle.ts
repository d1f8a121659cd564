import {
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  type DuckDBValue,
} from '@duckdb/node-api';
import { BOOL, DATE, type DataType, decimal, FLOAT64, INT32, INT64, TIMESTAMP, UTF8 } from '../../query/types.ts';

/** A column of a file as DuckDB reads it, in terms of Sluice. */
export interface OracleColumn {
  readonly name: string;
  readonly type: DataType;
  /** Its texts are JSON, and equal where their values are. */
  readonly isJson: boolean;
  readonly cells: readonly DuckDBValue[];
}

/** DuckDB over Parquet files, with one thread, so that rows keep the file's order. */
export class ParquetOracle {
  readonly #connection: DuckDBConnection;

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  static async open(): Promise<ParquetOracle> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    return new ParquetOracle(await instance.connect());
  }

  /** All columns, or those named. Throws what DuckDB throws. */
  async read(path: string, wanted?: readonly string[]): Promise<OracleColumn[]> {
    const file = `read_parquet('${path.replaceAll("'", "''")}')`;
    const described = await this.#connection.runAndReadAll(`DESCRIBE FROM ${file}`);
    const columns = described
      .getRows()
      .map(([name, type]) => ({ name: String(name), ...meaningOf(String(type)) }))
      .filter(({ name }) => wanted?.includes(name) ?? true);
    const select = columns.map(({ name, sql }) => sql(`"${name.replaceAll('"', '""')}"`));
    const reader = await this.#connection.runAndReadAll(`SELECT ${select.join(', ')} FROM ${file}`);
    const cells = reader.getColumns();
    // Without rows there are no columns either.
    return columns.map(({ name, type, isJson }, i) => ({ name, type, isJson, cells: (cells[i] ?? []).map(scalarOf) }));
  }

  close(): void {
    this.#connection.closeSync();
  }
}

interface Meaning {
  readonly type: DataType;
  readonly isJson: boolean;
  /** The column's values as values of `type`. */
  readonly sql: (column: string) => string;
}

/** What Sluice makes of a DuckDB type. */
function meaningOf(duckdbType: string): Meaning {
  const plain = (type: DataType): Meaning => ({ type, isJson: false, sql: (column) => column });
  const text = (sql: Meaning['sql']): Meaning => ({ type: UTF8, isJson: false, sql });
  const digits = /^DECIMAL\((\d+),(\d+)\)$/.exec(duckdbType);
  if (digits) return plain(decimal(Number(digits[1]), Number(digits[2])));
  if (/\[\d*\]$|^(STRUCT|MAP)\(/.test(duckdbType))
    return { type: UTF8, isJson: true, sql: (column) => `to_json(${column})::VARCHAR` };
  if (duckdbType.startsWith('GEOMETRY')) return text((column) => `hex(ST_AsWKB(${column}))`);
  if (duckdbType.startsWith('TIMESTAMP'))
    return { type: TIMESTAMP, isJson: false, sql: (column) => `epoch_us(${column})` };
  switch (duckdbType) {
    case 'BOOLEAN':
      return plain(BOOL);
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'UTINYINT':
    case 'USMALLINT':
      return plain(INT32);
    case 'UINTEGER':
    case 'BIGINT':
      return plain(INT64);
    case 'UBIGINT':
      return plain(decimal(20, 0));
    case 'FLOAT':
    case 'DOUBLE':
      return { type: FLOAT64, isJson: false, sql: (column) => `${column}::DOUBLE` };
    case 'DATE':
      return plain(DATE);
    case 'BLOB':
      return text((column) => `hex(${column})`);
    default:
      return text((column) => `${column}::VARCHAR`);
  }
}

function scalarOf(value: DuckDBValue): DuckDBValue {
  if (value instanceof DuckDBDecimalValue) return value.value;
  return value instanceof DuckDBDateValue ? value.days : value;
}
