import type { BoundExpression } from './expression.ts';
import { operandsOf } from './expression.ts';
import { overloadOf } from './functions.ts';
import type { DataType } from './types.ts';

/**
 * Whether computing the expression can end in `bad-value` for some row. Such an expression must not be computed for
 * rows that do not reach it.
 */
export function mayFail(expression: BoundExpression): boolean {
  return failsItself(expression) || operandsOf(expression).some(mayFail);
}

function failsItself(expression: BoundExpression): boolean {
  switch (expression.kind) {
    case 'call':
      switch (expression.operator) {
        case 'add':
        case 'subtract':
        case 'multiply':
        case 'integer_divide':
        case 'negate':
          return expression.type.kind !== 'float64';
        case 'like':
        case 'ilike':
          return true;
        default:
          return false;
      }
    case 'function':
      return overloadOf(expression.overload).fails === true;
    case 'cast':
      return !expression.try && !losesNothing(expression.arg.type, expression.type);
    default:
      return false;
  }
}

function losesNothing(from: DataType, to: DataType): boolean {
  if (to.kind === 'utf8' || to.kind === 'bool') return from.kind !== 'utf8' || to.kind === 'utf8';
  if (from.kind === 'utf8') return false;
  if (to.kind === 'float64') return true;
  if (to.kind === 'int64') return from.kind === 'int32' || from.kind === 'bool';
  if (to.kind === 'int32') return from.kind === 'bool';
  return to.kind === 'date' && from.kind === 'timestamp';
}
