import {
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { SluiceError } from '../../query/error.ts';
import { formatDecimal } from '../../query/format-value.ts';
import type { LibraryFunction, Overload } from '../../query/function-entry.ts';
import { FUNCTIONS } from '../../query/functions.ts';
import { type DataType, formatType, type Scalar } from '../../query/types.ts';
import { type FunctionCases, operandTypes } from './function-cases/cases.ts';
import { LIBRARY_CASES } from './function-cases/library-cases.ts';

const LIBRARY = FUNCTIONS.filter((entry) => entry.kind === 'function');

/** A row's result, or that it is refused. */
type Outcome = { readonly value: Scalar } | 'refused';

let connection: DuckDBConnection;

beforeAll(async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
});

describe('each overload of the function library', () => {
  for (const entry of LIBRARY) {
    for (const overload of entry.overloads) {
      it(`${overload.id} is as in DuckDB`, async () => {
        const cases = LIBRARY_CASES[overload.id];
        expect(cases, `no cases for ${overload.id}`).toBeDefined();
        const { rows } = cases!;
        const theirs = await askAll(rows.map((row) => question(entry, overload, cases!, row)));
        const unlike = rows.flatMap((row, i) => {
          const own = outcomeOf(entry, overload, row);
          const mayFail = own !== 'refused' || overload.fails;
          return agree(own, theirs[i]!) && mayFail ? [] : [{ row, own, theirs: theirs[i] }];
        });
        expect(unlike.slice(0, 5)).toEqual([]);
      });
    }
  }

  it('has cases for nothing else', () => {
    const ids = new Set(LIBRARY.flatMap(({ overloads }) => overloads.map(({ id }) => id)));
    expect(Object.keys(LIBRARY_CASES).filter((id) => !ids.has(id))).toEqual([]);
  });
});

function outcomeOf(entry: LibraryFunction, overload: Overload, row: readonly Scalar[]): Outcome {
  if (entry.nulls === 'strict' && row.includes(null)) return { value: null };
  try {
    return { value: overload.js(...(row as never[])) };
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'bad-value') return 'refused';
    throw error;
  }
}

function question(entry: LibraryFunction, overload: Overload, cases: FunctionCases, row: readonly Scalar[]): string {
  const types = operandTypes(overload, cases, row.length);
  const operands = row.map((value, i) => literal(value, types[i]!));
  if (!cases.sql) return `${entry.name}(${operands.join(', ')})`;
  return cases.sql.replace(/\$(\d)/g, (_, index) => operands[Number(index) - 1]!);
}

function literal(value: Scalar, type: DataType): string {
  if (value === null) return `CAST(NULL AS ${formatType(type)})`;
  switch (type.kind) {
    case 'utf8':
      return `'${String(value).replaceAll("'", "''")}'`;
    case 'date':
      return `make_date(${value})`;
    case 'timestamp':
      return `make_timestamp(CAST('${value}' AS BIGINT))`;
    case 'decimal':
      return `CAST('${formatDecimal(value as bigint, type.scale)}' AS ${formatType(type)})`;
    default:
      return `CAST('${Object.is(value, -0) ? '-0.0' : value}' AS ${formatType(type)})`;
  }
}

/**
 * All questions at once, where TRY makes NULL of an error; each question whose NULL leaves a doubt is asked again on
 * its own. A list with a question that does not bind is asked in halves.
 */
async function askAll(questions: readonly string[], attempt = true): Promise<Outcome[]> {
  if (questions.length === 0) return [];
  try {
    const list = attempt ? questions.map((question) => `TRY(${question})`) : questions;
    const reader = await connection.runAndReadAll(`SELECT ${list.join(', ')}`);
    const outcomes: Outcome[] = reader.getRows()[0]!.map((value) => ({ value: scalarOf(value) }));
    if (!attempt) return outcomes;
    for (const [i, outcome] of outcomes.entries()) {
      if (outcome === 'refused' || outcome.value !== null || questions[i]!.includes('CAST(NULL')) continue;
      outcomes[i] = (await askAll([questions[i]!], false))[0]!;
    }
    return outcomes;
  } catch {
    if (questions.length === 1) return ['refused'];
    const middle = questions.length >> 1;
    return [...(await askAll(questions.slice(0, middle))), ...(await askAll(questions.slice(middle)))];
  }
}

function scalarOf(value: DuckDBValue): Scalar {
  if (value instanceof DuckDBDecimalValue) return value.value;
  if (value instanceof DuckDBDateValue) return value.days;
  if (value instanceof DuckDBTimestampValue) return value.micros;
  if (value === null || typeof value !== 'object') return value;
  throw new TypeError(`DuckDB gave a value of no type that Sluice has: ${value}`);
}

/** Doubles may differ in their last bits: DuckDB calls its own libm. */
function agree(own: Outcome, theirs: Outcome): boolean {
  if (own === 'refused' || theirs === 'refused') return own === theirs;
  const [a, b] = [own.value, theirs.value];
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Object.is(a, b) || Math.abs(a - b) <= 1e-15 * Math.abs(b);
}
