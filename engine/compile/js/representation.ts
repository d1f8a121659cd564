import { SluiceError } from '../../../query/error.ts';
import type { DataType, Scalar } from '../../../query/types.ts';
import { type Emitter, NotExpressible, type NumberMode, type NumberValue, type Value } from './emitter.ts';

/** Types whose values are bigint in the exact variant. */
export function isLong(type: DataType): boolean {
  return type.kind === 'int64' || type.kind === 'timestamp' || type.kind === 'decimal';
}

/** What stands for NULL in a variable of the type. */
export function emptyOf(type: DataType, mode: NumberMode): string {
  if (type.kind === 'utf8') return "''";
  if (type.kind === 'bool') return 'false';
  return isLong(type) && mode === 'exact' ? '0n' : '0';
}

/** No value of a column of this type has a larger magnitude. */
export function boundOf(type: DataType): number {
  switch (type.kind) {
    case 'bool':
      return 1;
    case 'int32':
    case 'date':
      return 2 ** 31;
    case 'int64':
    case 'timestamp':
      return 2 ** 63;
    case 'decimal':
      return 10 ** type.precision - 1;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

/** A value with at most this bound surely fits into the type; bounds above 2^53 are rounded. */
export function certainlyWithin(type: DataType): number {
  const bound = boundOf(type);
  return bound > Number.MAX_SAFE_INTEGER ? bound * (1 - 2 ** -40) : bound;
}

/** A constant, handed over from outside of the code. */
export function literal(emitter: Emitter, type: DataType, scalar: Scalar): Value {
  const isNull = scalar === null ? 'true' : '';
  if (type.kind === 'utf8') {
    const text = scalar === null ? '' : String(scalar);
    const bytes = new TextEncoder().encode(text);
    const [start, end] = ['0', String(bytes.length)];
    return { kind: 'text', isNull, bytes: emitter.constant(bytes), start, end, literal: text };
  }
  if (type.kind === 'bool') return { kind: 'number', isNull, value: String(scalar === true), bound: 1 };
  if (scalar === null) return { kind: 'number', isNull, value: emptyOf(type, emitter.mode), bound: 0 };
  const value = emitter.mode === 'exact' && isLong(type) ? BigInt(scalar) : Number(scalar);
  const bound = type.kind === 'float64' ? Number.POSITIVE_INFINITY : Math.abs(Number(value));
  return { kind: 'number', isNull, value: emitter.constant(value), bound };
}

/**
 * The value as one to compute with. A literal beyond ±2^53 serves the fast variant in comparisons only, where its
 * nearest double decides as well.
 */
export function exactNumber(emitter: Emitter, value: Value, type: DataType): NumberValue {
  if (value.kind !== 'number') throw new SluiceError('internal', 'the js lane was given text where a number belongs');
  if (emitter.mode === 'fast' && isLong(type) && value.bound > 2 ** 53) throw new NotExpressible();
  return value;
}

/** Code for the value in the form that `Scalar` documents; NULL is not looked at. */
export function scalarCode(emitter: Emitter, value: NumberValue, type: DataType): string {
  const { value: code } = exactNumber(emitter, value, type);
  return emitter.mode === 'fast' && isLong(type) ? `BigInt(${code})` : code;
}

/**
 * Emits what takes a `Scalar` given by `code` into the variable `target`; in the fast variant the row escapes when an
 * integer is beyond ±2^53. Gives the bound that the variable then has.
 */
export function assignScalar(emitter: Emitter, target: string, code: string, type: DataType): number {
  if (!isLong(type) || emitter.mode === 'exact') {
    emitter.line(`${target} = ${code};`);
    return boundOf(type);
  }
  emitter.line(`${target} = Number(${code}); if (!Number.isSafeInteger(${target})) ${emitter.escape}`);
  return Math.min(boundOf(type), Number.MAX_SAFE_INTEGER);
}
