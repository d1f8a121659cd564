import { type DataType, formatType, type Scalar } from '../../query/types.ts';

/** A result outside of any engine. */
export interface Answer {
  readonly types: readonly DataType[];
  readonly rows: readonly (readonly Scalar[])[];
}

/** An answer to trust; `spreads[column][row]` is what an f64 aggregate's error is measured by. */
export interface Expectation extends Answer {
  readonly spreads: ReadonlyMap<number, readonly (number | null)[]>;
}

/** Allowed error of f64 sums and averages, as a part of the sum (or average) of absolute values. */
const TOLERANCE = 1e-12;

/** Says in a sentence where `actual` differs from `expected`, or gives undefined. Order `any`: rows are a set. */
export function difference(actual: Answer, expected: Expectation, order: 'exact' | 'any'): string | undefined {
  const types = (answer: Answer) => answer.types.map(formatType).join(', ');
  if (types(actual) !== types(expected)) return `types are (${types(actual)}), expected (${types(expected)})`;
  if (actual.rows.length !== expected.rows.length)
    return `${actual.rows.length} rows, expected ${expected.rows.length}`;
  const exactColumns = expected.types.map((_, column) => column).filter((column) => !expected.spreads.has(column));
  const actualOrder = order === 'exact' ? undefined : sortedIndexes(actual.rows, exactColumns);
  const expectedOrder = order === 'exact' ? undefined : sortedIndexes(expected.rows, exactColumns);
  for (let i = 0; i < expected.rows.length; i++) {
    const row = actual.rows[actualOrder?.[i] ?? i]!;
    const at = expectedOrder?.[i] ?? i;
    const wanted = expected.rows[at]!;
    for (let column = 0; column < wanted.length; column++) {
      const spread = expected.spreads.get(column)?.[at];
      if (!agrees(row[column]!, wanted[column]!, spread))
        return `row ${i}: (${row.map(show).join(', ')}), expected (${wanted.map(show).join(', ')}), see column ${column}`;
    }
  }
  return undefined;
}

/** Whether two answers are the same to the last bit, rows in the same order. */
export function identical(a: Answer, b: Answer): boolean {
  return (
    a.rows.length === b.rows.length &&
    a.rows.every((row, index) => row.every((value, column) => Object.is(value, b.rows[index]![column])))
  );
}

function agrees(value: Scalar, wanted: Scalar, spread: number | null | undefined): boolean {
  if (typeof value === 'number' && typeof wanted === 'number' && typeof spread === 'number') {
    // A spread that is not finite leaves nothing to compare but the kind of result.
    if (!Number.isFinite(wanted)) return Object.is(value, wanted);
    return Math.abs(value - wanted) <= TOLERANCE * spread;
  }
  // Which of the equal values -0 and 0 a group or a minimum keeps is not said.
  return Object.is(value, wanted) || (value === 0 && wanted === 0);
}

function sortedIndexes(rows: Answer['rows'], columns: readonly number[]): number[] {
  const keys = rows.map((row) => columns.map((column) => show(row[column] === 0 ? 0 : row[column]!)).join('\u0000'));
  return rows.map((_, index) => index).sort((a, b) => (keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : 0));
}

function show(value: Scalar): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return Object.is(value, -0) ? '-0' : String(value);
}
