import { asDecimal } from './arithmetic-type.ts';
import { type BoundExpression, operandsOf } from './expression.ts';
import { overloadOf } from './functions.ts';
import type { DataType } from './types.ts';

/** Whether an expression may throw `bad-value` for some row, itself or in one of its operands. */
export function mayFail(expression: BoundExpression): boolean {
  return nodeMayFail(expression) || operandsOf(expression).some(mayFail);
}

/** Whether the outermost operation may throw `bad-value` when its operands do not. */
function nodeMayFail(expression: BoundExpression): boolean {
  switch (expression.kind) {
    case 'column':
    case 'literal':
      return false;
    case 'cast':
      return !expression.try && castMayFail(expression.arg.type, expression.type);
    case 'function':
      return overloadOf(expression.overload).fails ?? false;
    case 'call':
      switch (expression.operator) {
        case 'add':
        case 'subtract':
        case 'multiply':
          return arithmeticMayFail(expression.args, expression.type);
        case 'negate':
        case 'integer_divide':
        case 'modulo':
          return expression.type.kind === 'int32' || expression.type.kind === 'int64';
        case 'like':
        case 'ilike':
          return hasEscape(expression.args[2]);
        default:
          return false;
      }
  }
}

/** A pattern that ends with its escape character is an error. */
function hasEscape(escapeWith: BoundExpression | undefined): boolean {
  return escapeWith !== undefined && !(escapeWith.kind === 'literal' && escapeWith.value === '');
}

/** Sums and products of decimals have room for every result until their digits are capped, at 18 and at 38. */
function arithmeticMayFail(args: readonly BoundExpression[], type: DataType): boolean {
  switch (type.kind) {
    case 'float64':
      return false;
    case 'decimal':
      return type.precision === 18 || type.precision === 38;
    default:
      return !args.every((arg) => arg.type.kind === 'date');
  }
}

/** Whether some value of `from` does not fit into `to`. */
export function castMayFail(from: DataType, to: DataType): boolean {
  if (to.kind === 'utf8' || to.kind === 'bool') return from.kind === 'utf8' && to.kind === 'bool';
  if (from.kind === 'utf8' || from.kind === 'date') return from.kind !== to.kind;
  if (from.kind === 'timestamp' || to.kind === 'float64') return false;
  if (from.kind === 'float64') return true;
  const source = from.kind === 'bool' ? { precision: 1, scale: 0 } : asDecimal(from);
  const target = asDecimal(to);
  if (!source || !target) return false;
  if (from.kind === to.kind && from.kind !== 'decimal') return false;
  const shift = target.scale - source.scale;
  // Cutting digits may round up to one more: 9.99 becomes 10.0.
  const digits = Math.max(source.precision + shift + (shift < 0 ? 1 : 0), 1);
  // Not every number of 10 digits is an int32, nor one of 19 digits an int64.
  return digits > (to.kind === 'decimal' ? target.precision : target.precision - 1);
}
