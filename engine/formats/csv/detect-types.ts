import { DATE, type DataType, TIMESTAMP, UTF8 } from '../../../query/types.ts';
import type { CsvDialect } from '../../csv-format.ts';
import { KINDS, kindsOfBytes, kindsOfText, narrowestOf } from './column-types.ts';
import { CsvFieldValues } from './field-value.ts';
import type { CsvRowReader } from './row-reader.ts';
import { type CsvSample, eachRow, fromFirstRow } from './sample.ts';
import { type TimeFormats, timeFormatsOf } from './time-formats.ts';

/** What a column's values are so far. */
interface ColumnKinds {
  kinds: number;
  /** Formats in which all values are dates or timestamps that are none in the usual form; undefined before the first. */
  times: TimeFormats | undefined;
}

const TIMES = KINDS.date | KINDS.timestamp;
const NO_TIMES: TimeFormats = { kind: 'date', formats: [] };

/** Types of the columns of a sample, and the formats of dates that they are read with. */
export interface DetectedTypes {
  readonly types: readonly DataType[];
  readonly dateFormat: string | null;
  readonly timestampFormat: string | null;
}

/**
 * The narrowest type of bool, int64, float64, date, timestamp and utf8 that all values of each column fit; utf8 where
 * all are NULL. `rowsFrom` is where the rows begin in the head. Dates in another form than YYYY-MM-DD are found where
 * one format fits all columns that hold such.
 */
export function detectTypes(sample: CsvSample, rowsFrom: number, columns: number, dialect: CsvDialect): DetectedTypes {
  const fields = new FieldKinds(dialect);
  let found = Array.from({ length: columns }, (): ColumnKinds => ({ kinds: KINDS.all, times: undefined }));
  addRows(found, sample.head.subarray(rowsFrom), sample.complete, dialect, fields);
  for (const piece of sample.pieces) {
    const more = found.map((column) => ({ ...column }));
    // A piece may begin within quotes, and then it is not what it seems.
    if (addRows(more, fromFirstRow(piece, dialect), false, dialect, fields)) found = more;
  }
  const dateFormat = dialect.dateFormat ?? commonFormat(found, 'date');
  const timestampFormat = dialect.timestampFormat ?? commonFormat(found, 'timestamp');
  const types = found.map(({ kinds, times }): DataType => {
    if (!times) return UTF8;
    if (kinds !== 0) return narrowestOf(kinds);
    if (dateFormat && times.formats.includes(dateFormat)) return DATE;
    return timestampFormat && times.formats.includes(timestampFormat) ? TIMESTAMP : UTF8;
  });
  return { types, dateFormat, timestampFormat };
}

/** Whether all rows are well formed. */
function addRows(
  found: readonly ColumnKinds[],
  bytes: Uint8Array,
  complete: boolean,
  dialect: CsvDialect,
  fields: FieldKinds,
): boolean {
  let wellFormed = true;
  // Columns that are text anyway are not looked at again.
  let open = found.map((_, column) => column);
  eachRow(bytes, complete, dialect, (reader) => {
    if (reader.kind !== 'row') return true;
    if (reader.fault !== undefined || reader.width !== found.length) wellFormed = false;
    if (reader.fault !== undefined) return true;
    let closed = false;
    for (const column of open) {
      if (column >= reader.width) break;
      const kinds = found[column] as ColumnKinds;
      fields.add(kinds, reader, column);
      closed ||= isText(kinds);
    }
    if (closed) open = open.filter((column) => !isText(found[column] as ColumnKinds));
    return true;
  });
  return wellFormed;
}

function isText({ kinds, times }: ColumnKinds): boolean {
  return kinds === 0 && times?.formats.length === 0;
}

/** The one format in which all columns with dates of other forms are; null where there is none, or more than one. */
function commonFormat(found: readonly ColumnKinds[], kind: 'date' | 'timestamp'): string | null {
  // One format is for all columns of a type.
  if (found.some(({ kinds, times }) => times && narrowestOf(kinds).kind === kind)) return null;
  let common: readonly string[] | undefined;
  for (const { kinds, times } of found) {
    if (kinds !== 0 || times?.kind !== kind || times.formats.length === 0) continue;
    common = common?.filter((format) => times.formats.includes(format)) ?? times.formats;
  }
  return common?.length === 1 ? (common[0] as string) : null;
}

/** Looks at fields as a dialect spells them. */
class FieldKinds {
  readonly #values: CsvFieldValues;
  readonly #dialect: CsvDialect;
  /** Numbers, dates and NULL are spelled as usual. */
  readonly #plain: boolean;

  constructor(dialect: CsvDialect) {
    this.#values = new CsvFieldValues(dialect);
    this.#dialect = dialect;
    const { nulls, decimalMark, thousands, dateFormat, timestampFormat } = dialect;
    this.#plain =
      nulls.every((text) => text === '') &&
      decimalMark === '.' &&
      (thousands ?? dateFormat ?? timestampFormat) === null;
  }

  add(column: ColumnKinds, reader: CsvRowReader, field: number): void {
    if (reader.empty(field)) return;
    let kinds: number;
    if (this.#plain) kinds = kindsOfBytes(reader.bytes, reader.start(field), reader.end(field));
    else {
      const text = textOf(reader, field);
      if (!reader.quoted(field) && this.#values.isNull(text, DATE)) return;
      kinds = this.#kindsOf(text);
    }
    column.kinds &= kinds;
    // What is something else already is no date in another form.
    if (kinds !== 0) column.times = NO_TIMES;
    else if (column.times?.formats.length !== 0)
      column.times = alike(column.times, timeFormatsOf(textOf(reader, field)));
  }

  /** As `kindsOfText`, in the spellings of the dialect. */
  #kindsOf(text: string): number {
    const { decimalMark, thousands, dateFormat, timestampFormat } = this.#dialect;
    const isDate = dateFormat !== null && this.#values.value(text, true, DATE) !== undefined;
    const isTimestamp = timestampFormat !== null && this.#values.value(text, true, TIMESTAMP) !== undefined;
    const times = (isDate ? KINDS.date : 0) | (isTimestamp ? KINDS.timestamp : 0);
    const usual = (dateFormat === null ? KINDS.date : 0) | (timestampFormat === null ? KINDS.timestamp : 0);
    const grouped = thousands === null ? text : withoutGroups(text, thousands);
    const number = decimalMark === '.' ? grouped : grouped.replace(/[.,]/g, (mark) => (mark === ',' ? '.' : ','));
    return (kindsOfText(number) & ~TIMES) | (kindsOfText(text) & usual) | times;
  }
}

/** A number without the marks between its groups of three digits; other texts as they are. */
function withoutGroups(text: string, mark: string): string {
  const groups = text.split(mark);
  const isGrouped = groups.every((group, i) =>
    i === 0 ? /^ *-?\d{1,3}$/.test(group) : i < groups.length - 1 ? /^\d{3}$/.test(group) : /^\d{3}(?!\d)/.test(group),
  );
  return isGrouped ? groups.join('') : text;
}

function alike(times: ColumnKinds['times'], others: TimeFormats): TimeFormats {
  if (!times) return others;
  return { kind: others.kind, formats: others.formats.filter((format) => times.formats.includes(format)) };
}

function textOf(reader: CsvRowReader, field: number): string {
  const text = reader.text(field);
  return Buffer.from(text.buffer, text.byteOffset, text.length).toString();
}
