import { daysOfTimestamp, timestampOfDays } from './calendar.ts';
import { SluiceError } from './error.ts';
import { castToText, divideRounding, formatScalar, parseScalar } from './format-value.ts';
import { type DataType, formatType, type Scalar } from './types.ts';

/**
 * A value in another type, as SQL's CAST: decimals round half away from zero, doubles to integers half to even.
 * NULL stays NULL. Throws `bad-value` where the value does not fit, `type` where no such cast exists.
 */
export function castScalar(value: Scalar, from: DataType, to: DataType): Scalar {
  if (value === null) return null;
  if (from.kind === 'utf8') return parseScalar(value as string, to);
  switch (to.kind) {
    case 'utf8':
      return castToText(value, from);
    case 'bool':
      if (from.kind === 'bool') return value;
      if (typeof value === 'number' && from.kind !== 'date') return value !== 0;
      if (typeof value === 'bigint' && from.kind !== 'timestamp') return value !== 0n;
      break;
    case 'int32':
    case 'int64':
      if (isNumeric(from)) return toInteger(value, from, to);
      break;
    case 'float64':
      if (isNumeric(from)) return toDouble(value, from);
      break;
    case 'decimal':
      if (isNumeric(from)) return toDecimal(value, from, to.precision, to.scale);
      break;
    case 'date':
      if (from.kind === 'date') return value;
      if (from.kind === 'timestamp') return daysOfTimestamp(value as bigint);
      break;
    case 'timestamp':
      if (from.kind === 'timestamp') return value;
      if (from.kind === 'date') return timestampOfDays(value as number) ?? throwing(misfit(value, from, to));
      break;
  }
  throw new SluiceError('type', `a ${formatType(from)} cannot be cast to ${formatType(to)}`);
}

/** As `castScalar`, but NULL where the value does not fit: TRY_CAST. */
export function tryCastScalar(value: Scalar, from: DataType, to: DataType): Scalar {
  try {
    return castScalar(value, from, to);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'bad-value') return null;
    throw error;
  }
}

/** Whether SQL knows a cast between two types. */
export function castExists(from: DataType, to: DataType): boolean {
  if (from.kind === to.kind) return true;
  if (from.kind === 'binary' || to.kind === 'binary') return false;
  if (from.kind === 'utf8' || to.kind === 'utf8') return true;
  return isNumeric(from) === isNumeric(to);
}

/** Booleans count as numbers here. */
const isNumeric = ({ kind }: DataType): boolean =>
  kind === 'bool' || kind === 'int32' || kind === 'int64' || kind === 'float64' || kind === 'decimal';

/** a / b rounded down; b > 0. */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

const throwing = (error: SluiceError): never => {
  throw error;
};

function toInteger(value: Scalar, from: DataType, to: DataType): Scalar {
  const bits = to.kind === 'int32' ? 32 : 64;
  // A double must be in range before it is rounded, as in DuckDB.
  if (from.kind === 'float64' && (value as number) < -(2 ** (bits - 1))) throw misfit(value, from, to);
  const exact = toUnscaled(value, from, 0, true);
  if (exact === undefined || BigInt.asIntN(bits, exact) !== exact) throw misfit(value, from, to);
  return bits === 32 ? Number(exact) : exact;
}

function toDecimal(value: Scalar, from: DataType, precision: number, scale: number): bigint {
  const exact = toUnscaled(value, from, scale, false);
  if (from.kind === 'float64' && Math.abs(Number(exact)) >= powerOfTen(precision)) {
    throw misfit(value, from, { kind: 'decimal', precision, scale });
  }
  const limit = 10n ** BigInt(precision);
  if (exact === undefined || exact <= -limit || exact >= limit) {
    throw misfit(value, from, { kind: 'decimal', precision, scale });
  }
  return exact;
}

const misfit = (value: Scalar, from: DataType, to: DataType): SluiceError =>
  new SluiceError('bad-value', `${formatScalar(value, from)} does not fit into ${formatType(to)}`);

/** value x 10^scale as an integer; undefined for doubles that are not finite. */
function toUnscaled(value: Scalar, from: DataType, scale: number, halfToEven: boolean): bigint | undefined {
  if (typeof value === 'boolean') return (value ? 1n : 0n) * 10n ** BigInt(scale);
  if (from.kind === 'float64') {
    const scaled = (value as number) * powerOfTen(scale);
    if (!Number.isFinite(scaled)) return undefined;
    return BigInt(halfToEven ? roundHalfToEven(scaled) : Math.sign(scaled) * Math.round(Math.abs(scaled)));
  }
  const own = from.kind === 'decimal' ? from.scale : 0;
  const integer = BigInt(value as number | bigint);
  return scale >= own ? integer * 10n ** BigInt(scale - own) : divideRounding(integer, 10n ** BigInt(own - scale));
}

/** The double nearest to 10^exponent. */
const powerOfTen = (exponent: number): number => Number(`1e${exponent}`);

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

const EXACT_LIMIT = 1n << 53n;

function toDouble(value: Scalar, from: DataType): number {
  if (from.kind !== 'decimal') return Number(value);
  const unscaled = value as bigint;
  const power = 10n ** BigInt(from.scale);
  const small = unscaled <= EXACT_LIMIT && unscaled >= -EXACT_LIMIT;
  // As DuckDB: whole and fractional part apart where the unscaled value has no exact double.
  if (small || from.scale === 0) return Number(unscaled) / Number(power);
  return Number(unscaled / power) + Number(unscaled % power) / Number(power);
}
