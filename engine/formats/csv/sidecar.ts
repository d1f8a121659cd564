import { z } from 'zod';
import { SluiceError } from '../../../query/error.ts';
import type { Schema } from '../../../query/types.ts';
import type { CsvOptions } from '../../csv-format.ts';
import { columnsSchema, csvOptionsSchema, firstIssue, meantOptions } from './options.ts';

const sidecarSchema = z
  .object({ columns: columnsSchema.optional(), csv: csvOptionsSchema.optional() })
  .refine(({ columns, csv }) => columns !== undefined || csv !== undefined, 'expected "columns" or "csv"')
  .refine(({ columns, csv }) => columns === undefined || csv?.columns === undefined, {
    message: 'the columns stand there twice',
    path: ['csv', 'columns'],
  });

/** What a sidecar says of its object. */
export interface Sidecar {
  readonly columns?: Schema;
  /** Where NDJSON has columns that do not stand under their names. */
  readonly paths?: Readonly<Record<string, string>>;
  readonly csv?: CsvOptions;
}

/**
 * Reads `NAME.schema.json`: `{"columns": [{"name", "type"}, …], "csv": {…}}`, one of the two at least, types as in SQL.
 * `name` is the sidecar's own. Throws `bad-data`.
 */
export function parseSidecar(name: string, text: string): Sidecar {
  const checked = sidecarSchema.safeParse(parseJson(name, text));
  if (!checked.success) throw new SluiceError('bad-data', `${name}: at ${firstIssue(checked.error)}`);
  const { columns, csv } = checked.data;
  const paths = (columns ?? []).flatMap(({ name: column, path }) => (path === undefined ? [] : [[column, path]]));
  return {
    ...(columns && { columns: columns.map(({ name: column, type }) => ({ name: column, type })) }),
    ...(paths.length > 0 && { paths: Object.fromEntries(paths) }),
    ...(csv && { csv: meantOptions(csv) }),
  };
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SluiceError('bad-data', `${name}: is not JSON: ${(error as Error).message}`);
  }
}
