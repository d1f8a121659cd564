import { type BoundExpression, operandsOf } from '../../query/expression.ts';
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

/**
 * Orders a filter's conjuncts so that cheap and few columns come first: those over the same columns form one stage, and
 * stages go by the cost of the columns that they add. The order of the text decides ties, so that plans are stable.
 */
export function planFilterStages(conjuncts: readonly BoundExpression[]): readonly FilterStage[] {
  const groups = new Map<string, { columns: Map<number, DataType>; conjuncts: BoundExpression[] }>();
  for (const conjunct of conjuncts) {
    const columns = columnTypesOf(conjunct);
    const key = [...columns.keys()].sort((a, b) => a - b).join();
    const group = groups.get(key) ?? { columns, conjuncts: [] };
    group.conjuncts.push(conjunct);
    groups.set(key, group);
  }
  const waiting = [...groups.values()];
  const loaded = new Set<number>();
  const stages: FilterStage[] = [];
  while (waiting.length > 0) {
    const costs = waiting.map(({ columns, conjuncts: own }) => {
      let cost = own.some(isTextSearch) ? 2 : 0;
      for (const [column, type] of columns) if (!loaded.has(column)) cost += loadCost(type);
      return cost / Math.min(own.length, 2);
    });
    const [next] = waiting.splice(costs.indexOf(Math.min(...costs)), 1);
    if (!next) break;
    const columns = [...next.columns.keys()].filter((column) => !loaded.has(column)).sort((a, b) => a - b);
    for (const column of columns) loaded.add(column);
    stages.push({ columns, conjuncts: next.conjuncts });
  }
  return stages;
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

function isTextSearch(expression: BoundExpression): boolean {
  return (expression.kind === 'call' && expression.operator === 'like') || operandsOf(expression).some(isTextSearch);
}
