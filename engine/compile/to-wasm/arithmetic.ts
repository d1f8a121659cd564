import { BOOL, type DataType } from '../../../query/types.ts';
import { isWide } from '../../column.ts';
import type { Local } from '../../wasm-assembler/function-builder.ts';
import { pushBeyondDigits, pushMayExceed64Bits } from './bounds.ts';
import { type Emitted, valueTypeOf } from './emitted.ts';
import type { RowCode } from './row-code.ts';
import { emitWideModulo, emitWideNegation, emitWideProduct, emitWideSum } from './wide-decimals.ts';

const SHORT = { add: 'add', subtract: 'sub', multiply: 'mul' } as const;

/** Sums, differences and products; results out of range are failures, but for doubles. */
export function emitArithmetic(
  row: RowCode,
  operator: 'add' | 'subtract' | 'multiply',
  a: Emitted,
  b: Emitted,
  type: DataType,
): Emitted {
  const { code } = row;
  const valid = row.validity([a, b]);
  if (type.kind === 'float64')
    return row.result(type, valid, () => code.get(a.value).get(b.value).op(`f64.${SHORT[operator]}`));
  if (isWide(type))
    return operator === 'multiply' ? emitWideProduct(row, a, b, type) : emitWideSum(row, operator, a, b, type);
  if (valueTypeOf(a.type) === 'i32') return emitFrom32Bits(row, operator, a, b, type, valid);
  const result = row.result(type, valid, () => code.get(a.value).get(b.value).op(`i64.${SHORT[operator]}`));
  if (operator === 'multiply') checkProduct(row, a.value, b.value, valid);
  else checkSum(row, operator, a.value, b.value, result.value, valid);
  // DuckDB widens the declared precision with each step, but stops at 18 digits and checks instead.
  if (type.kind === 'decimal' && type.precision === 18) {
    pushBeyondDigits(row, result.value, 18);
    row.fail(operator, valid);
  }
  return result;
}

/** int32 and dates: exact in 64 bits, then cut where the result has 32. */
function emitFrom32Bits(
  row: RowCode,
  operator: 'add' | 'subtract' | 'multiply',
  a: Emitted,
  b: Emitted,
  type: DataType,
  valid: Local | undefined,
): Emitted {
  const { code } = row;
  const wide = code.local('i64');
  code.get(a.value).op('i64.extend_i32_s').get(b.value).op('i64.extend_i32_s').op(`i64.${SHORT[operator]}`).set(wide);
  if (valueTypeOf(type) === 'i64') return { type, value: wide, ...(valid && { valid }) };
  const result = row.result(type, valid, () => code.get(wide).op('i32.wrap_i64'));
  // The least and the greatest date stand for infinities.
  if (type.kind === 'date')
    code.get(wide).i64(0x7fffffffn).op('i64.ge_s').get(wide).i64(-0x7fffffffn).op('i64.le_s').op('i32.or');
  else code.get(result.value).op('i64.extend_i32_s').get(wide).op('i64.ne');
  row.fail(operator, valid);
  return result;
}

/** A sum overflows when both operands have another sign than it; a difference when a's sign is not b's nor its own. */
function checkSum(
  row: RowCode,
  operator: 'add' | 'subtract',
  a: Local,
  b: Local,
  sum: Local,
  valid: Local | undefined,
): void {
  const differ = (x: Local, y: Local) => row.code.get(x).get(y).op('i64.xor');
  differ(sum, a);
  if (operator === 'add') differ(sum, b);
  else differ(a, b);
  row.code.op('i64.and').i64(0n).op('i64.lt_s');
  row.fail(operator, valid);
}

function checkProduct(row: RowCode, a: Local, b: Local, valid: Local | undefined): void {
  const { code } = row;
  pushMayExceed64Bits(row, a, b);
  code.when(() => {
    code
      .get(a)
      .get(b)
      .call(row.kernel('multiplyOverflows', ['i64', 'i64'], 'i32'));
    row.fail('multiply', valid);
  });
}

/** `-a`; overflow fails. */
export function emitNegation(row: RowCode, a: Emitted, type: DataType): Emitted {
  const { code } = row;
  if (type.kind === 'float64') return row.result(type, a.valid, () => code.get(a.value).op('f64.neg'));
  if (isWide(type)) return emitWideNegation(row, a, type);
  const width = valueTypeOf(type) as 'i32' | 'i64';
  if (type.kind !== 'decimal') {
    code.get(a.value);
    pushInteger(row, width, 'least');
    code.op(`${width}.eq`);
    row.fail('negate', a.valid);
  }
  return row.result(type, a.valid, () => {
    row.zero(width);
    code.get(a.value).op(`${width}.sub`);
  });
}

/** x / 0 is an infinity or NaN; x // 0 and x % 0 are NULL, but x % 0 of doubles is NaN. */
export function emitDivision(
  row: RowCode,
  operator: 'divide' | 'integer_divide' | 'modulo',
  a: Emitted,
  b: Emitted,
  type: DataType,
): Emitted {
  const { code } = row;
  if (isWide(type)) return emitWideModulo(row, a, b, type);
  const width = valueTypeOf(type);
  if (width !== 'f64') return emitIntegerDivision(row, operator, width as 'i32' | 'i64', a, b, type);
  const valid = operator === 'integer_divide' ? row.all(a.valid, b.valid, nonZero(row, b)) : row.validity([a, b]);
  return row.result(type, valid, () => {
    code.get(a.value).get(b.value);
    if (operator === 'modulo') code.call(row.kernel('remainder', ['f64', 'f64'], 'f64'));
    else code.op('f64.div');
  });
}

function nonZero(row: RowCode, { value }: Emitted): Local {
  return row.result(BOOL, undefined, () => {
    row.code.get(value);
    row.zero(value.type);
    row.code.op(`${value.type}.ne`);
  }).value;
}

/**
 * A divisor that would trap is replaced by one: zero, and -1 under the least integer, where the quotient has no room
 * and DuckDB refuses the remainder with it.
 */
function emitIntegerDivision(
  row: RowCode,
  operator: 'divide' | 'integer_divide' | 'modulo',
  width: 'i32' | 'i64',
  a: Emitted,
  b: Emitted,
  type: DataType,
): Emitted {
  const { code } = row;
  const divisible = nonZero(row, b);
  const valid = row.all(divisible, a.valid, b.valid);
  const overflows = code.local('i32');
  code.get(a.value);
  pushInteger(row, width, 'least');
  code.op(`${width}.eq`).get(b.value);
  pushInteger(row, width, -1);
  code.op(`${width}.eq`).op('i32.and').set(overflows);
  if (type.kind !== 'decimal') {
    code.get(overflows);
    row.fail('integer_divide', valid);
  }
  return row.result(type, valid, () => {
    code.get(a.value).get(b.value);
    pushInteger(row, width, 1);
    code.get(divisible).get(overflows).op('i32.eqz').op('i32.and').select();
    code.op(`${width}.${operator === 'modulo' ? 'rem_s' : 'div_s'}`);
  });
}

function pushInteger(row: RowCode, width: 'i32' | 'i64', value: number | 'least'): void {
  if (width === 'i32') row.code.i32(value === 'least' ? -0x80000000 : value);
  else row.code.i64(value === 'least' ? -(1n << 63n) : BigInt(value));
}
