import { outOfRange } from './call-failures.ts';
import { SluiceError } from './error.ts';
import type { BoundExpression } from './expression.ts';
import { divideRounding } from './format-value.ts';
import type { ExpressionBuilder, LibraryFunction, Overload } from './function-entry.ts';
import { type DataType, decimal, FLOAT64, INT32, INT64 } from './types.ts';

const LEAST_INT32 = -(2 ** 31);
const LEAST_INT64 = -(2n ** 63n);
const DECIMAL_LIMIT = 10n ** 38n;

const magnitude = (x: bigint): bigint => (x < 0n ? -x : x);

/** Absolute values, signs and roundings: float64, integers, decimals. */
export const ROUNDING_FUNCTIONS: readonly LibraryFunction[] = [
  {
    name: 'abs',
    kind: 'function',
    category: 'math',
    aliases: ['@'],
    signature: 'abs(number)',
    doc: 'absolute value; an error for the least integer',
    nulls: 'strict',
    overloads: [
      {
        id: 'abs(integer)',
        parameters: ['int32'],
        result: INT32,
        kernel: 'absInt32',
        fails: true,
        js: (x: number) => {
          if (x === LEAST_INT32) throw outOfRange();
          return Math.abs(x);
        },
      },
      {
        id: 'abs(bigint)',
        parameters: ['int64'],
        result: INT64,
        kernel: 'absInt64',
        fails: true,
        js: (x: bigint) => {
          if (x === LEAST_INT64) throw outOfRange();
          return magnitude(x);
        },
      },
      { id: 'abs(double)', parameters: ['float64'], result: FLOAT64, kernel: 'absFloat64', js: Math.abs },
      ...ofDecimals('abs', 1, magnitude),
    ],
    expand: ([x], build) =>
      x?.type.kind === 'decimal' ? build.overload(decimalForm('abs', x.type, 1), [x], x.type) : undefined,
  },
  {
    name: 'sign',
    kind: 'function',
    category: 'math',
    aliases: [],
    signature: 'sign(number)',
    doc: '-1, 0 or 1; 0 for nan',
    nulls: 'strict',
    overloads: [
      { id: 'sign(integer)', parameters: ['int32'], result: INT32, kernel: 'signInt32', js: signOf },
      { id: 'sign(bigint)', parameters: ['int64'], result: INT32, kernel: 'signInt64', js: signOf },
      { id: 'sign(double)', parameters: ['float64'], result: INT32, kernel: 'signFloat64', js: signOf },
    ],
  },
  toWhole('ceil', ['ceiling'], 'ceilFloat64', Math.ceil, 'the next integer above', (x, unit) =>
    x > 0n ? (x + unit - 1n) / unit : x / unit,
  ),
  toWhole('floor', [], 'floorFloat64', Math.floor, 'the next integer below', (x, unit) =>
    x < 0n ? (x - unit + 1n) / unit : x / unit,
  ),
  {
    name: 'round',
    kind: 'function',
    category: 'math',
    aliases: [],
    signature: 'round(number [, digits])',
    doc: 'nearest number with so many digits behind the point, before it when negative; half away from zero',
    nulls: 'strict',
    overloads: [
      { id: 'round(double)', parameters: ['float64'], result: FLOAT64, kernel: 'roundFloat64', js: roundHalfAway },
      {
        id: 'round(double, integer)',
        parameters: ['float64', 'int32'],
        result: FLOAT64,
        kernel: 'roundFloat64Digits',
        js: roundToDigits,
      },
      {
        id: 'round(integer, integer)',
        parameters: ['int32', 'int32'],
        result: INT32,
        kernel: 'roundInt32Digits',
        fails: true,
        js: (x: number, digits: number) => {
          const rounded = Number(roundInteger(BigInt(x), digits));
          if (rounded !== (rounded | 0)) throw outOfRange();
          return rounded;
        },
      },
      {
        id: 'round(bigint, integer)',
        parameters: ['int64', 'int32'],
        result: INT64,
        kernel: 'roundInt64Digits',
        fails: true,
        js: (x: bigint, digits: number) => {
          const rounded = roundInteger(x, digits);
          if (rounded !== BigInt.asIntN(64, rounded)) throw outOfRange();
          return rounded;
        },
      },
      ...ofDecimals('round', 3, (x, unit, factor) => inDecimalRange(divideRounding(x, unit) * factor), true),
    ],
    expand: (args, build) => expandDigits('round', args, build),
  },
  {
    name: 'trunc',
    kind: 'function',
    category: 'math',
    aliases: [],
    signature: 'trunc(number [, digits])',
    doc: 'the number without its further digits',
    nulls: 'strict',
    overloads: [
      { id: 'trunc(double)', parameters: ['float64'], result: FLOAT64, kernel: 'truncFloat64', js: Math.trunc },
      {
        id: 'trunc(double, integer)',
        parameters: ['float64', 'int32'],
        result: FLOAT64,
        kernel: 'truncFloat64Digits',
        js: truncateToDigits,
      },
      {
        id: 'trunc(integer, integer)',
        parameters: ['int32', 'int32'],
        result: INT32,
        kernel: 'truncInt32Digits',
        js: (x: number, digits: number) => Number(truncateInteger(BigInt(x), digits)),
      },
      {
        id: 'trunc(bigint, integer)',
        parameters: ['int64', 'int32'],
        result: INT64,
        kernel: 'truncInt64Digits',
        js: truncateInteger,
      },
      ...ofDecimals('trunc', 3, (x, unit, factor) => (x / unit) * factor),
    ],
    expand: (args, build) => expandDigits('trunc', args, build),
  },
  {
    name: 'even',
    kind: 'function',
    category: 'math',
    aliases: [],
    signature: 'even(double)',
    doc: 'the next even integer away from zero',
    nulls: 'strict',
    overloads: [
      {
        id: 'even(double)',
        parameters: ['float64'],
        result: FLOAT64,
        kernel: 'evenFloat64',
        js: (x: number) => 2 * (x < 0 ? Math.floor(Math.floor(x) / 2) : Math.ceil(Math.ceil(x) / 2)),
      },
    ],
  },
];

/** Decimals of at most 18 digits are one word, longer ones two: each form has an overload of its own. */
function decimalForm(name: string, type: DataType, operands: number): string {
  const form = type.kind === 'decimal' && type.precision > 18 ? 'wide decimal' : 'decimal';
  return `${name}(${Array(operands).fill(form).join(', ')})`;
}

/** Both forms of a function of an unscaled decimal and, for roundings, powers of ten of its type. */
function ofDecimals(
  name: string,
  operands: number,
  js: (x: bigint, unit: bigint, factor: bigint) => bigint,
  fails = false,
): readonly Overload[] {
  const shared = {
    parameters: Array(operands).fill('decimal' as const),
    result: (args: readonly BoundExpression[]) => args[0]!.type,
    js,
    internal: true,
  };
  return [
    { id: decimalForm(name, decimal(18, 0), operands), kernel: `${name}Decimal`, ...shared },
    { id: decimalForm(name, decimal(38, 0), operands), kernel: `${name}Wide`, ...shared, ...(fails && { fails }) },
  ];
}

function toWhole(
  name: string,
  aliases: readonly string[],
  kernel: string,
  js: (x: number) => number,
  doc: string,
  ofDecimal: (x: bigint, unit: bigint) => bigint,
): LibraryFunction {
  return {
    name,
    kind: 'function',
    category: 'math',
    aliases,
    signature: `${name}(number)`,
    doc,
    nulls: 'strict',
    overloads: [
      { id: `${name}(double)`, parameters: ['float64'], result: FLOAT64, kernel, js },
      ...ofDecimals(name, 2, ofDecimal),
    ],
    expand: ([x], build) => {
      if (x?.type.kind !== 'decimal') return undefined;
      const { precision, scale } = x.type;
      if (scale === 0) return x;
      const type = decimal(precision, 0);
      const unit = build.literal(constantType(x.type), 10n ** BigInt(scale));
      return build.overload(decimalForm(name, x.type, 2), [x, unit], type);
    },
  };
}

/** Integers without digits stay what they are; of decimals the digits decide the scale of the result. */
function expandDigits(
  name: 'round' | 'trunc',
  [x, digits]: readonly BoundExpression[],
  build: ExpressionBuilder,
): BoundExpression | undefined {
  if (!x) return undefined;
  if (digits === undefined && (x.type.kind === 'int32' || x.type.kind === 'int64')) return x;
  if (x.type.kind !== 'decimal' || (digits && digits.type.kind !== 'int32')) return undefined;
  if (digits && digits.kind !== 'literal')
    throw new SluiceError('unsupported', `${name} of a decimal needs a constant number of digits`);
  const { precision, scale } = x.type;
  const count = digits === undefined ? 0 : (digits.value as number | null);
  if (count === null) return build.literal(x.type, null);
  if (count >= scale) return x;
  const constant = (value: bigint) => build.literal(constantType(x.type), value);
  const form = decimalForm(name, x.type, 3);
  // As DuckDB: 0 where no digit before the point is left, also where rounding up would give one.
  if (count < 0 && -count >= precision - scale)
    return build.overload(form, [x, constant(1n), constant(0n)], decimal(precision, 0));
  const unit = constant(10n ** BigInt(scale - count));
  const factor = constant(10n ** BigInt(Math.max(-count, 0)));
  return build.overload(form, [x, unit, factor], decimal(precision, Math.max(count, 0)));
}

/** The type of constants beside decimals of a type: of the same form. */
const constantType = (type: DataType): DataType => decimal(type.kind === 'decimal' && type.precision > 18 ? 38 : 18, 0);

function inDecimalRange(x: bigint): bigint {
  if (x <= -DECIMAL_LIMIT || x >= DECIMAL_LIMIT) throw outOfRange();
  return x;
}

function signOf(x: number | bigint): number {
  return x > 0 ? 1 : x < 0 ? -1 : 0;
}

/** The nearest integer, half away from zero; keeps -0, nan and infinities. */
function roundHalfAway(x: number): number {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
}

/** 10^exponent, correctly rounded (`10 ** exponent` need not be). */
const power = (exponent: number): number => (exponent > 308 ? Infinity : Number(`1e${exponent}`));

function roundToDigits(x: number, digits: number): number {
  if (digits < 0) {
    const unit = power(-digits);
    const rounded = roundHalfAway(x / unit) * unit;
    return Number.isFinite(rounded) ? rounded : 0;
  }
  const unit = power(digits);
  const rounded = roundHalfAway(x * unit) / unit;
  return Number.isFinite(rounded) ? rounded : x;
}

function truncateToDigits(x: number, digits: number): number {
  const unit = power(digits);
  const truncated = Math.trunc(x * unit) / unit;
  return Number.isFinite(truncated) ? truncated : x;
}

/** As DuckDB, 0 from 10^19 on, though half of that is a bigint. */
function roundInteger(x: bigint, digits: number): bigint {
  if (digits >= 0) return x;
  if (digits <= -19) return 0n;
  const unit = 10n ** BigInt(-digits);
  return divideRounding(x, unit) * unit;
}

function truncateInteger(x: bigint, digits: number): bigint {
  if (digits >= 0) return x;
  if (digits <= -19) return 0n;
  const unit = 10n ** BigInt(-digits);
  return (x / unit) * unit;
}
