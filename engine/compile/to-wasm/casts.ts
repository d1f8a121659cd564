import { SluiceError } from '../../../query/error.ts';
import { BOOL, type DataType, formatType } from '../../../query/types.ts';
import type { Emitted } from './emitted.ts';
import { type Conversion, convertNumber, isNumeric } from './numeric-casts.ts';
import type { RowCode } from './row-code.ts';
import { emitTextCast } from './text-casts.ts';

/** CAST; TRY_CAST gives NULL where a value does not fit instead of failing. */
export function emitCast(row: RowCode, from: Emitted, to: DataType, attempt: boolean): Emitted {
  if (from.type.kind === to.kind && to.kind !== 'decimal') return { ...from, type: to };
  if (from.type.kind === 'utf8' || to.kind === 'utf8') return emitTextCast(row, from, to, attempt);
  const { value, misfit } = convert(row, from, to);
  if (!misfit) return value;
  if (!attempt) {
    row.code.get(misfit);
    row.fail('cast', value.valid);
    return value;
  }
  const fits = row.result(BOOL, undefined, () => row.code.get(misfit).op('i32.eqz'));
  const valid = row.all(value.valid, fits.value);
  return { ...value, ...(valid && { valid }) };
}

function convert(row: RowCode, from: Emitted, to: DataType): Conversion {
  const { type } = from;
  if (isNumeric(type) && (isNumeric(to) || to.kind === 'bool')) return convertNumber(row, from, to);
  if (type.kind === 'date' && to.kind === 'timestamp') return dateToTimestamp(row, from, to);
  if (type.kind === 'timestamp' && to.kind === 'date') return { value: timestampToDate(row, from, to) };
  throw new SluiceError('type', `a ${formatType(type)} cannot be cast to ${formatType(to)}`);
}

const MICROS_PER_DAY = 86_400_000_000n;
/** The greatest values and their negatives stand for infinities. */
const INFINITE_DAY = 0x7fffffff;
const INFINITE_MICROS = (1n << 63n) - 1n;
const LAST_DAY = Number(INFINITE_MICROS / MICROS_PER_DAY);

/** Timestamps reach less far than dates. */
function dateToTimestamp(row: RowCode, from: Emitted, to: DataType): Conversion {
  const { code } = row;
  const { value: days, valid } = from;
  const isInfinite = row.result(BOOL, undefined, () => {
    code.get(days).i32(INFINITE_DAY).op('i32.eq').get(days).i32(-INFINITE_DAY).op('i32.le_s').op('i32.or');
  }).value;
  const value = row.result(to, valid, () => {
    code.i64(INFINITE_MICROS).i64(-INFINITE_MICROS).get(days).i32(0).op('i32.gt_s').select();
    code.get(days).op('i64.extend_i32_s').i64(MICROS_PER_DAY).op('i64.mul').get(isInfinite).select();
  });
  const misfit = row.result(BOOL, undefined, () => {
    code.get(days).i32(LAST_DAY).op('i32.gt_s').get(days).i32(-LAST_DAY).op('i32.lt_s').op('i32.or');
    code.get(isInfinite).op('i32.eqz').op('i32.and');
  }).value;
  return { value, misfit };
}

/** The day that a moment lies in: before 1970 the one that began before it. */
function timestampToDate(row: RowCode, from: Emitted, to: DataType): Emitted {
  const { code } = row;
  const { value: micros, valid } = from;
  return row.result(to, valid, () => {
    code.i32(INFINITE_DAY).i32(-INFINITE_DAY).get(micros).i64(0n).op('i64.gt_s').select();
    code.get(micros).i64(MICROS_PER_DAY).op('i64.div_s');
    code.get(micros).i64(MICROS_PER_DAY).op('i64.rem_s').i64(63n).op('i64.shr_s').op('i64.add').op('i32.wrap_i64');
    code.get(micros).i64(INFINITE_MICROS).op('i64.eq').get(micros).i64(-INFINITE_MICROS).op('i64.le_s').op('i32.or');
    code.select();
  });
}
