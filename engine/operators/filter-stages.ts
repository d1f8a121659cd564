import { type BoundExpression, operandsOf, operationsOf } from '../../query/expression.ts';
import { mayFail } from '../../query/may-fail.ts';
import type { DataType } from '../../query/types.ts';

/** Conjuncts that are tested together, once the columns they add have been loaded. */
export interface FilterStage {
  readonly columns: readonly number[];
  readonly conjuncts: readonly BoundExpression[];
}

/** Relative cost of loading a value of a column. */
function loadCost(type: DataType): number {
  switch (type.kind) {
    case 'utf8':
      return 2;
    case 'float64':
    case 'timestamp':
      return 1.5;
    default:
      return 1;
  }
}

/** Operations of one stage at most (a larger conjunct stands alone), since it is compiled as one function. */
const STAGE_OPERATIONS = 500;

/** What becomes part of one stage together. */
interface Unit {
  readonly columns: Map<number, DataType>;
  readonly conjuncts: BoundExpression[];
  operations: number;
  /** Of a conjunct that may fail: its position in the text. All that stand before it must have been placed. */
  readonly behind: number | undefined;
}

/**
 * Orders a filter's conjuncts so that cheap and few columns come first: those over the same columns form one stage, and
 * stages go by the cost of the columns that they add. The order of the text decides ties, so that plans are stable.
 * A conjunct that may fail only meets rows that pass all conjuncts before it in the text, so it stays behind them.
 */
export function planFilterStages(conjuncts: readonly BoundExpression[]): readonly FilterStage[] {
  const waiting = unitsOf(conjuncts);
  const placed = new Set<BoundExpression>();
  const loaded = new Set<number>();
  const stages: FilterStage[] = [];
  while (waiting.length > 0) {
    const first = conjuncts.findIndex((conjunct) => !placed.has(conjunct));
    const costs = waiting.map((unit) =>
      unit.behind === undefined || first < 0 || unit.behind <= first ? costOf(unit, loaded) : Number.POSITIVE_INFINITY,
    );
    const [next] = waiting.splice(costs.indexOf(Math.min(...costs)), 1) as [Unit];
    const columns = [...next.columns.keys()].filter((column) => !loaded.has(column)).sort((a, b) => a - b);
    for (const column of columns) loaded.add(column);
    const together = [...next.conjuncts];
    for (const conjunct of together) placed.add(conjunct);
    if (next.behind !== undefined) takeFollowers(next, waiting, loaded, together, placed);
    stages.push({ columns, conjuncts: together });
  }
  return stages;
}

/** Conjuncts that may fail and stand right behind one another share a stage while they need no other columns. */
function takeFollowers(
  { behind, operations }: Unit,
  waiting: Unit[],
  loaded: ReadonlySet<number>,
  together: BoundExpression[],
  placed: Set<BoundExpression>,
): void {
  let total = operations;
  for (let position = (behind as number) + 1; ; position++) {
    const index = waiting.findIndex((unit) => unit.behind === position);
    const unit = waiting[index];
    if (!unit || ![...unit.columns.keys()].every((column) => loaded.has(column))) return;
    total += unit.operations;
    if (total > STAGE_OPERATIONS) return;
    waiting.splice(index, 1);
    for (const conjunct of unit.conjuncts) {
      together.push(conjunct);
      placed.add(conjunct);
    }
  }
}

function unitsOf(conjuncts: readonly BoundExpression[]): Unit[] {
  const units: Unit[] = [];
  const open = new Map<string, Unit>();
  conjuncts.forEach((conjunct, position) => {
    const columns = columnTypesOf(conjunct);
    const operations = operationsOf(conjunct);
    if (mayFail(conjunct)) {
      units.push({ columns, conjuncts: [conjunct], operations, behind: position });
      return;
    }
    const key = [...columns.keys()].sort((a, b) => a - b).join();
    let unit = open.get(key);
    if (!unit || unit.operations + operations > STAGE_OPERATIONS) {
      unit = { columns, conjuncts: [], operations: 0, behind: undefined };
      open.set(key, unit);
      units.push(unit);
    }
    unit.conjuncts.push(conjunct);
    unit.operations += operations;
  });
  return units;
}

function costOf({ columns, conjuncts }: Unit, loaded: ReadonlySet<number>): number {
  let cost = conjuncts.some(isTextSearch) ? 2 : 0;
  for (const [column, type] of columns) if (!loaded.has(column)) cost += loadCost(type);
  return cost / Math.min(conjuncts.length, 2);
}

/** The columns that an expression names, by their index in the schema. */
export function columnsOf(expression: BoundExpression): ReadonlySet<number> {
  return new Set(columnTypesOf(expression).keys());
}

function columnTypesOf(expression: BoundExpression): Map<number, DataType> {
  const columns = new Map<number, DataType>();
  const visit = (node: BoundExpression): void => {
    if (node.kind === 'column') columns.set(node.index, node.type);
    else operandsOf(node).forEach(visit);
  };
  visit(expression);
  return columns;
}

/** Whether a value takes more than a few instructions: a function of text. */
function isTextSearch(expression: BoundExpression): boolean {
  const operands = operandsOf(expression);
  const calls =
    expression.kind === 'function' ||
    (expression.kind === 'call' && (expression.operator === 'like' || expression.operator === 'ilike'));
  return (calls && operands.some(({ type }) => type.kind === 'utf8')) || operands.some(isTextSearch);
}
