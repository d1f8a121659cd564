import { SluiceError } from '../../../query/error.ts';
import type { BoundExpression, Operator } from '../../../query/expression.ts';
import { type DataType, formatType } from '../../../query/types.ts';
import type { Call, Compiler } from './compiler.ts';
import type { Emitter, NumberValue } from './emitter.ts';
import { boundOf, certainlyWithin, emptyOf, exactNumber, isLong } from './representation.ts';

const SYMBOLS: Partial<Record<Operator, string>> = { add: '+', subtract: '-', multiply: '*', modulo: '%' };
const NOUNS: Partial<Record<Operator, string>> = {
  add: 'an addition',
  subtract: 'a subtraction',
  multiply: 'a multiplication',
  integer_divide: 'a division',
  negate: 'a negation',
};

/** Emits one arithmetic operation. Integers and decimals stay exact: what might not escapes, or throws `bad-value`. */
export function arithmetic(compiler: Compiler, { operator, args, type }: Call): NumberValue {
  const { emitter } = compiler;
  const operands = args.map((arg) => exactNumber(emitter, compiler.value(arg), arg.type));
  const [left, right = left] = operands as [NumberValue, NumberValue?];
  const isNull = emitter.anyNull(operands);
  if (type.kind === 'float64') return doubles(emitter, operator, left, right, isNull);
  if (type.kind === 'date' || args[0]?.type.kind === 'date')
    return dates(emitter, operator, left, right, isNull, type, args);
  const a = left.value;
  const b = right.value;
  const bigints = isLong(type) && emitter.mode === 'exact';
  const zero = bigints ? '0n' : '0';
  const made = (code: string, bound: number, nulls = isNull): NumberValue => ({
    kind: 'number',
    isNull: nulls,
    value: emitter.variable(code),
    bound,
  });
  if (operator === 'integer_divide' || operator === 'modulo') {
    const byZero = emitter.variable(`${b} === ${zero}`);
    const nulls = isNull ? emitter.variable(`${isNull} || ${byZero}`) : byZero;
    const divisor = emitter.variable(`${byZero} ? ${bigints ? '1n' : '1'} : ${b}`);
    // The remainder of doubles is exact and so is the division that follows; "+ 0" turns -0 into 0.
    if (operator === 'modulo') {
      refuseLeastByMinusOne(emitter, left, right, nulls, type);
      return made(`${a} % ${divisor}${bigints ? '' : ' + 0'}`, Math.min(left.bound, right.bound), nulls);
    }
    const code = bigints ? `${a} / ${divisor}` : `(${a} - ${a} % ${divisor}) / ${divisor} + 0`;
    return checked(emitter, made(code, left.bound, nulls), NOUNS[operator], type);
  }
  if (operator === 'negate') return checked(emitter, made(`${zero} - ${a}`, left.bound), NOUNS[operator], type);
  const code = `${a} ${symbolOf(operator)} ${b}${operator === 'multiply' && !bigints ? ' + 0' : ''}`;
  const bound = operator === 'multiply' ? left.bound * right.bound : left.bound + right.bound;
  return checked(emitter, made(code, bound), NOUNS[operator], type);
}

/** The quotient of the least integer and -1 has no room, and SQL refuses the remainder with it. */
function refuseLeastByMinusOne(
  emitter: Emitter,
  left: NumberValue,
  right: NumberValue,
  isNull: string,
  type: DataType,
): void {
  if (type.kind === 'decimal' || left.bound < boundOf(type)) return;
  const fast = emitter.mode === 'fast';
  const digits = type.kind === 'int32' ? '2147483648' : '9223372036854775808';
  const suffix = !fast && isLong(type) ? 'n' : '';
  const what = emitter.constant(`overflow: the result of a division is out of the range of ${formatType(type)}`);
  const condition = `!(${isNull}) && ${left.value} === -${digits}${suffix} && ${right.value} === -1${suffix}`;
  emitter.line(`if (${condition}) ${fast ? emitter.escape : `R.badValue(${what});`}`);
}

function doubles(
  emitter: Emitter,
  operator: Operator,
  { value: a }: NumberValue,
  { value: b }: NumberValue,
  isNull: string,
): NumberValue {
  const made = (code: string, nulls = isNull): NumberValue => ({
    kind: 'number',
    isNull: nulls,
    value: emitter.variable(code),
    bound: Number.POSITIVE_INFINITY,
  });
  if (operator === 'negate') return made(`-${a}`);
  if (operator === 'divide') return made(`${a} / ${b}`);
  if (operator !== 'integer_divide') return made(`${a} ${symbolOf(operator)} ${b}`);
  // DuckDB's // of doubles is / but for the zero.
  const nulls = emitter.variable(isNull ? `${isNull} || ${b} === 0` : `${b} === 0`);
  return made(`${nulls} ? 0 : ${a} / ${b}`, nulls);
}

/** date ± int32, date - date. */
function dates(
  emitter: Emitter,
  operator: Operator,
  left: NumberValue,
  right: NumberValue,
  isNull: string,
  type: DataType,
  args: readonly BoundExpression[],
): NumberValue {
  const number = (value: NumberValue, of: DataType | undefined) =>
    emitter.mode === 'exact' && of?.kind === 'int64' ? `Number(${value.value})` : value.value;
  const code = `${number(left, args[0]?.type)} ${symbolOf(operator)} ${number(right, args[1]?.type)}`;
  const long = emitter.mode === 'exact' && type.kind === 'int64';
  const value = emitter.variable(long ? `BigInt(${code})` : code);
  const result: NumberValue = { kind: 'number', isNull, value, bound: left.bound + right.bound };
  return type.kind === 'date' ? checked(emitter, result, NOUNS[operator], type) : result;
}

/**
 * Lets a result pass if it is in its type's range; otherwise the row escapes, or the exact variant throws. With
 * `orNull` a value out of range is NULL instead, and no row escapes but for integers beyond ±2^53.
 */
export function checked(
  emitter: Emitter,
  result: NumberValue,
  noun: string | undefined,
  type: DataType,
  orNull = false,
): NumberValue {
  const { value, isNull } = result;
  const fast = emitter.mode === 'fast';
  if (isNull === 'true') return result;
  const guard = isNull === '' ? '' : `!(${isNull}) && `;
  let { bound } = result;
  if (fast && isLong(type) && bound > Number.MAX_SAFE_INTEGER) {
    emitter.line(`if (${guard}!(${value} <= 9007199254740991 && ${value} >= -9007199254740991)) ${emitter.escape}`);
    bound = Number.MAX_SAFE_INTEGER;
  }
  const range = rangeOf(value, type, fast);
  if (bound <= range.certain) return { ...result, bound };
  if (orNull) {
    const nulls = emitter.variable(`${isNull === '' ? '' : `${isNull} || `}${range.outside}`);
    const kept = emitter.variable(`${nulls} ? ${emptyOf(type, emitter.mode)} : ${value}`);
    return { kind: 'number', isNull: nulls, value: kept, bound: range.bound };
  }
  if (fast) emitter.line(`if (${guard}${range.outside}) ${emitter.escape}`);
  else {
    const what = emitter.constant(`overflow: the result of ${noun} is out of the range of ${formatType(type)}`);
    emitter.line(`if (${guard}${range.outside}) R.badValue(${what});`);
  }
  return { ...result, bound: range.bound };
}

interface Range {
  /** A condition that holds for values which the type cannot hold. */
  readonly outside: string;
  /** No need to look where the bound is at most this. */
  readonly certain: number;
  /** The bound of values that the type can hold. */
  readonly bound: number;
}

function rangeOf(value: string, type: DataType, fast: boolean): Range {
  const bound = boundOf(type);
  const certain = certainlyWithin(type);
  if (type.kind === 'int32' || type.kind === 'date')
    return { outside: `(${value} > 2147483647 || ${value} < -2147483648)`, certain: certain - 1, bound };
  if (type.kind !== 'decimal') return { outside: `BigInt.asIntN(64, ${value}) !== ${value}`, certain, bound };
  const limit = `${10n ** BigInt(type.precision)}${fast ? '' : 'n'}`;
  return { outside: `(${value} >= ${limit} || ${value} <= -${limit})`, certain, bound };
}

function symbolOf(operator: Operator): string {
  const symbol = SYMBOLS[operator];
  if (!symbol) throw new SluiceError('internal', `the js lane has no code for the operator "${operator}"`);
  return symbol;
}
