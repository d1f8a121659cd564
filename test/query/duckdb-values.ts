import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { formatScalar, parseScalar } from '../../query/format-value.ts';
import { type DataType, formatType, parseType, type Scalar, type Schema } from '../../query/types.ts';

/** One row with a column of each kind, and what DuckDB makes of expressions over it. */
export const SCHEMA: Schema = [
  ['b', 'boolean'],
  ['i', 'integer'],
  ['l', 'bigint'],
  ['d', 'double'],
  ['p', 'decimal(5,2)'],
  ['q', 'decimal(15,2)'],
  ['r', 'decimal(18,6)'],
  ['da', 'date'],
  ['ts', 'timestamp'],
  ['s', 'varchar'],
  ['n', 'integer'],
  ['w', 'decimal(38,10)'],
].map(([name, type]) => ({ name: name!, type: parseType(type!) }));

const VALUES = [
  'true',
  '-7',
  '9007199254740993',
  '1.5',
  '3.25',
  '-12.50',
  '1.000001',
  '2020-01-31',
  '2020-01-31 01:02:03.5',
  'naïve 😀',
  null,
  '12345678901234567890.0123456789',
];

export const ROW: readonly Scalar[] = SCHEMA.map(({ type }, i) =>
  VALUES[i] == null ? null : parseScalar(VALUES[i], type),
);

export async function openDuckDb(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run(`CREATE TABLE t (${SCHEMA.map(({ name, type }) => `${name} ${formatType(type)}`).join(', ')})`);
  const values = VALUES.map((value) => (value === null ? 'NULL' : `'${value}'`));
  await connection.run(`INSERT INTO t VALUES (${values.join(', ')})`);
  return connection;
}

export interface Answer {
  readonly type: string;
  readonly value: string | null;
  readonly name: string;
}

/** DuckDB's type, value as text and column name of an expression over the row; its message when it refuses. */
export async function ask(connection: DuckDBConnection, expression: string): Promise<Answer | string> {
  try {
    const reader = await connection.runAndReadAll(
      `SELECT ${expression}, typeof(${expression}), CAST(${expression} AS VARCHAR) FROM t`,
    );
    const [, type, value] = reader.getRows()[0]!;
    return { type: normalType(String(type)), value: value === null ? null : String(value), name: reader.columnName(0) };
  } catch (error) {
    return String((error as Error).message).split('\n')[0]!;
  }
}

/** HUGEINT is what sums of integers are: our decimal(38,0). An untyped NULL is an integer. */
function normalType(type: string): string {
  if (type === '"NULL"') return 'integer';
  return type === 'HUGEINT' ? 'decimal(38,0)' : type.toLowerCase();
}

/** A value as DuckDB writes it: doubles are compared as numbers, so both sides go through here. */
export function normalText(value: string | null, type: DataType): string | null {
  if (value === null || type.kind !== 'float64') return value;
  return formatScalar(Number(value.replace('inf', 'Infinity')), type);
}
