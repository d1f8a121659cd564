import { castScalar } from '../../../query/cast-value.ts';
import { SluiceError } from '../../../query/error.ts';
import type { DataType, Scalar } from '../../../query/types.ts';
import { checked } from './arithmetic.ts';
import type { Compiler } from './compiler.ts';
import type { Emitter, NumberValue, Value } from './emitter.ts';
import { assignScalar, boundOf, emptyOf, exactNumber, isLong, scalarCode } from './representation.ts';
import { asString } from './text-value.ts';

/** One conversion: from a type to another, NULL (`attempt`) or an error where the value does not fit. */
interface Conversion {
  readonly from: DataType;
  readonly to: DataType;
  readonly attempt: boolean;
}

/** Emits a conversion: the usual ones of numbers inline, the others by a call of `castScalar`. */
export function cast(compiler: Compiler, operand: Value, from: DataType, to: DataType, attempt: boolean): Value {
  const { emitter } = compiler;
  if (from.kind === to.kind && from.kind !== 'decimal') return operand;
  if (operand.isNull !== 'true') {
    if (operand.kind === 'text' && emitter.mode === 'fast' && (to.kind === 'int32' || to.kind === 'int64'))
      return integerOfText(emitter, operand, { from, to, attempt });
    if (operand.kind === 'number') {
      const inline = convert(emitter, operand, { from, to, attempt });
      if (inline) return inline;
    }
  }
  return byReference(emitter, operand, { from, to, attempt });
}

/** Code for a conversion that needs no call; undefined where there is none. */
function convert(emitter: Emitter, operand: NumberValue, conversion: Conversion): Value | undefined {
  const { from, to } = conversion;
  const { isNull } = operand;
  const fast = emitter.mode === 'fast';
  const { value: v } = exactNumber(emitter, operand, from);
  const made = (code: string, bound = Number.POSITIVE_INFINITY): NumberValue => ({
    kind: 'number',
    isNull,
    value: emitter.variable(code),
    bound,
  });
  switch (to.kind) {
    case 'utf8': {
      const code = from.kind === 'int64' || from.kind === 'int32' ? `String(${v})` : fast && decimalText(v, from);
      if (from.kind === 'bool')
        return { kind: 'string', isNull, value: emitter.variable(unlessEmpty(isNull, `String(${v})`)) };
      return code ? { kind: 'string', isNull, value: emitter.variable(unlessEmpty(isNull, code)) } : undefined;
    }
    case 'bool':
      return made(`${v} != 0`, 1);
    case 'float64':
      if (from.kind === 'bool') return made(`${v} ? 1 : 0`);
      if (from.kind === 'int32') return made(v);
      if (from.kind === 'int64') return made(fast ? v : `Number(${v})`);
      // An unscaled integer within ±2^53 has one double and the power another: their quotient rounds once.
      if (from.kind === 'decimal' && fast && from.scale <= 22) return made(`${v} / ${10 ** from.scale}`);
      return undefined;
    case 'int64':
      if (from.kind === 'int32' && !fast) return made(`BigInt(${v})`, operand.bound);
      return fast ? integers(emitter, operand, conversion, made) : undefined;
    case 'timestamp':
      if (from.kind !== 'date') return undefined;
      return checked(
        emitter,
        made(fast ? `${v} * 86400000000 + 0` : `BigInt(${v}) * 86400000000n`, operand.bound * 86_400_000_000),
        'a cast',
        to,
        conversion.attempt,
      );
    case 'date':
      return fast && from.kind === 'timestamp' ? made(`Math.floor(${v} / 86400000000)`, boundOf(to)) : undefined;
    case 'int32':
    case 'decimal':
      if (fast) return integers(emitter, operand, conversion, made);
      // Same or more places, in bigints.
      if (to.kind === 'decimal' && isLong(from) && to.scale >= scaleOf(from)) {
        const factor = 10n ** BigInt(to.scale - scaleOf(from));
        const value = factor === 1n ? operand : made(`${v} * ${factor}n`, operand.bound * Number(factor));
        return checked(emitter, value, 'a cast', to, conversion.attempt);
      }
      return undefined;
    default:
      return undefined;
  }
}

/** Conversions to integers and decimals in the fast variant: all sides are numbers. */
function integers(
  emitter: Emitter,
  operand: NumberValue,
  { from, to, attempt }: Conversion,
  made: (code: string, bound?: number) => NumberValue,
): NumberValue | undefined {
  const v = operand.value;
  const scale = scaleOf(to);
  const fromScale = scaleOf(from);
  if (scale > 22 || fromScale > 22) return undefined;
  switch (from.kind) {
    case 'bool':
      return checked(emitter, made(`${v} ? ${10 ** scale} : 0`, 10 ** scale), 'a cast', to, attempt);
    case 'float64': {
      const rounded = made(to.kind === 'decimal' ? `R.roundAway(${v} * ${10 ** scale})` : `R.roundEven(${v})`);
      const guard = operand.isNull === '' ? '' : `!(${operand.isNull}) && `;
      emitter.line(`if (${guard}!(Math.abs(${rounded.value}) <= 9007199254740991)) ${emitter.escape}`);
      return checked(emitter, { ...rounded, bound: Number.MAX_SAFE_INTEGER }, 'a cast', to, attempt);
    }
    case 'int32':
    case 'int64':
    case 'decimal': {
      if (scale === fromScale) return checked(emitter, operand, 'a cast', to, attempt);
      const power = 10 ** Math.abs(scale - fromScale);
      if (scale < fromScale)
        return checked(emitter, made(`R.divideAway(${v}, ${power})`, operand.bound / power + 1), 'a cast', to, attempt);
      const product = made(`${v} * ${power} + 0`, operand.bound * power);
      // Beyond ±2^53 the exact variant decides whether the value fits.
      return checked(emitter, product, 'a cast', to, attempt);
    }
    default:
      return undefined;
  }
}

function scaleOf(type: DataType): number {
  return type.kind === 'decimal' ? type.scale : 0;
}

function unlessEmpty(isNull: string, code: string): string {
  return isNull === '' ? code : `(${isNull}) ? '' : ${code}`;
}

function decimalText(value: string, from: DataType): string | undefined {
  return from.kind === 'decimal' ? `R.decimalText(${value}, ${from.scale})` : undefined;
}

/** Digits alone are read in place; the reference decides on everything else. */
function integerOfText(emitter: Emitter, operand: Value & { kind: 'text' }, conversion: Conversion): NumberValue {
  const { isNull, bytes, start, end } = operand;
  const value = emitter.variable(`R.integer(${bytes}, ${start}, ${end})`);
  const nulls = emitter.variable(isNull || 'false');
  const most = conversion.to.kind === 'int32' ? 2147483647 : Number.MAX_SAFE_INTEGER;
  emitter.block(`if (!(${value} <= ${most} && ${value} >= -${most}))`, () => {
    const slow = byReference(emitter, operand, conversion) as NumberValue;
    emitter.line(`${value} = ${slow.value}; ${slow.isNull ? `${nulls} = ${slow.isNull};` : ''}`);
  });
  const nullable = isNull !== '' || conversion.attempt;
  const bound = Math.min(boundOf(conversion.to), Number.MAX_SAFE_INTEGER);
  return { kind: 'number', isNull: nullable ? nulls : '', value, bound };
}

/** Calls `castScalar`. */
function byReference(emitter: Emitter, operand: Value, { from, to, attempt }: Conversion): Value {
  const convertScalar = emitter.constant(attempt ? tryCast(from, to) : (value: Scalar) => castScalar(value, from, to));
  const result = emitter.variable(emptyOf(to, emitter.mode));
  const isNull = attempt ? emitter.variable(operand.isNull || 'false') : operand.isNull;
  let bound = boundOf(to);
  emitter.block(operand.isNull === '' ? '' : `if (!(${operand.isNull}))`, () => {
    const scalar = operand.kind === 'number' ? scalarCode(emitter, operand, from) : asString(emitter, operand).value;
    if (!attempt) bound = assignScalar(emitter, result, `${convertScalar}(${scalar})`, to);
    else {
      const attempted = emitter.variable(`${convertScalar}(${scalar})`);
      emitter.block(`if (${attempted} === null)`, () => emitter.line(`${isNull} = true;`));
      emitter.block('else', () => {
        bound = assignScalar(emitter, result, attempted, to);
      });
    }
  });
  if (to.kind === 'utf8') return { kind: 'string', isNull, value: result };
  return { kind: 'number', isNull, value: result, bound };
}

function tryCast(from: DataType, to: DataType): (value: Scalar) => Scalar {
  return (value) => {
    try {
      return castScalar(value, from, to);
    } catch (error) {
      if (error instanceof SluiceError && error.code === 'bad-value') return null;
      throw error;
    }
  };
}
