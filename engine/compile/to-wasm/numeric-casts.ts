import { castMayFail } from '../../../query/may-fail.ts';
import { type DataType, FLOAT64, INT64 } from '../../../query/types.ts';
import { isWide } from '../../column.ts';
import type { Local } from '../../wasm-assembler/function-builder.ts';
import { pushBeyondDigits, pushFits64Bits, pushWideBeyondDigits } from './bounds.ts';
import type { Emitted } from './emitted.ts';
import type { RowCode } from './row-code.ts';
import { emitScaledDown, emitScaledUp, type Wide, widened } from './wide-decimals.ts';

/** A value in another type; `misfit` is 1 where it does not fit, absent where every value does. */
export interface Conversion {
  readonly value: Emitted;
  readonly misfit?: Local;
}

export const isNumeric = ({ kind }: DataType): boolean =>
  kind === 'bool' || kind === 'int32' || kind === 'int64' || kind === 'float64' || kind === 'decimal';

const scaleOf = (type: DataType): number => (type.kind === 'decimal' ? type.scale : 0);

/** bool, int32, int64, float64 and decimals among each other. */
export function convertNumber(row: RowCode, from: Emitted, to: DataType): Conversion {
  if (to.kind === 'bool') return { value: isNotZero(row, from, to) };
  if (to.kind === 'float64') return { value: from.high ? wideToDouble(row, from, to) : toDouble(row, from, to) };
  if (from.type.kind !== 'float64') return rescale(row, from, to);
  return to.kind === 'decimal' ? doubleToDecimal(row, from, to) : doubleToInteger(row, from, to);
}

function isNotZero(row: RowCode, from: Emitted, to: DataType): Emitted {
  const { code } = row;
  const { value, high, valid } = from;
  return row.result(to, valid, () => {
    code.get(value);
    if (value.type === 'f64') code.f64(0).op('f64.ne');
    else {
      if (high) code.get(high).op('i64.or');
      code.op(`${value.type}.eqz`).op('i32.eqz');
    }
  });
}

function pushLong(row: RowCode, { value }: Emitted): void {
  row.code.get(value);
  if (value.type === 'i32') row.code.op('i64.extend_i32_s');
}

/** Integers up to this have an exact double. */
const EXACT_DOUBLES = 1n << 53n;

/** Integers and decimals of up to 18 digits. Decimals beyond 2^53 units go by whole and fraction, as in DuckDB. */
function toDouble(row: RowCode, from: Emitted, to: DataType): Emitted {
  const { code } = row;
  const scale = scaleOf(from.type);
  const power = 10n ** BigInt(scale);
  const result = row.result(to, from.valid, () => {
    pushLong(row, from);
    code.op('f64.convert_i64_s');
    if (scale > 0) code.f64(Number(power)).op('f64.div');
  });
  if (scale === 0 || (from.type.kind === 'decimal' && from.type.precision < 16)) return result;
  const { value } = from;
  code.get(value).i64(EXACT_DOUBLES).op('i64.gt_s').get(value).i64(-EXACT_DOUBLES).op('i64.lt_s').op('i32.or');
  code.when(() => {
    code.get(value).i64(power).op('i64.div_s').op('f64.convert_i64_s');
    code.get(value).i64(power).op('i64.rem_s').op('f64.convert_i64_s').f64(Number(power)).op('f64.div');
    code.op('f64.add').set(result.value);
  });
  return result;
}

function wideToDouble(row: RowCode, from: Emitted, to: DataType): Emitted {
  const { code } = row;
  const power = 10n ** BigInt(scaleOf(from.type));
  return row.result(to, from.valid, () => {
    row.push(from);
    code
      .i64(power)
      .i64(power >> 64n)
      .f64(Number(power));
    code.call(row.kernel('wideToFloat64', ['i64', 'i64', 'i64', 'i64', 'f64'], 'f64'));
  });
}

/** Rounds half to even, as DuckDB does; NaN does not fit, nor what is out of range, below already before rounding. */
function doubleToInteger(row: RowCode, from: Emitted, to: DataType): Conversion {
  const { code } = row;
  const rounded = row.result(FLOAT64, from.valid, () => code.get(from.value).op('f64.nearest'));
  const bound = to.kind === 'int32' ? 2 ** 31 : 2 ** 63;
  const { fits, misfit } = flags(row, () => {
    code.get(from.value).f64(-bound).op('f64.ge').get(rounded.value).f64(bound).op('f64.lt').op('i32.and');
  });
  const long = row.result(INT64, from.valid, () => pushTruncated(row, rounded.value, fits));
  if (to.kind === 'int64') return { value: long, misfit };
  return { value: row.result(to, from.valid, () => code.get(long.value).op('i32.wrap_i64')), misfit };
}

/** Scales and rounds half away from zero. */
function doubleToDecimal(row: RowCode, from: Emitted, to: Extract<DataType, { kind: 'decimal' }>): Conversion {
  const { code } = row;
  const scaled = row.result(FLOAT64, undefined, () =>
    code
      .get(from.value)
      .f64(10 ** to.scale)
      .op('f64.mul'),
  ).value;
  const whole = row.result(FLOAT64, undefined, () => code.get(scaled).op('f64.trunc')).value;
  const rounded = row.result(FLOAT64, undefined, () => {
    code.get(whole).f64(1).get(scaled).op('f64.copysign').op('f64.add').get(whole);
    code.get(scaled).get(whole).op('f64.sub').op('f64.abs').f64(0.5).op('f64.ge').select();
  }).value;
  const bound = powerOfTen(to.precision);
  const { fits, misfit } = flags(row, () => code.get(rounded).op('f64.abs').f64(bound).op('f64.lt'));
  if (!isWide(to)) return { value: row.result(to, from.valid, () => pushTruncated(row, rounded, fits)), misfit };
  const value = row.blank(to, from.valid) as Wide;
  code.get(rounded).f64(0).get(fits).select().i32(row.callState);
  code.call(row.kernel('float64ToWide', ['f64', 'i32'], 'i64')).set(value.value);
  code.i32(row.callState).load('i64.load', 16).set(value.high);
  return { value, misfit };
}

/** The double nearest to 10^exponent. */
const powerOfTen = (exponent: number): number => Number(`1e${exponent}`);

function flags(row: RowCode, pushFits: () => unknown): { fits: Local; misfit: Local } {
  const { code } = row;
  const [fits, misfit] = [code.local('i32'), code.local('i32')];
  pushFits();
  code.tee(fits).op('i32.eqz').set(misfit);
  return { fits, misfit };
}

/** Pushes a whole double as i64; 0 where it does not fit, since the instruction traps. */
function pushTruncated(row: RowCode, value: Local, fits: Local): void {
  row.code.get(value).f64(0).get(fits).select().op('i64.trunc_f64_s');
}

/** Between bool, integers and decimals: digits are added, or cut with rounding half away from zero. */
function rescale(row: RowCode, from: Emitted, to: DataType): Conversion {
  const shift = scaleOf(to) - scaleOf(from.type);
  const checked = castMayFail(from.type, to);
  return from.high || isWide(to)
    ? rescaleWide(row, from, to, shift, checked)
    : rescaleNarrow(row, from, to, shift, checked);
}

function rescaleNarrow(row: RowCode, from: Emitted, to: DataType, shift: number, checked: boolean): Conversion {
  const { code } = row;
  const factor = 10n ** BigInt(Math.abs(shift));
  const original = row.result(INT64, from.valid, () => pushLong(row, from)).value;
  const long = row.result(INT64, from.valid, () => {
    code.get(original);
    if (shift > 0) code.i64(factor).op('i64.mul');
    if (shift < 0) code.i64(factor).call(row.kernel('roundDivide', ['i64', 'i64'], 'i64'));
  });
  const value = narrowed(row, long.value, to, from.valid);
  if (!checked) return { value };
  const misfit = code.local('i32');
  pushMisfit(row, long.value, value, to);
  if (shift > 0) {
    const bound = ((1n << 63n) - 1n) / factor;
    code.get(original).i64(bound).op('i64.gt_s').op('i32.or').get(original).i64(-bound).op('i64.lt_s').op('i32.or');
  }
  code.set(misfit);
  return { value, misfit };
}

function rescaleWide(row: RowCode, from: Emitted, to: DataType, shift: number, checked: boolean): Conversion {
  const { code } = row;
  let scaled = widened(row, from);
  let overflow: Local | undefined;
  if (shift > 0) ({ scaled, overflow } = emitScaledUp(row, from, shift));
  else if (shift < 0) scaled = emitScaledDown(row, scaled, -shift);
  const value = isWide(to) ? { ...scaled, type: to } : narrowed(row, scaled.value, to, from.valid);
  if (!checked) return { value };
  const misfit = code.local('i32');
  if (to.kind === 'decimal' && isWide(to)) pushWideBeyondDigits(row, scaled.value, scaled.high, to.precision);
  else {
    pushMisfit(row, scaled.value, value, to);
    pushFits64Bits(row, scaled.value, scaled.high);
    code.op('i32.eqz').op('i32.or');
  }
  if (overflow) code.get(overflow).op('i32.or');
  code.set(misfit);
  return { value, misfit };
}

/** An i64 as a value of a type of at most 64 bits. */
function narrowed(row: RowCode, long: Local, to: DataType, valid: Local | undefined): Emitted {
  if (to.kind === 'int32') return row.result(to, valid, () => row.code.get(long).op('i32.wrap_i64'));
  return { type: to, value: long, ...(valid && { valid }) };
}

/** Leaves 1 where an i64 is no value of the type. */
function pushMisfit(row: RowCode, long: Local, value: Emitted, to: DataType): void {
  if (to.kind === 'int32') row.code.get(value.value).op('i64.extend_i32_s').get(long).op('i64.ne');
  else if (to.kind === 'decimal') pushBeyondDigits(row, long, to.precision);
  else row.code.i32(0);
}
