import type { Batch } from '../engine/column.ts';
import { columnFromScalars, scalarAt } from '../engine/scalars.ts';
import { concatBatches, takeRows } from '../engine/take-rows.ts';
import { compareScalars, evaluate } from '../query/evaluate.ts';
import { type BoundExpression, type BoundNamed, operandsOf } from '../query/expression.ts';
import type { Residual, ResidualOrder } from '../query/residual.ts';
import type { Scalar, Schema } from '../query/types.ts';

/** The schema of what a residual gives. */
export function residualSchema({ columns }: Residual): Schema {
  return columns.map(({ name, expression }) => ({ name, type: expression.type }));
}

/**
 * Does what a fragment left to do: HAVING, ORDER BY, the result's columns, DISTINCT, OFFSET and LIMIT. Batches are
 * passed on as they come; only ORDER BY waits for the last. Reads to the end: a LIMIT that could stop the scan is in the
 * fragment.
 */
export async function* runResidual(residual: Residual, batches: AsyncIterable<Batch>): AsyncGenerator<Batch> {
  const schema = residualSchema(residual);
  const seen = residual.distinct ? new Set<string>() : undefined;
  let toSkip = residual.offset;
  let toGive = residual.limit ?? Number.POSITIVE_INFINITY;
  const source = residual.orderBy.length > 0 ? sorted(residual, batches) : batches;
  for await (const batch of source) {
    let rows = residual.having ? matching(residual.having, batch) : undefined;
    // Without DISTINCT the window is known before anything is computed.
    if (!seen) rows = window(rows, batch.length);
    let result = project(schema, residual.columns, rows ? takeRows(batch, rows) : batch);
    if (seen) {
      const fresh = unseenRows(result, seen);
      const kept = window(fresh, result.length);
      if (kept) result = takeRows(result, kept);
    }
    toGive -= result.length;
    if (result.length > 0) yield result;
  }

  /** The rows that OFFSET and LIMIT leave; undefined for all of the batch. */
  function window(rows: Int32Array | undefined, length: number): Int32Array | undefined {
    const available = rows?.length ?? length;
    const start = Math.min(toSkip, available);
    const end = Math.min(available, start + toGive);
    toSkip -= start;
    if (start === 0 && end === available) return rows;
    return rows ? rows.subarray(start, end) : Int32Array.from({ length: end - start }, (_, i) => start + i);
  }
}

async function* sorted(residual: Residual, batches: AsyncIterable<Batch>): AsyncGenerator<Batch> {
  const all: Batch[] = [];
  for await (const batch of batches) if (batch.length > 0) all.push(batch);
  const batch = concatBatches(residual.input, all);
  yield takeRows(batch, sortedRows(residual.orderBy, batch));
}

/** The rows in order; those that compare equal keep theirs. */
function sortedRows(orderBy: readonly ResidualOrder[], batch: Batch): Int32Array {
  const keys = orderBy.map(({ expression }) => valuesOf(expression, batch));
  const rows = Int32Array.from({ length: batch.length }, (_, row) => row);
  return rows.sort((a, b) => {
    for (const [index, { descending, nullsFirst }] of orderBy.entries()) {
      const x = keys[index]![a]!;
      const y = keys[index]![b]!;
      if (x === null || y === null) {
        if (x === y) continue;
        return (x === null) === nullsFirst ? -1 : 1;
      }
      const order = compareScalars(x, y);
      if (order !== 0) return descending ? -order : order;
    }
    return a - b;
  });
}

function matching(condition: BoundExpression, batch: Batch): Int32Array {
  const values = valuesOf(condition, batch);
  return Int32Array.from({ length: batch.length }, (_, row) => row).filter((row) => values[row] === true);
}

function project(schema: Schema, columns: readonly BoundNamed[], batch: Batch): Batch {
  return {
    schema,
    length: batch.length,
    columns: columns.map(({ expression }) =>
      expression.kind === 'column'
        ? { ...batch.columns[expression.index]!, type: expression.type }
        : columnFromScalars(expression.type, valuesOf(expression, batch)),
    ),
  };
}

/** The expression's value in each row. */
function valuesOf(expression: BoundExpression, { columns, length }: Batch): Scalar[] {
  const used = [...columnsUsed(expression)];
  const row: Scalar[] = [];
  return Array.from({ length }, (_, index) => {
    for (const column of used) row[column] = scalarAt(columns[column]!, index);
    return evaluate(expression, row);
  });
}

function columnsUsed(expression: BoundExpression, used = new Set<number>()): Set<number> {
  if (expression.kind === 'column') used.add(expression.index);
  else for (const operand of operandsOf(expression)) columnsUsed(operand, used);
  return used;
}

/** The first row of each value that has not been seen before. NULLs are equal, and -0 equals 0. */
function unseenRows({ columns, length }: Batch, seen: Set<string>): Int32Array {
  return Int32Array.from({ length }, (_, row) => row).filter((row) => {
    const key = JSON.stringify(columns.map((column) => keyOf(scalarAt(column, row))));
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function keyOf(value: Scalar): string | null {
  return value === null ? null : String(value);
}
