import { bindAggregate, bindFragment } from './bind.ts';
import { bindPredicate, bindScoped, type Scope, schemaScope } from './bind-scope.ts';
import { SluiceError } from './error.ts';
import type { AggregateFunction, BoundExpression, Expression, NamedAggregate } from './expression.ts';
import type { Fragment, LaneName } from './fragment.ts';
import { FragmentColumns } from './fragment-columns.ts';
import { findFunction } from './functions.ts';
import type { PlannedQuery } from './residual.ts';
import { hasAggregate, identityOf, isAggregate, type ResolvedPlan } from './resolve-names.ts';
import type { Schema } from './types.ts';

/**
 * A plan with groups: the scan gives keys and aggregates, the residual computes what stands above them.
 * SELECT DISTINCT without groups is a grouping by all its columns.
 */
export function planGroups(plan: ResolvedPlan, schema: Schema, lane: LaneName): PlannedQuery {
  const scan = schemaScope(schema, plan.text);
  const at = (expression: Expression) =>
    expression.at === undefined ? undefined : { text: plan.text, offset: expression.at };
  const aggregated = [...plan.select, ...plan.orderBy].some(({ expression }) => hasAggregate(expression));
  const grouped = plan.groupBy.length > 0 || plan.having !== undefined || aggregated;
  const keys = new FragmentColumns();
  for (const key of grouped ? plan.groupBy : plan.select.map(({ expression }) => expression)) {
    if (hasAggregate(key)) throw new SluiceError('type', 'GROUP BY cannot contain aggregates', at(key));
    keys.add(key);
  }
  const keyTypes = keys.named().map(({ expression }) => bindScoped(expression, scan).type);
  const aggregates = new FragmentColumns();

  const resolve = (expression: Expression): BoundExpression | undefined => {
    const key = keys.find(expression);
    if (key) return { kind: 'column', ...key, type: keyTypes[key.index]! };
    if (isAggregate(expression)) {
      const { index, name } = aggregates.add(expression);
      const { type } = bindAggregate(aggregateOf(name, expression), scan);
      return { kind: 'column', index: keys.size + index, name, type };
    }
    if (expression.kind !== 'column') return undefined;
    const clause = grouped ? 'GROUP BY or in an aggregate' : 'the list of SELECT DISTINCT';
    throw new SluiceError('type', `the column "${expression.name}" must appear in ${clause}`, at(expression));
  };
  const rest: Scope = { resolve, text: plan.text };
  const columns = plan.select.map(({ name, expression }) => ({ name, expression: bindScoped(expression, rest) }));
  const having = plan.having && bindPredicate(plan.having, rest);
  if (plan.distinct && grouped) checkDistinctOrder(plan);
  const orderBy = plan.orderBy.map((key) => ({ ...key, expression: bindScoped(key.expression, rest) }));
  // A group without keys and aggregates still is a row.
  if (keys.size + aggregates.size === 0) aggregates.add({ kind: 'call', function: 'count_star', args: [] });

  const fragment: Fragment = {
    version: 1,
    object: plan.object,
    lane,
    ...(plan.filter && { filter: plan.filter }),
    output: {
      kind: 'groups',
      keys: keys.named(),
      aggregates: aggregates.named().map(({ name, expression }) => aggregateOf(name, expression)),
    },
  };
  const { output } = bindFragment(fragment, schema, plan.text);
  const aggregateFields = output.kind === 'groups' ? output.aggregates : [];
  return {
    fragment,
    residual: {
      input: [
        ...keys.named().map(({ name }, index) => ({ name, type: keyTypes[index]! })),
        ...aggregateFields.map(({ name, type }) => ({ name, type })),
      ],
      ...(having && { having }),
      orderBy,
      columns,
      distinct: plan.distinct && grouped,
      ...(plan.limit !== undefined && { limit: plan.limit }),
      offset: plan.offset,
    },
  };
}

/** A sort key of DISTINCT rows must be one of their columns: rows that are equal have only those in common. */
function checkDistinctOrder(plan: ResolvedPlan): void {
  const selected = new Set(plan.select.map(({ expression }) => identityOf(expression)));
  for (const { expression } of plan.orderBy) {
    if (selected.has(identityOf(expression))) continue;
    const position = expression.at === undefined ? undefined : { text: plan.text, offset: expression.at };
    throw new SluiceError('type', 'with SELECT DISTINCT, ORDER BY takes columns of the result only', position);
  }
}

function aggregateOf(name: string, expression: Expression): NamedAggregate {
  if (expression.kind !== 'call') throw new SluiceError('internal', `${expression.kind} is no aggregate`);
  const fn = findFunction(expression.function)?.name as AggregateFunction;
  const { args, distinct, filter } = expression;
  return { name, function: fn, args, ...(distinct && { distinct }), ...(filter && { filter }) };
}
