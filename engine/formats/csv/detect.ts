import { BOOL, DATE, type DataType, FLOAT64, INT64, TIMESTAMP, UTF8 } from '../../../query/types.ts';
import { type SampleField, type SampleRow, splitSample } from './sample.ts';

const DELIMITERS = [',', '\t', ';', '|'];

/** What the first bytes of an object show. `rows` leaves out blank lines where there are several columns. */
export interface Dialect {
  readonly delimiter: string;
  readonly columns: number;
  readonly rows: readonly SampleRow[];
}

/**
 * The delimiter under which most sample rows have as many fields as the first; of those that tie, the one that gives
 * the most columns. One column, when no delimiter gives more.
 */
export function detectDialect(text: string, complete: boolean): Dialect {
  let best: (Dialect & { readonly agreeing: number }) | undefined;
  for (const delimiter of DELIMITERS) {
    const all = splitSample(text, delimiter, complete);
    const columns = all.find((row) => !isBlank(row))?.fields.length ?? 1;
    const rows = columns > 1 ? all.filter((row) => !isBlank(row)) : all;
    const agreeing = columns > 1 ? rows.filter((row) => row.fields.length === columns).length / rows.length : 0;
    if (!best || agreeing > best.agreeing || (agreeing === best.agreeing && columns > best.columns && columns > 1))
      best = { delimiter, columns, rows, agreeing };
  }
  return best ?? { delimiter: ',', columns: 1, rows: [] };
}

function isBlank(row: SampleRow): boolean {
  return row.fields.length === 1 && row.fields[0]?.text === '' && !row.fields[0].quoted;
}

const PATTERNS: readonly { readonly type: DataType; readonly accepts: (text: string) => boolean }[] = [
  { type: BOOL, accepts: (text) => /^(?:true|false)$/i.test(text) },
  { type: INT64, accepts: (text) => /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text) },
  {
    type: FLOAT64,
    accepts: (text) => /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) || /^(?:nan|[+-]?inf)$/i.test(text),
  },
  { type: DATE, accepts: isDate },
  {
    type: TIMESTAMP,
    accepts: (text) =>
      /^.{10}[ T](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?$/.test(text) && isDate(text.slice(0, 10)),
  },
];

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Whether a field could stand in a column of this type. An unquoted empty field is NULL and fits everywhere. */
export function fits(field: SampleField, type: DataType): boolean {
  if (type.kind === 'utf8' || (field.text === '' && !field.quoted)) return true;
  if (type.kind === 'decimal') return /^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(field.text);
  const kind = type.kind === 'int32' ? 'int64' : type.kind;
  return PATTERNS.some((pattern) => pattern.type.kind === kind && pattern.accepts(field.text));
}

/** The narrowest type of bool, int64, float64, date, timestamp and utf8 that all fields fit; utf8 if all are NULL. */
export function narrowestType(fields: readonly SampleField[]): DataType {
  const filled = fields.filter((field) => field.text !== '' || field.quoted);
  if (filled.length === 0) return UTF8;
  return PATTERNS.find(({ type }) => filled.every((field) => fits(field, type)))?.type ?? UTF8;
}

/** The types of the columns, row by row; a missing field counts as NULL. */
export function detectTypes(rows: readonly SampleRow[], columns: number): DataType[] {
  return Array.from({ length: columns }, (_, column) => narrowestType(rows.flatMap((row) => row.fields[column] ?? [])));
}

/**
 * Whether the first row names the columns: some field of it does not fit its column's type, or all columns are utf8,
 * where nobody can tell and most files have a header (so DuckDB).
 */
export function looksLikeHeader(first: SampleRow, types: readonly DataType[]): boolean {
  if (types.every((type) => type.kind === 'utf8')) return true;
  return types.some((type, column) => {
    const field = first.fields[column];
    return field !== undefined && !fits(field, type);
  });
}

/**
 * Names that tell every column apart without regard to case: an empty name becomes `column` and its index from 0, a
 * repeated one gets `_1`, `_2` … (so DuckDB).
 */
export function distinctNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((given, column) => {
    const name = given === '' ? `column${column}` : given;
    let distinct = name;
    for (let suffix = 1; taken.has(distinct.toLowerCase()); suffix++) distinct = `${name}_${suffix}`;
    taken.add(distinct.toLowerCase());
    return distinct;
  });
}
