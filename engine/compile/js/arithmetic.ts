import { SluiceError } from '../../../query/error.ts';
import type { BoundExpression, Operator } from '../../../query/expression.ts';
import { type DataType, formatType } from '../../../query/types.ts';
import type { Emitter, NumberValue, Value } from './emitter.ts';

const SYMBOLS: Partial<Record<Operator, string>> = { add: '+', subtract: '-', multiply: '*', modulo: '%' };
const NOUNS: Partial<Record<Operator, string>> = {
  add: 'an addition',
  subtract: 'a subtraction',
  multiply: 'a multiplication',
  integer_divide: 'a division',
  negate: 'a negation',
};

/** Emits one arithmetic operation. Integers and decimals stay exact: what might not escapes, or throws `bad-value`. */
export function arithmetic(
  emitter: Emitter,
  operator: Operator,
  values: readonly Value[],
  args: readonly BoundExpression[],
  type: DataType,
): Value {
  const operands = values.map(numeric);
  const [left, right = left] = operands as [NumberValue, NumberValue?];
  const symbol = SYMBOLS[operator];
  let isNull = emitter.anyNull(operands);
  const a = left.value;
  const b = right.value;
  if (type.kind === 'float64') {
    const code =
      operator === 'negate' ? `-${a}` : operator === 'divide' ? `${a} / ${b}` : symbol && `${a} ${symbol} ${b}`;
    if (!code) throw unknown(operator);
    return { kind: 'number', isNull, value: emitter.variable(code), bound: Number.POSITIVE_INFINITY };
  }
  if (type.kind === 'date' || args[0]?.type.kind === 'date')
    return dateArithmetic(emitter, operator, left, right, isNull, type, args);
  const long = type.kind !== 'int32';
  const bigints = long && emitter.mode === 'exact';
  if (operator === 'integer_divide' || operator === 'modulo') {
    const byZero = emitter.variable(`${b} === ${bigints ? '0n' : '0'}`);
    isNull = isNull ? emitter.variable(`${isNull} || ${byZero}`) : byZero;
    const divisor = emitter.variable(`${byZero} ? ${bigints ? '1n' : '1'} : ${b}`);
    // The remainder of doubles is exact and so is the division that follows; "+ 0" turns -0 into 0.
    if (operator === 'modulo') {
      const bound = Math.min(left.bound, right.bound);
      return { kind: 'number', isNull, value: emitter.variable(`${a} % ${divisor}${bigints ? '' : ' + 0'}`), bound };
    }
    const value = emitter.variable(bigints ? `${a} / ${divisor}` : `(${a} - ${a} % ${divisor}) / ${divisor} + 0`);
    return checked(emitter, { kind: 'number', isNull, value, bound: left.bound }, operator, type, true);
  }
  if (operator === 'negate') {
    const value = emitter.variable(`${bigints ? '0n' : '0'} - ${a}`);
    return checked(emitter, { kind: 'number', isNull, value, bound: left.bound }, operator, type, true);
  }
  if (!symbol) throw unknown(operator);
  const value = emitter.variable(`${a} ${symbol} ${b}${operator === 'multiply' && !bigints ? ' + 0' : ''}`);
  const bound = operator === 'multiply' ? left.bound * right.bound : left.bound + right.bound;
  return checked(emitter, { kind: 'number', isNull, value, bound }, operator, type, false);
}

function dateArithmetic(
  emitter: Emitter,
  operator: Operator,
  left: NumberValue,
  right: NumberValue,
  isNull: string,
  type: DataType,
  args: readonly BoundExpression[],
): Value {
  if (operator !== 'add' && operator !== 'subtract') throw unknown(operator);
  // date ± int64 arrives only when the binder lets it; both sides are made numbers first.
  const number = (value: NumberValue, of: DataType | undefined) =>
    emitter.mode === 'exact' && of?.kind === 'int64' ? `Number(${value.value})` : value.value;
  const code = `${number(left, args[0]?.type)} ${SYMBOLS[operator]} ${number(right, args[1]?.type)}`;
  const bound = left.bound + right.bound;
  if (type.kind === 'date')
    return checked(emitter, { kind: 'number', isNull, value: emitter.variable(code), bound }, operator, type, false);
  const long = emitter.mode === 'exact' && type.kind === 'int64';
  return { kind: 'number', isNull, value: emitter.variable(long ? `BigInt(${code})` : code), bound };
}

/** Lets a result pass if it is in its type's range; otherwise the row escapes, or the exact variant throws. */
export function checked(
  emitter: Emitter,
  result: NumberValue,
  operator: Operator | 'cast',
  type: DataType,
  mayReachMinimum: boolean,
): NumberValue {
  const small = type.kind === 'int32' || type.kind === 'date';
  const limit = small ? 2147483647 : Number.MAX_SAFE_INTEGER;
  if (result.bound <= limit) return result;
  const { value, isNull } = result;
  const guard = isNull === '' ? '' : `!(${isNull}) && `;
  if (isNull === 'true') return result;
  const noun = emitter.constant(
    `overflow: the result of ${operator === 'cast' ? 'a cast' : (NOUNS[operator] ?? operator)} is out of the range of ${formatType(type)}`,
  );
  if (small) {
    const outside = `(${value} > 2147483647 || ${value} < -2147483648)`;
    emitter.line(`if (${guard}${outside}) ${emitter.mode === 'fast' ? emitter.escape : `R.badValue(${noun});`}`);
    return { ...result, bound: 2147483648 };
  }
  if (emitter.mode === 'fast') {
    const outside = `(${value} > 9007199254740991 || ${value} < -9007199254740991)`;
    emitter.line(`if (${guard}${outside}) ${emitter.escape}`);
    return { ...result, bound: Number.MAX_SAFE_INTEGER };
  }
  if (!mayReachMinimum || result.bound >= 2 ** 63)
    emitter.line(`if (${guard}BigInt.asIntN(64, ${value}) !== ${value}) R.badValue(${noun});`);
  return { ...result, bound: 2 ** 63 };
}

function numeric(value: Value): NumberValue {
  if (value.kind === 'number') return value;
  throw new SluiceError('internal', 'the js lane was given text where a number belongs');
}

function unknown(operator: Operator): SluiceError {
  return new SluiceError('internal', `the js lane has no code for the operator "${operator}"`);
}
