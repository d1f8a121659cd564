import { asDecimal, isNumber } from './arithmetic-type.ts';
import { MICROS_PER_DAY } from './calendar.ts';
import { floorDivide } from './cast-value.ts';
import { SluiceError } from './error.ts';
import type { BoundExpression, Operator } from './expression.ts';
import { type BoundLiteral, call, castTo, isNull, isText, literal } from './fold.ts';
import { BOOL, type DataType, decimal, FLOAT64, formatType, INT64, type Scalar, sameType, TIMESTAMP } from './types.ts';

export type ComparisonOperator = Extract<Operator, 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'>;

/** `a < b` is `b > a`. */
const MIRRORED: Record<ComparisonOperator, ComparisonOperator> = {
  eq: 'eq',
  ne: 'ne',
  lt: 'gt',
  le: 'ge',
  gt: 'lt',
  ge: 'le',
};

/** The type in which values of two types compare, as in DuckDB; undefined when they do not. */
function comparisonType(a: DataType, b: DataType): DataType | undefined {
  if (a.kind === b.kind && a.kind !== 'decimal') return a;
  const kinds = new Set([a.kind, b.kind]);
  if (kinds.has('date') && kinds.has('timestamp')) return TIMESTAMP;
  const x = asDecimal(a);
  const y = asDecimal(b);
  if (kinds.has('float64')) return x || y ? FLOAT64 : undefined;
  if (!x || !y) return undefined;
  if (!kinds.has('decimal')) return INT64;
  const scale = Math.max(x.scale, y.scale);
  return decimal(Math.min(38, Math.max(x.precision - x.scale, y.precision - y.scale) + scale), scale);
}

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
  const source = asDecimal(from);
  const target = asDecimal(type);
  if (!source || !target || target.precision > 19) return undefined;
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

const compare = (operator: ComparisonOperator, operand: BoundExpression, value: bigint): BoundExpression => ({
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
  operator: ComparisonOperator,
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
export function bindComparison(operator: ComparisonOperator, a: BoundExpression, b: BoundExpression): BoundExpression {
  if (isNull(a) || isNull(b)) return literal(BOOL, null);
  const left = isText(a) ? castTo(a, b.type) : a;
  const right = isText(b) ? castTo(b, left.type) : b;
  if (left.kind === 'literal' && right.kind !== 'literal') return bindComparison(MIRRORED[operator], right, left);
  const common = commonType(left, right);
  const direct = left.kind !== 'literal' && right.kind === 'literal' && !sameType(left.type, right.type);
  const shortcut = direct && compareWithConstant(operator, left, right.value, right.type);
  return shortcut || call(operator, [castTo(left, common), castTo(right, common)], BOOL);
}

function commonType(left: BoundExpression, right: BoundExpression): DataType {
  const common = comparisonType(left.type, right.type);
  if (common) return common;
  const kinds = [left.type.kind, right.type.kind];
  const castable = kinds.includes('utf8') || (kinds.includes('bool') && (isNumber(left.type) || isNumber(right.type)));
  throw new SluiceError(
    castable ? 'unsupported' : 'type',
    `${formatType(left.type)} and ${formatType(right.type)} cannot be compared without a cast`,
  );
}

/** Binds `operand IN (items)`: constants become values of the operand's type, other items comparisons. */
export function bindMembership(operand: BoundExpression, items: readonly BoundExpression[]): BoundExpression {
  if (isNull(operand)) return literal(BOOL, null);
  const constants = items.filter((item) => item.kind === 'literal' && !isNull(item)) as BoundLiteral[];
  const others = items.filter((item) => item.kind !== 'literal');
  const alternatives: BoundExpression[] = [];
  if (operand.kind === 'literal') {
    alternatives.push(...constants.map((item) => bindComparison('eq', operand, item)));
  } else if (constants.length > 0) {
    alternatives.push(memberOfConstants(operand, constants));
  }
  alternatives.push(...others.map((item) => bindComparison('eq', operand, item)));
  if (items.some(isNull)) alternatives.push(literal(BOOL, null));
  return alternatives.length === 1 ? alternatives[0]! : call('or', alternatives, BOOL);
}

function memberOfConstants(operand: BoundExpression, constants: readonly BoundLiteral[]): BoundExpression {
  const typed = constants.map((item) => (isText(item) ? (castTo(item, operand.type) as BoundLiteral) : item));
  const common = typed.map((item) => commonType(operand, item)).find(({ kind }) => kind === 'float64') ?? operand.type;
  const subject = castTo(operand, common);
  const values = new Map<Scalar, BoundExpression>();
  const apart: BoundExpression[] = [];
  for (const item of typed) {
    const value = constantIn(common.kind === 'float64' ? (castTo(item, common) as BoundLiteral) : item, common);
    if (value === undefined) apart.push(bindComparison('eq', operand, item));
    else if (value !== 'absent') values.set(value, literal(common, value));
  }
  if (values.size > 1) apart.unshift({ kind: 'call', operator: 'in', args: [subject, ...values.values()], type: BOOL });
  else for (const value of values.values()) apart.unshift(call('eq', [subject, value], BOOL));
  if (apart.length === 0) return neverTrue(operand);
  return apart.length === 1 ? apart[0]! : call('or', apart, BOOL);
}

/** The constant as a value of `type`; `absent` when no value of the type equals it, undefined when nobody knows. */
function constantIn({ value, type: from }: BoundLiteral, type: DataType): Scalar | 'absent' | undefined {
  if (sameType(from, type)) return value;
  const placed = place(value, from, type);
  if (!placed) return undefined;
  if (!placed.exact || placed.floor < placed.low || placed.floor > placed.high) return 'absent';
  return literalOfUnits(type, placed.floor).value;
}
