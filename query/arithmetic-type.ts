import type { Operator } from './expression.ts';
import { type DataType, decimal, FLOAT64, INT32, INT64 } from './types.ts';

/** Decimals up to 18 digits fit into 64 bits, up to 38 into 128. */
const NARROW = 18;
const WIDEST = 38;

/** The decimal type that holds every value of a type: itself, or its digits; undefined for types without one. */
export function asDecimal(type: DataType): { readonly precision: number; readonly scale: number } | undefined {
  switch (type.kind) {
    case 'decimal':
      return type;
    case 'int32':
      return { precision: 10, scale: 0 };
    case 'int64':
      return { precision: 19, scale: 0 };
    default:
      return undefined;
  }
}

export type ArithmeticOperator = Extract<
  Operator,
  'add' | 'subtract' | 'multiply' | 'divide' | 'integer_divide' | 'modulo'
>;

/** What an arithmetic operator over two numbers gives, and what its operands are cast to before. */
export interface ArithmeticTypes {
  readonly result: DataType;
  readonly left: DataType;
  readonly right: DataType;
}

/**
 * The types of `left operator right` as in DuckDB 1.5; undefined when there is no such arithmetic. Decimals: + and -
 * keep one digit more than the longer operand, * adds digits and scales, % none more (what would need more than 38 is
 * computed in double). A result that would need more than 18 digits from operands of at most 18 stays at 18 and is
 * checked for overflow (but for %).
 */
export function arithmeticTypes(
  operator: ArithmeticOperator,
  left: DataType,
  right: DataType,
): ArithmeticTypes | undefined {
  const same = (type: DataType): ArithmeticTypes => ({ result: type, left: type, right: type });
  if (!isNumber(left) || !isNumber(right)) return undefined;
  if (operator === 'divide') return same(FLOAT64);
  if (left.kind === 'float64' || right.kind === 'float64') return same(FLOAT64);
  if (left.kind !== 'decimal' && right.kind !== 'decimal') {
    return same(left.kind === 'int64' || right.kind === 'int64' ? INT64 : INT32);
  }
  const a = asDecimal(left);
  const b = asDecimal(right);
  if (operator === 'integer_divide') return same(FLOAT64);
  if (!a || !b) return undefined;
  const longest = Math.max(a.precision, b.precision);
  if (operator === 'multiply') {
    const scale = a.scale + b.scale;
    if (scale > WIDEST) return undefined;
    const digits = a.precision + b.precision;
    const clamped = digits > NARROW && longest <= NARROW && scale < NARROW ? NARROW : Math.min(digits, WIDEST);
    return {
      result: decimal(clamped, scale),
      left: decimal(a.precision, a.scale),
      right: decimal(b.precision, b.scale),
    };
  }
  const scale = Math.max(a.scale, b.scale);
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale);
  if (operator === 'modulo') return same(whole + scale > WIDEST ? FLOAT64 : decimal(whole + scale, scale));
  const digits = whole + scale + 1;
  return same(decimal(digits > NARROW && longest <= NARROW ? NARROW : Math.min(digits, WIDEST), scale));
}

export function isNumber({ kind }: DataType): boolean {
  return kind === 'int32' || kind === 'int64' || kind === 'float64' || kind === 'decimal';
}
