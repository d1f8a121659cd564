import { type ArithmeticOperator, arithmeticTypes, isNumber } from './arithmetic-type.ts';
import { SluiceError } from './error.ts';
import type { BoundExpression } from './expression.ts';
import { call, castTo, isNull, isText, isUntypedNull, literal, untypedNull } from './fold.ts';
import { BOOL, FLOAT64, formatType, INT32, INT64 } from './types.ts';

const SYMBOLS: Record<ArithmeticOperator, string> = {
  add: '+',
  subtract: '-',
  multiply: '*',
  divide: '/',
  integer_divide: '//',
  modulo: '%',
};

/** `a operator b`, typed as DuckDB types it. */
export function bindArithmetic(operator: ArithmeticOperator, a: BoundExpression, b: BoundExpression): BoundExpression {
  if (isUntypedNull(a) || isUntypedNull(b)) return nullArithmetic(operator, a, b);
  const dates = dateArithmetic(operator, a, b);
  if (dates) return dates;
  const types = arithmeticTypes(operator, a.type, b.type);
  if (!types) {
    throw new SluiceError(
      'type',
      `there is no ${formatType(a.type)} ${SYMBOLS[operator]} ${formatType(b.type)}${isText(a) || isText(b) ? '; write a cast' : ''}`,
    );
  }
  // DuckDB takes a NULL constant for the result of decimal arithmetic and forgets the type.
  if (types.result.kind === 'decimal' && (isNull(a) || isNull(b))) return untypedNull();
  const [left, right] = [castTo(a, types.left), castTo(b, types.right)];
  // A remainder of decimals that is too wide for one is computed in double; by zero it stays NULL, as decimals have it.
  const inDoubles = operator === 'modulo' && types.result.kind === 'float64' && !isDouble(a) && !isDouble(b);
  return call(operator, [left, inDoubles ? nullIfZero(right) : right], types.result);
}

const isDouble = ({ type }: BoundExpression): boolean => type.kind === 'float64';

function nullIfZero(value: BoundExpression): BoundExpression {
  const isZero = call('eq', [value, literal(FLOAT64, 0)], BOOL);
  return call('case', [isZero, literal(FLOAT64, null), value], FLOAT64);
}

/** Days added to dates, and the days between dates; undefined when the operands are something else. */
function dateArithmetic(
  operator: ArithmeticOperator,
  a: BoundExpression,
  b: BoundExpression,
): BoundExpression | undefined {
  const [x, y] = [a.type.kind, b.type.kind];
  if (operator === 'add' && x === 'int32' && y === 'date') return call('add', [b, a], b.type);
  if ((operator === 'add' || operator === 'subtract') && x === 'date' && y === 'int32')
    return call(operator, [a, b], a.type);
  if (operator === 'subtract' && x === 'date' && y === 'date') return call('subtract', [a, b], INT64);
  if (operator === 'subtract' && isPoint(a) && isPoint(b)) {
    throw new SluiceError('unsupported', 'the time between two timestamps is an interval; date_diff gives a number');
  }
  return undefined;
}

const isPoint = ({ type }: BoundExpression): boolean => type.kind === 'date' || type.kind === 'timestamp';

/** NULL of the type that the other operand would have given. */
function nullArithmetic(operator: ArithmeticOperator, a: BoundExpression, b: BoundExpression): BoundExpression {
  if (isUntypedNull(a) && isUntypedNull(b)) return literal(operator === 'divide' ? FLOAT64 : INT64, null);
  const { type } = isUntypedNull(a) ? b : a;
  if (type.kind === 'date' && operator === 'subtract') return literal(isUntypedNull(a) ? INT64 : type, null);
  if (type.kind === 'date' && operator === 'add') return literal(type, null);
  if (type.kind === 'timestamp' && (operator === 'add' || (operator === 'subtract' && isUntypedNull(b)))) {
    return literal(type, null);
  }
  if (!isNumber(type))
    throw new SluiceError('type', `there is no ${SYMBOLS[operator]} of ${formatType(type)} and NULL`);
  if (operator === 'divide') return literal(FLOAT64, null);
  if (type.kind !== 'decimal') return literal(type, null);
  return literal(operator === 'integer_divide' ? FLOAT64 : INT32, null);
}

/** `-a`. */
export function bindNegate(arg: BoundExpression): BoundExpression {
  if (isUntypedNull(arg)) return literal(INT64, null);
  if (isNull(arg) && arg.type.kind === 'decimal') return untypedNull();
  if (isNumber(arg.type)) return call('negate', [arg], arg.type);
  throw new SluiceError('type', `a ${formatType(arg.type)} has no negative`);
}
