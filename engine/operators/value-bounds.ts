import { type BoundExpression, type Comparison, MIRRORED } from '../../query/expression.ts';
import type { DataType } from '../../query/types.ts';

/** The least and the greatest value that pass, of a column whose vectors hold integers; least <= greatest. */
export interface ValueBounds {
  readonly least: bigint;
  readonly greatest: bigint;
}

/** Bounds by columns' indexes. */
export interface FilterBounds {
  readonly columns: ReadonlyMap<number, ValueBounds>;
  /** Whether a row passes the filter just because its values lie within the bounds, and are not NULL. */
  readonly isAll: boolean;
}

const WIDEST: ValueBounds = { least: -(2n ** 63n), greatest: 2n ** 63n - 1n };

/** What conjuncts say by comparing columns of integers, decimals and dates to constants. */
export function boundsOf(conjuncts: readonly BoundExpression[]): FilterBounds {
  const columns = new Map<number, ValueBounds>();
  let isAll = true;
  for (const conjunct of conjuncts) {
    const found = comparisonOf(conjunct);
    const bounds = found && narrowed(columns.get(found.column) ?? WIDEST, found.operator, found.value);
    if (found && bounds && bounds.least <= bounds.greatest) columns.set(found.column, bounds);
    else isAll = false;
  }
  return { columns, isAll };
}

function comparisonOf(conjunct: BoundExpression): { column: number; operator: Comparison; value: bigint } | undefined {
  if (conjunct.kind !== 'call') return undefined;
  const { operator, args } = conjunct;
  const [left, right] = args;
  if (!left || !right || !(operator in MIRRORED) || operator === 'ne') return undefined;
  const [column, literal] = left.kind === 'column' ? [left, right] : [right, left];
  if (column.kind !== 'column' || literal.kind !== 'literal' || literal.value === null) return undefined;
  if (!holdsIntegers(column.type)) return undefined;
  const value = BigInt(literal.value as number | bigint);
  const comparison = operator as Comparison;
  return { column: column.index, operator: column === left ? comparison : MIRRORED[comparison], value };
}

function holdsIntegers({ kind }: DataType): boolean {
  return kind === 'int32' || kind === 'int64' || kind === 'decimal' || kind === 'date';
}

function narrowed({ least, greatest }: ValueBounds, operator: Comparison, value: bigint): ValueBounds {
  const from = operator === 'gt' ? value + 1n : operator === 'ge' || operator === 'eq' ? value : least;
  const to = operator === 'lt' ? value - 1n : operator === 'le' || operator === 'eq' ? value : greatest;
  return { least: from > least ? from : least, greatest: to < greatest ? to : greatest };
}
