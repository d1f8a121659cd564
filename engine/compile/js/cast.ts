import { SluiceError } from '../../../query/error.ts';
import type { DataType } from '../../../query/types.ts';
import { checked } from './arithmetic.ts';
import type { Emitter, NumberValue, Value } from './emitter.ts';

/** Emits a conversion. What a type cannot hold is an error `bad-value`, as in SQL. */
export function cast(emitter: Emitter, operand: Value, from: DataType, to: DataType): Value {
  const { isNull } = operand;
  if (to.kind === 'utf8') return operand.kind === 'text' ? operand : toText(emitter, operand, from);
  if (operand.kind === 'text') return fromText(emitter, operand, to);
  const exact = emitter.mode === 'exact';
  const v = operand.value;
  const made = (code: string, bound = Number.POSITIVE_INFINITY): NumberValue => ({
    kind: 'number',
    isNull,
    value: emitter.variable(code),
    bound,
  });
  const bigintsFrom = exact && isLongKind(from);
  switch (to.kind) {
    case 'bool':
      return from.kind === 'bool' ? operand : made(`${v} != 0`, 1);
    case 'float64':
      if (from.kind === 'float64') return operand;
      if (from.kind === 'bool') return made(`${v} ? 1 : 0`);
      if (from.kind === 'decimal') {
        const power = emitter.constant(10 ** from.scale);
        return made(bigintsFrom ? `R.decimalToDouble(${v}, ${from.scale})` : `${v} / ${power}`);
      }
      return made(bigintsFrom ? `Number(${v})` : v);
    case 'timestamp':
      if (from.kind === 'timestamp') return operand;
      if (from.kind === 'date') return scaled(emitter, operand, 86_400_000_000, exact, exact, to);
      break;
    case 'date':
      if (from.kind === 'date') return operand;
      if (from.kind === 'timestamp')
        return made(bigintsFrom ? `R.dayOf(${v})` : `Math.floor(${v} / 86400000000)`, 2 ** 31);
      break;
    case 'int32':
    case 'int64':
    case 'decimal': {
      const scale = to.kind === 'decimal' ? to.scale : 0;
      const fromScale = from.kind === 'decimal' ? from.scale : 0;
      if (from.kind === 'float64') {
        const rounded = made(to.kind === 'decimal' ? `R.roundAway(${v} * 1e${scale})` : `R.roundEven(${v})`);
        const unsafe = `!(Math.abs(${rounded.value}) <= 9007199254740991)`;
        if (!exact) emitter.line(`if (${unsafe}) ${emitter.escape}`);
        const long = exact && to.kind !== 'int32';
        return ranged(emitter, long ? made(`R.toBigint(${rounded.value})`) : rounded, to);
      }
      if (from.kind === 'bool') {
        const one = exact && to.kind !== 'int32' ? `${10n ** BigInt(scale)}n` : `1e${scale}`;
        return ranged(emitter, made(`${v} ? ${one} : ${one.endsWith('n') ? '0n' : '0'}`, 10 ** scale), to);
      }
      const long = exact && to.kind !== 'int32';
      if (scale >= fromScale)
        return ranged(emitter, scaled(emitter, operand, 10 ** (scale - fromScale), bigintsFrom, long, to), to);
      const power = 10 ** (fromScale - scale);
      const bound = operand.bound / power + 1;
      if (!bigintsFrom) return ranged(emitter, made(`R.divideAway(${v}, ${power})`, bound), to);
      const quotient = made(`R.divideRounding(${v}, ${10n ** BigInt(fromScale - scale)}n)`, bound);
      return ranged(emitter, long ? quotient : made(`Number(${quotient.value})`, bound), to);
    }
    default:
  }
  throw new SluiceError('unsupported', `the js lane has no cast from ${from.kind} to ${to.kind}`);
}

/** Multiplies an integer by a power of ten or the like, changing its representation where the types ask for it. */
function scaled(
  emitter: Emitter,
  operand: NumberValue,
  factor: number,
  bigintsFrom: boolean,
  bigintsTo: boolean,
  type: DataType,
): NumberValue {
  if (factor === 1 && bigintsFrom === bigintsTo) return operand;
  const converted =
    bigintsTo && !bigintsFrom
      ? `BigInt(${operand.value})`
      : bigintsFrom && !bigintsTo
        ? `Number(${operand.value})`
        : operand.value;
  const isDate = type.kind === 'timestamp' && bigintsTo;
  const base = isDate ? `BigInt(${operand.value})` : converted;
  const code = factor === 1 ? base : `${base} * ${BigInt(factor)}${bigintsTo ? 'n' : ''}`;
  const value = emitter.variable(factor === 1 || bigintsTo ? code : `${code} + 0`);
  const result: NumberValue = { kind: 'number', isNull: operand.isNull, value, bound: operand.bound * factor };
  return bigintsFrom && !bigintsTo ? result : checked(emitter, result, 'cast', type, false);
}

/** Checks an integer against its new type: 32 or 64 bits, or the digits of a decimal. */
function ranged(emitter: Emitter, value: NumberValue, to: DataType): NumberValue {
  if (to.kind !== 'decimal' || to.precision > 18) return checked(emitter, value, 'cast', to, false);
  const limit = 10 ** to.precision;
  if (value.bound < limit || value.isNull === 'true') return value;
  const digit = emitter.mode === 'exact' ? `${10n ** BigInt(to.precision)}n` : String(10n ** BigInt(to.precision));
  const what = emitter.constant(`overflow: a value does not fit decimal(${to.precision},${to.scale})`);
  const guard = value.isNull === '' ? '' : `!(${value.isNull}) && `;
  const outside = `(${value.value} >= ${digit} || ${value.value} <= -${digit})`;
  emitter.line(`if (${guard}${outside}) ${emitter.mode === 'exact' ? `R.badValue(${what});` : emitter.escape}`);
  const checkedValue = emitter.mode === 'fast' ? checked(emitter, value, 'cast', to, false) : value;
  return { ...checkedValue, bound: limit };
}

function fromText(emitter: Emitter, operand: Value & { kind: 'text' }, to: DataType): Value {
  const { isNull, bytes, start, end } = operand;
  const long = isLongKind(to);
  const zero = to.kind === 'bool' ? 'false' : long && emitter.mode === 'exact' ? '0n' : '0';
  const parsed = `R.parse(${bytes}, ${start}, ${end}, ${emitter.constant(to)})`;
  const scalar = emitter.variable(isNull === '' ? parsed : `(${isNull}) ? ${zero} : ${parsed}`);
  const bound = Number.POSITIVE_INFINITY;
  if (!long || emitter.mode === 'exact') return { kind: 'number', isNull, value: scalar, bound };
  const number: NumberValue = { kind: 'number', isNull, value: emitter.variable(`Number(${scalar})`), bound };
  return checked(emitter, number, 'cast', { kind: 'int64' }, false);
}

function toText(emitter: Emitter, operand: NumberValue, from: DataType): Value {
  const value = emitter.mode === 'fast' && isLongKind(from) ? `BigInt(${operand.value})` : operand.value;
  const bytes = emitter.variable(`R.format(${value}, ${emitter.constant(from)})`);
  return { kind: 'text', isNull: operand.isNull, bytes, start: '0', end: `${bytes}.length` };
}

function isLongKind(type: DataType): boolean {
  return type.kind === 'int64' || type.kind === 'timestamp' || type.kind === 'decimal';
}
