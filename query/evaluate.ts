import { castScalar, tryCastScalar } from './cast-value.ts';
import { SluiceError } from './error.ts';
import type { BoundExpression, Operator } from './expression.ts';
import { isStrict, overloadOf } from './functions.ts';
import { matchesIlike, matchesLike } from './like-pattern.ts';
import { type DataType, formatType, type Scalar } from './types.ts';

/**
 * The value of a bound expression over one row: the reference meaning that every lane must agree with. `row[i]` belongs
 * to column index i. Exact in integers and decimals. Throws `bad-value` on overflow, failed casts and operands that a
 * function does not take; but never for a part of CASE, COALESCE, AND or OR that the row does not reach.
 */
export function evaluate(expression: BoundExpression, row: readonly Scalar[]): Scalar {
  switch (expression.kind) {
    case 'column':
      return row[expression.index] ?? null;
    case 'literal':
      return expression.value;
    case 'cast': {
      const cast = expression.try ? tryCastScalar : castScalar;
      return cast(evaluate(expression.arg, row), expression.arg.type, expression.type);
    }
    case 'call':
      return call(expression, row);
    case 'function':
      return callFunction(expression, row);
  }
}

function callFunction(
  { overload, args }: Extract<BoundExpression, { kind: 'function' }>,
  row: readonly Scalar[],
): Scalar {
  const values = args.map((arg) => evaluate(arg, row));
  const strict = isStrict(overload);
  if (strict && values.includes(null)) return null;
  const js = overloadOf(overload).js as (...args: Scalar[]) => Scalar;
  // Where NULLs are ignored all operands are text, and NULL counts as empty.
  return js(...(strict ? values : values.map((value) => value ?? '')));
}

type Call = Extract<BoundExpression, { kind: 'call' }>;

function call({ operator, args, type }: Call, row: readonly Scalar[]): Scalar {
  if (operator === 'and' || operator === 'or') return connect(operator === 'and', args, row);
  if (operator === 'case') return branch(args, row);
  if (operator === 'coalesce') return firstValue(args, row);
  const [left, right] = args as [BoundExpression, BoundExpression];
  const a = evaluate(left, row);
  if (operator === 'is_null') return a === null;
  if (operator === 'is_not_null') return a !== null;
  if (operator === 'in') return a === null ? null : isMember(a, args.slice(1), row);
  if (operator === 'is_distinct_from') return isDistinct(a, evaluate(right, row));
  if (operator === 'is_not_distinct_from') return !isDistinct(a, evaluate(right, row));
  if (operator === 'not') return a === null ? null : !a;
  if (operator === 'negate') return a === null ? null : negate(a, type);
  const b = evaluate(right, row);
  if (a === null || b === null) return null;
  switch (operator) {
    case 'eq':
      return compareScalars(a, b) === 0;
    case 'ne':
      return compareScalars(a, b) !== 0;
    case 'lt':
      return compareScalars(a, b) < 0;
    case 'le':
      return compareScalars(a, b) <= 0;
    case 'gt':
      return compareScalars(a, b) > 0;
    case 'ge':
      return compareScalars(a, b) >= 0;
    case 'like':
    case 'ilike': {
      const escapeCharacter = args[2] ? evaluate(args[2], row) : '';
      if (escapeCharacter === null) return null;
      const matches = operator === 'like' ? matchesLike : matchesIlike;
      return matches(a as string, b as string, escapeCharacter as string);
    }
    default:
      return type.kind === 'float64'
        ? arithmeticOfDoubles(operator, a as number, b as number)
        : arithmeticOfIntegers(operator, BigInt(a as number), BigInt(b as number), type);
  }
}

function branch(args: readonly BoundExpression[], row: readonly Scalar[]): Scalar {
  const last = args.length - 1;
  for (let i = 0; i < last; i += 2) if (evaluate(args[i]!, row) === true) return evaluate(args[i + 1]!, row);
  return evaluate(args[last]!, row);
}

function firstValue(args: readonly BoundExpression[], row: readonly Scalar[]): Scalar {
  for (const arg of args) {
    const value = evaluate(arg, row);
    if (value !== null) return value;
  }
  return null;
}

function isDistinct(a: Scalar, b: Scalar): boolean {
  return a === null || b === null ? a !== b : compareScalars(a, b) !== 0;
}

function connect(isAnd: boolean, args: readonly BoundExpression[], row: readonly Scalar[]): Scalar {
  let unknown = false;
  for (const arg of args) {
    const value = evaluate(arg, row);
    if (value === null) unknown = true;
    else if (value !== isAnd) return !isAnd;
  }
  return unknown ? null : isAnd;
}

function isMember(value: Scalar, list: readonly BoundExpression[], row: readonly Scalar[]): Scalar {
  let unknown = false;
  for (const item of list) {
    const other = evaluate(item, row);
    if (other === null) unknown = true;
    else if (compareScalars(value, other) === 0) return true;
  }
  return unknown ? null : false;
}

/**
 * Order of two non-NULL values of one type: negative, 0 or positive. -0 equals 0; NaN equals NaN and is above all
 * numbers; text in the order of its UTF-8 bytes; false before true.
 */
export function compareScalars(a: Scalar, b: Scalar): number {
  if (typeof a === 'string') return compareText(a, b as string);
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return a! < b! ? -1 : a! > b! ? 1 : 0;
}

/** UTF-8 byte order is code point order; UTF-16 units differ from it only where one side is a surrogate. */
function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const xSurrogate = (x & 0xf800) === 0xd800;
    const ySurrogate = (y & 0xf800) === 0xd800;
    return xSurrogate === ySurrogate ? x - y : xSurrogate ? 1 : -1;
  }
  return a.length - b.length;
}

function arithmeticOfDoubles(operator: Operator, a: number, b: number): Scalar {
  switch (operator) {
    case 'add':
      return a + b;
    case 'subtract':
      return a - b;
    case 'multiply':
      return a * b;
    case 'divide':
      return a / b;
    case 'integer_divide':
      return b === 0 ? null : a / b;
    case 'modulo':
      return a % b;
    default:
      throw new SluiceError('internal', `no ${operator} of doubles`);
  }
}

const SYMBOLS: Partial<Record<Operator, string>> = {
  add: '+',
  subtract: '-',
  multiply: '*',
  integer_divide: '//',
  modulo: '%',
};

/** int32, int64, date and decimals: the operands' scales already fit together, so integers suffice. */
function arithmeticOfIntegers(operator: Operator, a: bigint, b: bigint, type: DataType): Scalar {
  const text = () => `${a} ${SYMBOLS[operator]} ${b}`;
  switch (operator) {
    case 'add':
      return checked(a + b, type, text);
    case 'subtract':
      return checked(a - b, type, text);
    case 'multiply':
      return checked(a * b, type, text);
    case 'integer_divide':
      return b === 0n ? null : checked(a / b, type, text);
    case 'modulo':
      if (b === 0n) return null;
      // The quotient of the least integer and -1 has no room, and DuckDB refuses the remainder with it.
      if (b === -1n && type.kind !== 'decimal') checked(a / b, type, text);
      return type.kind === 'int32' ? Number(a % b) : a % b;
    default:
      throw new SluiceError('internal', `no ${operator} of ${formatType(type)}`);
  }
}

function negate(value: Scalar, type: DataType): Scalar {
  return type.kind === 'float64' ? -(value as number) : checked(-BigInt(value as number), type, () => `-(${value})`);
}

function checked(value: bigint, type: DataType, text: () => string): Scalar {
  switch (type.kind) {
    case 'int32':
      if (BigInt.asIntN(32, value) === value) return Number(value);
      break;
    case 'date':
      // The least and the greatest stand for infinities.
      if (value > -0x7fffffffn && value < 0x7fffffffn) return Number(value);
      break;
    case 'decimal': {
      const limit = 10n ** BigInt(type.precision);
      if (value > -limit && value < limit) return value;
      break;
    }
    default:
      if (BigInt.asIntN(64, value) === value) return value;
  }
  const unit = type.kind === 'decimal' && type.scale > 0 ? ` in units of 1e-${type.scale}` : '';
  throw new SluiceError('bad-value', `overflow: ${text()}${unit} does not fit into ${formatType(type)}`);
}
