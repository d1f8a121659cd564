import { isUtf8 } from 'node:buffer';
import { SluiceError } from '../../../query/error.ts';
import { type Schema, UTF8 } from '../../../query/types.ts';
import type { CsvDialect, CsvFormat, CsvOptions } from '../../csv-format.ts';
import type { ByteSource } from '../../task.ts';
import type { SampleField } from './column-types.ts';
import { detectDialect } from './detect.ts';
import { type DetectedTypes, detectTypes } from './detect-types.ts';
import { distinctNames, looksLikeHeader, namesColumns } from './header.ts';
import { completeDialect } from './options.ts';
import { badRow } from './row-errors.ts';
import { type CsvSample, eachRow, readSample } from './sample.ts';

interface FirstRow {
  readonly fields: readonly SampleField[];
  /** Offsets in the head of the row, and behind it. */
  readonly start: number;
  readonly end: number;
  /** The first field that is not UTF-8. */
  readonly notUtf8: string | undefined;
}

export interface CsvDescription {
  readonly format: CsvFormat;
  readonly schema: Schema;
  /** Columns whose types a sample showed; other rows may want wider ones. */
  readonly guessed: readonly number[];
}

/**
 * Finds what the options do not say of dialect, header, names and types, from a sample of the object.
 * Throws `bad-data` when it is not CSV, or has another number of columns than the options name; `bad-request` when the
 * options contradict themselves.
 */
export async function describeCsv(
  source: ByteSource,
  options: CsvOptions = {},
  sampleSize?: number,
): Promise<CsvDescription> {
  const sample = await readSample(source, sampleSize);
  const dialect = completeDialect(detectDialect(sample.head, sample.complete, options));
  const first = firstRow(sample, dialect);
  if (!first) throw new SluiceError('bad-data', `${source.name}: ${whyNoRow(sample)}`);
  const columns = first.fields.length;
  if (options.columns && options.columns.length !== columns)
    throw new SluiceError(
      'bad-data',
      `${source.name}: the first row has ${columns} columns, but its schema names ${options.columns.length}`,
    );
  const { types, dateFormat, timestampFormat } = options.columns
    ? { ...dialect, types: options.columns.map(({ type }) => type) }
    : typesBelow(first, sample, dialect, options.header);
  const complete = { ...dialect, dateFormat, timestampFormat };
  const header =
    options.header ??
    (options.columns
      ? namesColumns(first.fields, options.columns, complete)
      : looksLikeHeader(first.fields, types, complete));
  if (header && !options.columns && first.notUtf8 !== undefined && dialect.invalidUtf8 === 'error')
    throw badRow(source.name, sample.mark + first.start, `the name of a column is not UTF-8: "${first.notUtf8}"`);
  const names = distinctNames(first.fields.map(({ text }) => (header ? text : '')));
  const detected = types.map((type, column) => ({ name: names[column] ?? '', type }));
  const schema = options.columns ?? withTypes(source.name, detected, options.types ?? []);
  return {
    format: { kind: 'csv', ...complete, dataStart: sample.mark + (header ? first.end : 0), header },
    schema,
    guessed: options.columns
      ? []
      : [...schema.keys()].filter((column) => schema[column] === detected[column] && schema[column]?.type !== UTF8),
  };
}

/** What options say of the types of some columns. */
function withTypes(object: string, columns: Schema, types: Schema): Schema {
  const given = new Map(types.map(({ name, type }) => [name.toLowerCase(), type]));
  const schema = columns.map((column) => {
    const type = given.get(column.name.toLowerCase());
    given.delete(column.name.toLowerCase());
    return type ? { ...column, type } : column;
  });
  for (const name of given.keys())
    throw new SluiceError(
      'bad-request',
      `${object}: types: there is no column "${name}"; the columns are ${columns
        .slice(0, 20)
        .map((column) => `"${column.name}"`)
        .join(', ')}`,
    );
  return schema;
}

/** The first row that is neither blank nor a comment; a blank line where there is nothing else. */
function firstRow({ head, complete }: CsvSample, dialect: CsvDialect): FirstRow | undefined {
  let first: FirstRow | undefined;
  eachRow(head, complete, dialect, (reader, start, end) => {
    if (reader.kind === 'comment' || (reader.kind === 'blank' && first)) return true;
    const texts = Array.from({ length: reader.width }, (_, field) => reader.text(field));
    const fields = texts.map((text, field) => ({ text: Buffer.from(text).toString(), quoted: reader.quoted(field) }));
    const wrong = texts.findIndex((text) => !isUtf8(text));
    first = { fields, start, end, notUtf8: fields[wrong]?.text };
    return reader.kind === 'blank';
  });
  return first;
}

/** Types of the rows below the first, which may be a header; an object of one row has but that. */
function typesBelow(first: FirstRow, sample: CsvSample, dialect: CsvDialect, header?: boolean): DetectedTypes {
  const isData = header === false || (header === undefined && first.end >= sample.head.length);
  return detectTypes(sample, isData ? first.start : first.end, first.fields.length, dialect);
}

function whyNoRow({ head, complete }: CsvSample): string {
  if (head.length === 0) return 'is empty, expected a header line';
  return complete
    ? 'holds no complete row; is every quote closed?'
    : `no row ends within the first ${head.length} bytes; is it CSV, and is every quote closed?`;
}
