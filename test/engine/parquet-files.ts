import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { type Column, isWide } from '../../engine/column.ts';
import { describeParquet } from '../../engine/formats/parquet/footer.ts';
import { wideAt } from '../../engine/scalars.ts';
import type { ByteSource, ObjectDescription } from '../../engine/task.ts';
import { SluiceError } from '../../query/error.ts';
import type { DataType } from '../../query/types.ts';

/** A source over bytes in memory that counts what is read of them. */
export class MemorySource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly #bytes: Uint8Array;
  bytesRead = 0;
  reads = 0;

  constructor(name: string, bytes: Uint8Array) {
    this.name = name;
    this.size = bytes.length;
    this.#bytes = bytes;
  }

  read(offset: number, target: Uint8Array): number {
    const part = this.#bytes.subarray(offset, offset + target.length);
    target.set(part);
    this.bytesRead += part.length;
    this.reads++;
    return part.length;
  }

  close(): void {}
}

let versions = 0;

/** An object description of bytes in memory; each call gives a version of its own. */
export async function describeBytes(
  name: string,
  bytes: Uint8Array,
): Promise<{ source: MemorySource; description: ObjectDescription }> {
  const source = new MemorySource(name, bytes);
  const location = { kind: 'file', name, path: name, size: bytes.length, version: `${versions++}` } as const;
  return { source, description: await describeParquet(location, source) };
}

export type Texts = ((string | null)[] | undefined)[];

export interface ColumnReader {
  read(
    source: ByteSource,
    description: ObjectDescription,
    group: number,
    columns: readonly number[],
  ): Promise<{ columns: Column[]; bytesRead: number }>;
}

/** All rows of all row groups as text, NULL as null: a column an array; undefined where the reader does not know its type. */
export async function readAsText(reader: ColumnReader, name: string, bytes: Uint8Array): Promise<Texts> {
  const { source, description } = await describeBytes(name, bytes);
  if (description.format.kind !== 'parquet') throw new Error('not parquet');
  const indexes = [...description.schema.keys()];
  const groups = description.format.groupRows.keys();
  const known = await Promise.all(indexes.map((index) => isKnown(reader, source, description, index)));
  const wanted = indexes.filter((index) => known[index]);
  const result: Texts = indexes.map((index) => (known[index] ? [] : undefined));
  for (const group of groups) {
    const { columns } = await reader.read(source, description, group, wanted);
    columns.forEach((column, i) => {
      for (let row = 0; row < column.length; row++) result[wanted[i]!]!.push(textAt(column, row));
    });
  }
  return result;
}

async function isKnown(
  reader: ColumnReader,
  source: ByteSource,
  description: ObjectDescription,
  index: number,
): Promise<boolean> {
  try {
    await reader.read(source, description, 0, [index]);
    return true;
  } catch (error) {
    return !(error instanceof SluiceError && error.code === 'unsupported');
  }
}

function textAt(column: Column, row: number): string | null {
  if (column.validity && !column.validity[row]) return null;
  if (column.kind === 'utf8')
    return Buffer.from(column.bytes.subarray(column.offsets[row], column.offsets[row + 1])).toString();
  const value = isWide(column.type) ? wideAt(column.values as BigInt64Array, row) : column.values[row]!;
  // Text hides the sign of a zero from DuckDB's column as well.
  return Object.is(value, -0) ? '0' : String(value);
}

/** What DuckDB reads of the same columns, in the same text. */
export async function duckdbText(path: string, schema: ObjectDescription['schema']): Promise<(string | null)[][]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM '${path}'`);
  const blobs = new Set(described.getRows().flatMap(([name, type]) => (type === 'BLOB' ? [name] : [])));
  const columns = schema.map(({ name, type }) => {
    const column = `"${name.replaceAll('"', '""')}"`;
    return blobs.has(name) ? `hex(${column})` : rawText(column, type);
  });
  const reader = await connection.runAndReadAll(`SELECT ${columns.join(', ')} FROM '${path}'`);
  const columnsRead = reader.getColumns();
  const result = schema.map((_, i) =>
    (columnsRead[i] ?? []).map((value) => {
      if (value === null) return null;
      return schema[i]!.type.kind === 'float64' && Object.is(value, -0) ? '0' : String(value);
    }),
  );
  connection.closeSync();
  return result;
}

function rawText(column: string, type: DataType): string {
  switch (type.kind) {
    case 'bool':
      return `CAST(${column} AS INTEGER)`;
    case 'date':
      return `CAST(${column} - DATE '1970-01-01' AS BIGINT)`;
    case 'timestamp':
      return `epoch_us(CAST(${column} AS TIMESTAMP))`;
    case 'decimal':
      // The digits without the point are the unscaled value.
      return `CAST(CAST(replace(CAST(${column} AS VARCHAR), '.', '') AS HUGEINT) AS VARCHAR)`;
    case 'float64':
      return `CAST(${column} AS DOUBLE)`;
    case 'utf8':
      return `CAST(${column} AS VARCHAR)`;
    default:
      return column;
  }
}

export function readBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(path));
}
