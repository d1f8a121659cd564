import { asDecimal } from './arithmetic-type.ts';
import { MICROS_PER_DAY } from './calendar.ts';
import { floorDivide } from './cast-value.ts';
import { comparisonType } from './common-type.ts';
import { SluiceError } from './error.ts';
import { type BoundExpression, type Comparison, MIRRORED } from './expression.ts';
import { type BoundLiteral, call, castTo, isLiteral, isNull, isText, isUntypedNull, literal } from './fold.ts';
import { BOOL, type DataType, formatType, type Scalar, sameType, UTF8 } from './types.ts';

/**
 * A constant in the units of another type: `floor` is the greatest value of that type at or below it, `exact` says
 * whether that is the constant itself. `low` and `high` bound what values of the type can be.
 */
interface Placed {
  readonly floor: bigint;
  readonly exact: boolean;
  readonly low: bigint;
  readonly high: bigint;
}

const INT32_RANGE = { low: -0x80000000n, high: 0x7fffffffn };
const INT64_RANGE = { low: -0x8000000000000000n, high: 0x7fffffffffffffffn };

function place(constant: Scalar, from: DataType, type: DataType): Placed | undefined {
  if (typeof constant !== 'number' && typeof constant !== 'bigint') return undefined;
  if (type.kind === 'date' && (from.kind === 'timestamp' || from.kind === 'date')) {
    const micros = from.kind === 'date' ? BigInt(constant) * MICROS_PER_DAY : BigInt(constant);
    return { floor: floorDivide(micros, MICROS_PER_DAY), exact: micros % MICROS_PER_DAY === 0n, ...INT32_RANGE };
  }
  if (type.kind === 'timestamp' && from.kind === 'date') {
    return { floor: BigInt(constant) * MICROS_PER_DAY, exact: true, ...INT64_RANGE };
  }
  const source = asDecimal(from);
  const target = asDecimal(type);
  if (!source || !target || !isExact(type)) return undefined;
  const range = type.kind === 'int32' ? INT32_RANGE : INT64_RANGE;
  const value = BigInt(constant);
  if (target.scale >= source.scale) {
    return { floor: value * 10n ** BigInt(target.scale - source.scale), exact: true, ...range };
  }
  const divisor = 10n ** BigInt(source.scale - target.scale);
  return { floor: floorDivide(value, divisor), exact: value % divisor === 0n, ...range };
}

const literalOfUnits = (type: DataType, value: bigint): BoundLiteral =>
  literal(type, type.kind === 'int32' || type.kind === 'date' ? Number(value) : value);

const compare = (operator: Comparison, operand: BoundExpression, value: bigint): BoundExpression => ({
  kind: 'call',
  operator,
  args: [operand, literalOfUnits(operand.type, value)],
  type: BOOL,
});

/**
 * `operand operator constant` without a cast of the operand, where both are exact numbers, or dates and timestamps:
 * the constant moves to the operand's unit, and the operator changes where it lies between two of its values.
 * So `quantity < 24.5` over integers is `quantity <= 24`. Undefined where this does not apply.
 */
function compareWithConstant(
  operator: Comparison,
  operand: BoundExpression,
  constant: Scalar,
  constantType: DataType,
): BoundExpression | undefined {
  const placed = place(constant, constantType, operand.type);
  if (!placed) return undefined;
  const { floor, exact, low, high } = placed;
  const inside = floor >= low && floor <= high;
  if (exact && inside) return compare(operator, operand, floor);
  // Nothing equals a constant between two values or out of range, but NULL must stay NULL.
  const below = floor > high ? high : floor < low ? low - 1n : floor;
  switch (operator) {
    case 'lt':
    case 'le':
      return below < low ? compare('lt', operand, low) : compare('le', operand, below);
    case 'gt':
    case 'ge':
      return below < low ? compare('ge', operand, low) : compare('gt', operand, below);
    case 'eq':
      return neverTrue(operand);
    case 'ne':
      return call('not', [neverTrue(operand)], BOOL);
  }
}

/** False, but NULL where the operand is. */
const neverTrue = (operand: BoundExpression): BoundExpression =>
  call('and', [call('is_null', [operand], BOOL), literal(BOOL, null)], BOOL);

/** Binds a comparison of two bound operands: each is cast to their common type, or the constant to the other's unit. */
export function bindComparison(operator: Comparison, a: BoundExpression, b: BoundExpression): BoundExpression {
  if (isUntypedNull(a) || isUntypedNull(b)) return literal(BOOL, null);
  if (isLiteral(a) && !isLiteral(b)) return bindComparison(MIRRORED[operator], b, a);
  const common = comparedAs(a, b, operator === 'eq' || operator === 'ne');
  const right = isText(b) ? castTo(b, common) : b;
  const direct = !isLiteral(a) && isLiteral(right) && !sameType(a.type, right.type);
  const shortcut = direct && compareWithConstant(operator, a, right.value, right.type);
  return shortcut || call(operator, [castTo(a, common), castTo(right, common)], BOOL);
}

/** Binds IS [NOT] DISTINCT FROM. */
export function bindDistinction(
  operator: 'is_distinct_from' | 'is_not_distinct_from',
  a: BoundExpression,
  b: BoundExpression,
): BoundExpression {
  const test = operator === 'is_distinct_from' ? 'is_not_null' : 'is_null';
  if (isUntypedNull(a)) return call(test, [b], BOOL);
  if (isUntypedNull(b)) return call(test, [a], BOOL);
  const common = comparedAs(a, b, true);
  return call(operator, [castTo(a, common), castTo(b, common)], BOOL);
}

/** The type in which two operands compare; a text constant takes the other's type. */
function comparedAs(a: BoundExpression, b: BoundExpression, equality: boolean): DataType {
  if (isText(a)) return b.type;
  if (isText(b)) return a.type;
  const common = comparisonType(a.type, b.type, equality);
  if (common) return common;
  throw new SluiceError(
    'type',
    `${formatType(a.type)} and ${formatType(b.type)} cannot be compared without a cast of one to the other`,
  );
}

/** Binds `operand IN (items)`: constants become values of the operand's type, other items comparisons. */
export function bindMembership(operand: BoundExpression, items: readonly BoundExpression[]): BoundExpression {
  if (isUntypedNull(operand)) return literal(BOOL, null);
  const common = membershipType([operand, ...items]);
  // Exact values need no cast: constants move to the operand's unit instead.
  const inPlace = isExact(operand.type) && isExact(common);
  const subject = inPlace ? operand : castTo(operand, common);
  const values = items
    .filter((item) => !isNull(item))
    .map((item) => (inPlace && !isText(item) ? item : castTo(item, common)));
  const constants = values.filter(isLiteral);
  const alternatives: BoundExpression[] = [];
  if (isLiteral(subject)) alternatives.push(...constants.map((item) => bindComparison('eq', subject, item)));
  else if (constants.length > 0) alternatives.push(memberOfConstants(subject, constants));
  for (const item of values) if (!isLiteral(item)) alternatives.push(bindComparison('eq', subject, item));
  if (items.some(isNull)) alternatives.push(literal(BOOL, null));
  return call('or', alternatives, BOOL);
}

/** The type in which an operand compares with all items of a list; text constants take it. */
function membershipType(expressions: readonly BoundExpression[]): DataType {
  const typed = expressions.filter((expression) => !isText(expression) && !isUntypedNull(expression));
  const [first, ...others] = typed.map(({ type }) => type);
  if (!first) return UTF8;
  return others.reduce((common, type) => {
    const next = comparisonType(common, type, true);
    if (next) return next;
    throw new SluiceError('type', `IN cannot compare ${formatType(common)} and ${formatType(type)} without a cast`);
  }, first);
}

/** Types whose constants `place` can move from one to another. */
function isExact(type: DataType): boolean {
  if (type.kind === 'decimal') return type.precision <= 18;
  return type.kind === 'int32' || type.kind === 'int64' || type.kind === 'date' || type.kind === 'timestamp';
}

function memberOfConstants(subject: BoundExpression, constants: readonly BoundLiteral[]): BoundExpression {
  const { type } = subject;
  const values = new Map<Scalar, BoundExpression>();
  for (const constant of constants) {
    const value = constantIn(constant, type);
    if (value !== undefined) values.set(value, literal(type, value));
  }
  if (values.size === 0) return neverTrue(subject);
  if (values.size === 1) return call('eq', [subject, ...values.values()], BOOL);
  return { kind: 'call', operator: 'in', args: [subject, ...values.values()], type: BOOL };
}

/** The constant as a value of `type`; undefined when no value of the type equals it. */
function constantIn({ value, type: from }: BoundLiteral, type: DataType): Scalar | undefined {
  if (sameType(from, type)) return value;
  const { exact, floor, low, high } = place(value, from, type) ?? { exact: false, floor: 0n, low: 0n, high: 0n };
  return exact && floor >= low && floor <= high ? literalOfUnits(type, floor).value : undefined;
}
