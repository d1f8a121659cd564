import { SluiceError } from '../../../query/error.ts';
import { evaluate } from '../../../query/evaluate.ts';
import { type BoundExpression, operandsOf } from '../../../query/expression.ts';
import { formatType, type Scalar } from '../../../query/types.ts';

/** The reference's value, or what it throws. */
export function attempt(expression: BoundExpression, row: readonly Scalar[]): Scalar | SluiceError {
  try {
    return evaluate(expression, row);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'bad-value') return error;
    throw error;
  }
}

const LAZY = ['and', 'or', 'case', 'coalesce'];

/** Whether no part of the expression fails for the row; of lazy operators the value counts, not the parts. */
export function isClean(expression: BoundExpression, row: readonly Scalar[]): boolean {
  if (attempt(expression, row) instanceof SluiceError) return false;
  if (expression.kind === 'call' && LAZY.includes(expression.operator)) return true;
  return operandsOf(expression).every((operand) => isClean(operand, row));
}

/** An expression for people. */
export function shown(expression: BoundExpression): string {
  switch (expression.kind) {
    case 'column':
      return expression.name;
    case 'literal':
      return typeof expression.value === 'string' ? JSON.stringify(expression.value) : String(expression.value);
    case 'cast':
      return `${expression.try ? 'try_cast' : 'cast'}(${shown(expression.arg)} as ${formatType(expression.type)})`;
    default: {
      const name = expression.kind === 'call' ? expression.operator : expression.overload;
      return `${name}(${expression.args.map(shown).join(', ')})`;
    }
  }
}
