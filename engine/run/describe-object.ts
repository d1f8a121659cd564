import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { SluiceError } from '../../query/error.ts';
import type { Schema } from '../../query/types.ts';
import { describeCsv } from '../formats/csv/describe-csv.ts';
import { parseSidecar } from '../formats/csv/sidecar.ts';
import { describeParquet } from '../formats/parquet/footer.ts';
import type { ObjectDescription, ObjectLocation } from '../task.ts';
import { openSource } from './byte-source.ts';
import { missing, sidecarPath } from './locate.ts';

/**
 * Reads what a scan must know of a local object: the CSV dialect and schema from its first bytes and its sidecar, or
 * the Parquet footer. Objects elsewhere are described by the node that holds them.
 * Throws `bad-data`, `not-found`, `unsupported`.
 */
export async function describeObject(location: ObjectLocation): Promise<ObjectDescription> {
  const { name } = location;
  if (location.kind !== 'file')
    throw new SluiceError('internal', `${name}: only the node that holds an object describes it`);
  const extension = /\.[^.]*$/.exec(name)?.[0]?.toLowerCase();
  if (extension !== '.csv' && extension !== '.tsv' && extension !== '.parquet')
    throw new SluiceError('unsupported', `${name}: cannot tell its format, expected .csv, .tsv or .parquet`);
  const source = openSource(location);
  try {
    const description =
      extension === '.parquet'
        ? await describeParquet(location, source)
        : { location, ...(await describeCsv(source, await readSidecar(location.path))) };
    source.check();
    return description;
  } finally {
    source.close();
  }
}

async function readSidecar(path: string): Promise<Schema | undefined> {
  const sidecar = sidecarPath(path);
  const name = basename(sidecar);
  const text = await readFile(sidecar, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw missing(name, sidecar, error);
  });
  return text === undefined ? undefined : parseSidecar(name, text);
}
