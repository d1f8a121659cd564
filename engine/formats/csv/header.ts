import type { DataType, Schema } from '../../../query/types.ts';
import type { CsvDialect } from '../../csv-format.ts';
import { KINDS, kindsOfText, type SampleField } from './column-types.ts';
import { CsvFieldValues } from './field-value.ts';

/**
 * Whether the first row names the columns: some field of it does not fit its column's type, or all columns are utf8,
 * where nobody can tell and most files have a header (so DuckDB).
 */
export function looksLikeHeader(
  first: readonly SampleField[],
  types: readonly DataType[],
  dialect: CsvDialect,
): boolean {
  return types.every(({ kind }) => kind === 'utf8') || !fitAll(first, types, dialect);
}

/** Where the columns are known, the first row is the header if it holds their names, or if it cannot be data. */
export function namesColumns(first: readonly SampleField[], columns: Schema, dialect: CsvDialect): boolean {
  if (columns.every(({ name }, column) => name.toLowerCase() === first[column]?.text.toLowerCase())) return true;
  return !fitAll(
    first,
    columns.map(({ type }) => type),
    dialect,
  );
}

function fitAll(fields: readonly SampleField[], types: readonly DataType[], dialect: CsvDialect): boolean {
  const values = new CsvFieldValues(dialect);
  return fields.every(({ text, quoted }, column) => {
    const type = types[column];
    if (!type) return true;
    // Nearly any letter could be a boolean, and a name.
    if (type.kind === 'bool' && (quoted || !values.isNull(text, type))) return (kindsOfText(text) & KINDS.bool) !== 0;
    return values.value(text, quoted, type) !== undefined;
  });
}

/**
 * Names that tell every column apart without regard to case: an empty name becomes `column` and its index from 0, a
 * repeated one gets `_1`, `_2` … (so DuckDB).
 */
export function distinctNames(names: readonly string[]): string[] {
  /** Of each name in use: the number that was last put behind it. */
  const taken = new Map<string, number>();
  return names.map((given, column) => {
    const name = given === '' ? `column${column}` : given;
    let distinct = name;
    let suffix = taken.get(name.toLowerCase()) ?? 0;
    while (taken.has(distinct.toLowerCase())) distinct = `${name}_${++suffix}`;
    taken.set(name.toLowerCase(), suffix);
    taken.set(distinct.toLowerCase(), taken.get(distinct.toLowerCase()) ?? 0);
    return distinct;
  });
}
