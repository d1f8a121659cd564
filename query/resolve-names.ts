import { schemaScope } from './bind-scope.ts';
import { currentTime, isCurrentTime } from './current-time.ts';
import { SluiceError } from './error.ts';
import type { Expression } from './expression.ts';
import { ExpressionBudget } from './expression-limits.ts';
import { findFunction } from './functions.ts';
import type { LogicalPlan, OrderKey } from './logical-plan.ts';
import type { Schema } from './types.ts';

/** A plan whose columns are all columns of the schema, spelled as there: no aliases, ordinals or stars remain. */
export interface ResolvedPlan {
  readonly text: string;
  readonly object: string;
  readonly filter?: Expression;
  readonly select: readonly { readonly name: string; readonly expression: Expression }[];
  readonly distinct: boolean;
  readonly groupBy: readonly Expression[];
  readonly having?: Expression;
  readonly orderBy: readonly OrderKey[];
  readonly limit?: number;
  readonly offset: number;
}

type Named = ResolvedPlan['select'][number];

/**
 * Gives every name its meaning, as DuckDB does: a column of the table comes before an alias of a select item, but a
 * sort key that is just a name means the alias first. Throws `unknown-name` and `unsupported` with their places.
 */
export function resolveNames(plan: LogicalPlan, schema: Schema): ResolvedPlan {
  const budget = new ExpressionBudget();
  const columns = schemaScope(schema);
  const select: Named[] = [];
  const aliases = new Map<string, Expression>();
  const fail = (code: 'type' | 'unknown-name' | 'unsupported', message: string, at: number | undefined): SluiceError =>
    new SluiceError(code, message, at === undefined ? undefined : { text: plan.text, offset: at });

  const resolve = (expression: Expression, depth = 0): Expression => {
    try {
      budget.visit(depth);
    } catch (error) {
      throw fail('unsupported', (error as Error).message, expression.at);
    }
    switch (expression.kind) {
      case 'literal':
        return expression;
      case 'cast':
        return { ...expression, arg: resolve(expression.arg, depth + 1) };
      case 'call':
        if (isCurrentTime(expression.function)) return currentTime(expression);
        return {
          ...expression,
          args: expression.args.map((arg) => resolve(arg, depth + 1)),
          ...(expression.filter && { filter: resolve(expression.filter, depth + 1) }),
        };
      case 'column': {
        const column = columns.resolve(expression);
        if (column?.kind === 'column') return { ...expression, name: column.name };
        const alias = aliases.get(expression.name.toLowerCase());
        if (alias) return copy(alias, depth);
        // SQL's current_date and current_timestamp are functions without parentheses.
        if (isCurrentTime(expression.name))
          return currentTime({ ...expression, kind: 'call', function: expression.name, args: [] });
        throw fail('unknown-name', unknownColumn(expression.name, schema), expression.at);
      }
    }
  };
  // Aliases of aliases can double an expression each time: what is copied counts again.
  const copy = (expression: Expression, depth: number): Expression => resolve(expression, depth);

  for (const item of plan.select) {
    if (item.kind === 'star') {
      for (const { name, isMember } of schema)
        if (!isMember) select.push({ name, expression: { kind: 'column', name, at: item.at } });
      continue;
    }
    const expression = resolve(item.expression);
    const name = !item.named && expression.kind === 'column' ? expression.name : item.name;
    select.push({ name, expression });
    if (item.named && !aliases.has(name.toLowerCase())) aliases.set(name.toLowerCase(), expression);
  }

  /** An integer literal at the top is the place of a select item; undefined when it is none. */
  const ordinal = (expression: Expression, clause: string): Expression | undefined => {
    if (expression.kind !== 'literal' || expression.value === null) return undefined;
    if (expression.type.kind !== 'int32' && expression.type.kind !== 'int64') return undefined;
    const item = select[Number(expression.value) - 1];
    if (item) return item.expression;
    throw fail(
      'unknown-name',
      `${clause} ${expression.value} is not between 1 and ${select.length}, the columns of the result`,
      expression.at,
    );
  };
  const sortExpression = (expression: Expression): Expression => {
    const alias = expression.kind === 'column' ? aliases.get(expression.name.toLowerCase()) : undefined;
    const meant = alias ?? ordinal(expression, 'ORDER BY');
    if (meant) return meant;
    if (expression.kind === 'literal' && isPlainConstant(expression))
      throw fail(
        'type',
        'ORDER BY a constant has no effect; a whole number means that column of the result',
        expression.at,
      );
    return resolve(expression);
  };

  const groupBy =
    plan.groupBy === 'all'
      ? select.map(({ expression }) => expression).filter((expression) => !hasAggregate(expression))
      : plan.groupBy.map((expression) => ordinal(expression, 'GROUP BY') ?? resolve(expression));
  return {
    text: plan.text,
    object: plan.table.name,
    ...(plan.filter && { filter: resolve(plan.filter) }),
    select,
    distinct: plan.distinct,
    groupBy,
    ...(plan.having && { having: resolve(plan.having) }),
    orderBy: plan.orderBy.map((key) => ({ ...key, expression: sortExpression(key.expression) })),
    ...(plan.limit !== undefined && { limit: plan.limit }),
    offset: plan.offset,
  };
}

/** As the query writes numbers, texts and NULL; TRUE and DATE '…' are expressions to DuckDB. */
function isPlainConstant({ type, value }: Extract<Expression, { kind: 'literal' }>): boolean {
  return value === null || type.kind === 'utf8' || type.kind === 'decimal' || type.kind === 'float64';
}

function unknownColumn(name: string, schema: Schema): string {
  const table = /^([^.]+)\../.exec(name)?.[1];
  const orTable = table === undefined ? '' : `, and no table "${table}" in FROM`;
  const columns = schema.filter(({ isMember }) => !isMember);
  const shown = columns.slice(0, 20).map((field) => field.name);
  return `there is no column "${name}"${orTable}; there are ${shown.join(', ')}${columns.length > shown.length ? ', …' : ''}`;
}

export function hasAggregate(expression: Expression): boolean {
  if (expression.kind === 'cast') return hasAggregate(expression.arg);
  if (expression.kind !== 'call') return false;
  return isAggregate(expression) || expression.args.some(hasAggregate);
}

export function isAggregate(expression: Expression): boolean {
  return expression.kind === 'call' && findFunction(expression.function)?.kind === 'aggregate';
}

/** Equal for expressions that mean the same column of values, wherever in the text they stand. */
export function identityOf(expression: Expression): string {
  return JSON.stringify(expression, (key, value) => (key === 'at' ? undefined : value));
}
