import { extname } from 'node:path';
import { describeObject } from '../../engine/run/describe-object.ts';
import { locateFile } from '../../engine/run/locate.ts';
import { SluiceError } from '../../query/error.ts';
import { readSidecar } from '../data/sidecar.ts';
import { type Contender, timed } from './contender.ts';
import { loadPeer } from './peer-package.ts';

type DataType = object;

interface Expression {
  cast(type: DataType): Expression;
}

interface LazyFrame {
  readonly columns: readonly string[];
  withColumns(expressions: readonly Expression[]): LazyFrame;
  collectSync(): { rows(): unknown[][] };
}

/** The part of nodejs-polars that is used. */
interface Polars {
  readonly Bool: DataType;
  readonly Int32: DataType;
  readonly Int64: DataType;
  readonly Float64: DataType;
  readonly Date: DataType;
  readonly Utf8: DataType;
  Datetime(unit: 'us'): DataType;
  col(name: string): Expression;
  scanCSV(path: string, options: { schema: Record<string, DataType> }): LazyFrame;
  scanParquet(path: string): LazyFrame;
  SQLContext(frames: Record<string, LazyFrame>): { execute(sql: string): LazyFrame };
}

const TABLE = 'scanned';

/**
 * Polars in this process, whose environment must say `POLARS_MAX_THREADS` from the start. It scans lazily, through
 * its SQL. Of CSV the whole schema is given, decimals being doubles, with which it is faster. Its decimals of Parquet
 * cannot come back to JavaScript: where a query computes with them they are cast to doubles as they are read, which is
 * two to four times as fast as its decimal arithmetic; otherwise only in the result, so that they are filtered as they are.
 */
export function openPolars(threads: number): Contender {
  if (process.env.POLARS_MAX_THREADS !== String(threads))
    throw new SluiceError('internal', `Polars is not told to use ${threads} threads`);
  const polars = loadPeer<Polars>('nodejs-polars');
  const select = (frame: LazyFrame, sql: string) =>
    polars.SQLContext({ [TABLE]: frame }).execute(sql.replaceAll('{table}', TABLE));
  const toDoubles = (frame: LazyFrame, names: readonly string[]) =>
    names.length === 0 ? frame : frame.withColumns(names.map((name) => polars.col(name).cast(polars.Float64)));
  const plan = async ({ sql, path }: { sql: string; path: string }): Promise<() => LazyFrame> => {
    if (extname(path) !== '.parquet') {
      const columns = await readSidecar(path);
      const schema = Object.fromEntries(columns.map(({ name, type }) => [name, typeOf(polars, type)]));
      return () => select(polars.scanCSV(path, { schema }), sql);
    }
    const decimals = await decimalColumns(path);
    if (/\b(sum|avg)\(/.test(sql)) return () => select(toDoubles(polars.scanParquet(path), decimals), sql);
    return () => {
      const frame = select(polars.scanParquet(path), sql);
      return decimals.length === 0
        ? frame
        : toDoubles(
            frame,
            decimals.filter((name) => frame.columns.includes(name)),
          );
    };
  };
  return {
    async ask(question) {
      const query = await plan(question);
      const { ms, result } = await timed(() => query().collectSync());
      return { ms, rows: result.rows().map((row) => row.map((value) => (value === null ? '' : String(value)))) };
    },
    async close() {},
  };
}

async function decimalColumns(path: string): Promise<string[]> {
  const { schema } = await describeObject(await locateFile(path));
  return schema.filter(({ type }) => type.kind === 'decimal').map(({ name }) => name);
}

function typeOf(polars: Polars, sqlType: string): DataType {
  switch (sqlType) {
    case 'boolean':
      return polars.Bool;
    case 'integer':
      return polars.Int32;
    case 'bigint':
      return polars.Int64;
    case 'date':
      return polars.Date;
    case 'timestamp':
      return polars.Datetime('us');
    case 'varchar':
      return polars.Utf8;
    default:
      return polars.Float64;
  }
}
