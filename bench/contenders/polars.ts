import { SluiceError } from '../../query/error.ts';
import { readSidecar } from '../sidecar.ts';
import { type Contender, timed } from './contender.ts';
import { loadPeer } from './peer-package.ts';

type DataType = object;
type LazyFrame = object;

/** The part of nodejs-polars that is used. */
interface Polars {
  readonly Bool: DataType;
  readonly Int32: DataType;
  readonly Int64: DataType;
  readonly Float64: DataType;
  readonly Date: DataType;
  readonly Utf8: DataType;
  Datetime(unit: 'us'): DataType;
  scanCSV(path: string, options: { schema: Record<string, DataType> }): LazyFrame;
  SQLContext(frames: Record<string, LazyFrame>): {
    execute(sql: string, options: { eager: true }): { rows(): unknown[][] };
  };
}

const TABLE = 'scanned';

/**
 * Polars in this process, whose environment must say `POLARS_MAX_THREADS=1` from the start. It scans lazily, with the
 * whole schema given; decimals are doubles, with which it is faster.
 */
export function openPolars(): Contender {
  if (process.env.POLARS_MAX_THREADS !== '1') throw new SluiceError('internal', 'Polars would use every core');
  const polars = loadPeer<Polars>('nodejs-polars');
  return {
    async ask({ sql, path }) {
      const columns = await readSidecar(path);
      const schema = Object.fromEntries(columns.map(({ name, type }) => [name, typeOf(polars, type)]));
      const { ms, result } = await timed(() =>
        polars
          .SQLContext({ [TABLE]: polars.scanCSV(path, { schema }) })
          .execute(sql.replaceAll('{table}', TABLE), { eager: true }),
      );
      return { ms, rows: result.rows().map((row) => row.map((value) => (value === null ? '' : String(value)))) };
    },
    async close() {},
  };
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
