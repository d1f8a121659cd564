import { SluiceError } from '../../../query/error.ts';
import type { Schema } from '../../../query/types.ts';
import { type CsvFormat, RFC_4180 } from '../../csv-format.ts';
import type { ByteSource } from '../../task.ts';
import { readHead } from '../head.ts';
import { type Dialect, detectDialect, detectTypes, distinctNames, fits, looksLikeHeader } from './detect.ts';
import type { SampleRow } from './sample.ts';

/** Bytes at the start of an object that decide its dialect and types. */
export const SAMPLE_SIZE = 1024 * 1024;

/**
 * Finds delimiter, header and (without a sidecar) names and types from the object's first bytes.
 * Throws `bad-data` when they are not CSV in UTF-8, or when the sidecar has another number of columns.
 */
export async function describeCsv(
  source: ByteSource,
  sidecar?: Schema,
  sampleSize = SAMPLE_SIZE,
): Promise<{ readonly format: CsvFormat; readonly schema: Schema }> {
  const { bytes: sample, complete } = await readHead(source, sampleSize);
  const mark = byteOrderMark(sample);
  const dialect = detectDialect(sample.toString('latin1', mark), complete);
  const first = dialect.rows[0];
  if (!first) throw new SluiceError('bad-data', `${source.name}: ${whyNoRow(sample.length - mark, complete)}`);
  if (sidecar && sidecar.length !== first.fields.length)
    throw new SluiceError(
      'bad-data',
      `${source.name}: the first row has ${first.fields.length} columns, but its .schema.json names ${sidecar.length}`,
    );
  const types = sidecar?.map(({ type }) => type) ?? typesBelowHeader(dialect);
  const header = sidecar ? namesOf(first, sidecar) : looksLikeHeader(first, types);
  const names = distinctNames(first.fields.map(({ text }) => (header ? Buffer.from(text, 'latin1').toString() : '')));
  return {
    format: {
      kind: 'csv',
      ...RFC_4180,
      delimiter: dialect.delimiter.charCodeAt(0),
      dataStart: mark + (header ? first.end : 0),
      header,
    },
    schema: sidecar ?? types.map((type, column) => ({ name: names[column] ?? '', type })),
  };
}

/** Types of the rows below the first; an object of one row has but that. */
function typesBelowHeader({ rows, columns }: Dialect) {
  return detectTypes(rows.length > 1 ? rows.slice(1) : rows, columns);
}

/** With a sidecar the first row is the header if it holds its names, or if it cannot be data. */
function namesOf(first: SampleRow, sidecar: Schema): boolean {
  const texts = first.fields.map(({ text }) => Buffer.from(text, 'latin1').toString().toLowerCase());
  if (sidecar.every(({ name }, column) => name.toLowerCase() === texts[column])) return true;
  return sidecar.some(({ type }, column) => !fits(first.fields[column] ?? { text: '', quoted: false }, type));
}

/** The bytes that a UTF-8 byte order mark takes. */
function byteOrderMark(sample: Buffer): number {
  return sample[0] === 0xef && sample[1] === 0xbb && sample[2] === 0xbf ? 3 : 0;
}

function whyNoRow(sampled: number, complete: boolean): string {
  if (sampled === 0) return 'is empty, expected a header line';
  return complete
    ? 'holds no complete row; is every quote closed?'
    : `no row ends within the first ${sampled} bytes; is it CSV, and is every quote closed?`;
}
