import { bindExpression } from './bind-scope.ts';
import type { Expression } from './expression.ts';
import { findFunction } from './functions.ts';
import { literalOf } from './literal.ts';
import type { LogicalPlan } from './logical-plan.ts';

/** The functions that a query asks once, so that all its rows and fragments see one time. */
export function isCurrentTime(name: string): boolean {
  const entry = findFunction(name);
  return entry?.name === 'now' || entry?.name === 'today';
}

/** The time as of now in place of what asks for it. */
export function currentTime(expression: Expression): Expression {
  const bound = bindExpression(expression, []);
  return bound.kind === 'literal' ? literalOf(bound.type, bound.value, expression.at) : expression;
}

/** Whether the plan may mean something else at another time. */
export function dependsOnTime({ filter, select, groupBy, having, orderBy }: LogicalPlan): boolean {
  const selected = select.flatMap((item) => (item.kind === 'star' ? [] : [item.expression]));
  const keys = [...(groupBy === 'all' ? [] : groupBy), ...orderBy.map(({ expression }) => expression)];
  return [...selected, ...keys, filter, having].some((expression) => expression && asksForTime(expression));
}

function asksForTime(expression: Expression): boolean {
  switch (expression.kind) {
    case 'literal':
      return false;
    case 'column':
      // `current_date` is written like a column.
      return isCurrentTime(expression.name);
    case 'cast':
      return asksForTime(expression.arg);
    case 'call': {
      const { args, filter } = expression;
      return isCurrentTime(expression.function) || [...args, filter].some((operand) => operand && asksForTime(operand));
    }
  }
}
