import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { SluiceError } from '../../query/error.ts';
import type { CsvFormat, CsvOptions } from '../csv-format.ts';
import { DecodedSource, detectCoding } from '../formats/coding/decoded-source.ts';
import { describeCsv } from '../formats/csv/describe-csv.ts';
import { parseSidecar, type Sidecar } from '../formats/csv/sidecar.ts';
import { describeNdjson } from '../formats/ndjson/describe-ndjson.ts';
import { EXTENSIONS, type FormatName, formatOfName } from '../formats/object-name.ts';
import { describeParquet } from '../formats/parquet/footer.ts';
import type { ByteSource, NdjsonFormat, ObjectDescription, ObjectLocation } from '../task.ts';
import { openSource } from './byte-source.ts';
import { missing, sidecarPath } from './locate.ts';

type FileLocation = Extract<ObjectLocation, { kind: 'file' }>;
type DescribeFile = (location: FileLocation, source: ByteSource) => Promise<ObjectDescription>;
type DescribeText = (
  source: ByteSource,
  sidecar: Sidecar,
  options: CsvOptions | undefined,
) => Promise<Omit<ObjectDescription, 'location'> & { readonly format: CsvFormat | NdjsonFormat }>;

const DESCRIBE: Readonly<Record<FormatName, DescribeFile>> = {
  csv: textBy((source, { columns, csv }, options) =>
    describeCsv(source, { ...csv, ...(columns && { columns }), ...options }),
  ),
  parquet: describeParquet,
  ndjson: textBy((source, { columns, paths }) => describeNdjson(source, columns, paths)),
};

/** Text is described as it is decoded. */
function textBy(describe: DescribeText): DescribeFile {
  return async (location, source) => {
    const coding = await detectCoding(source);
    const text = coding ? new DecodedSource(source, coding, 'replace') : source;
    try {
      const { format, ...rest } = await describe(text, await readSidecar(location.path), location.csv);
      return { location, format: coding ? { ...format, coding } : format, ...rest };
    } finally {
      if (text !== source) text.close();
    }
  };
}

/**
 * Reads what a scan must know of a local object: the CSV dialect and schema from its first bytes and its sidecar, or
 * the Parquet footer, or the keys of NDJSON. Objects elsewhere are described by the node that holds them.
 * Throws `bad-data`, `not-found`, `unsupported`.
 */
export async function describeObject(location: ObjectLocation): Promise<ObjectDescription> {
  const { name } = location;
  if (location.kind !== 'file')
    throw new SluiceError('internal', `${name}: only the node that holds an object describes it`);
  const format = formatOfName(name);
  if (!format) throw new SluiceError('unsupported', `${name}: cannot tell its format, expected ${EXTENSIONS}`);
  const source = openSource(location);
  try {
    const description = await DESCRIBE[format](location, source);
    source.check();
    return description;
  } finally {
    source.close();
  }
}

async function readSidecar(path: string): Promise<Sidecar> {
  const sidecar = sidecarPath(path);
  const name = basename(sidecar);
  const text = await readFile(sidecar, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw missing(name, sidecar, error);
  });
  return text === undefined ? {} : parseSidecar(name, text);
}
