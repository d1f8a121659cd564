import { type DataType, decimal } from '../../../query/types.ts';
import type { Local } from '../../wasm-assembler/function-builder.ts';
import { pushFits64Bits, pushMayExceed64Bits, pushWideBeyondDigits } from './bounds.ts';
import type { Emitted } from './emitted.ts';
import type { RowCode } from './row-code.ts';

/** A number of 128 bits. */
export type Wide = Emitted & { readonly high: Local };

const CAPPED_DIGITS = 38;

/** The value in 128 bits: as it is, or with its sign spread over a high word. Takes bool, integers and decimals. */
export function widened(row: RowCode, operand: Emitted): Wide {
  const { code } = row;
  if (operand.high) return operand as Wide;
  const high = code.local('i64');
  let { value } = operand;
  if (value.type === 'i32') {
    value = code.local('i64');
    code.get(operand.value).op('i64.extend_i32_s').set(value);
  }
  code.get(value).i64(63n).op('i64.shr_s').set(high);
  return { ...operand, value, high };
}

/** Sum or difference: the low words, then the high words with what is carried. */
export function emitWideSum(
  row: RowCode,
  operator: 'add' | 'subtract',
  a: Emitted,
  b: Emitted,
  type: DataType,
): Emitted {
  const { code } = row;
  const [x, y] = [widened(row, a), widened(row, b)];
  const valid = row.validity([a, b]);
  const sum = row.blank(type, valid) as Wide;
  const short = operator === 'add' ? 'add' : 'sub';
  code.get(x.value).get(y.value).op(`i64.${short}`).set(sum.value);
  code.get(x.high).get(y.high).op(`i64.${short}`);
  if (operator === 'add') code.get(sum.value).get(x.value).op('i64.lt_u');
  else code.get(x.value).get(y.value).op('i64.lt_u');
  code.op('i64.extend_i32_u').op(`i64.${short}`).set(sum.high);
  if (type.kind !== 'decimal' || type.precision < CAPPED_DIGITS) return sum;
  // Twice 38 digits do not fit 128 bits: the sign may have turned.
  const differ = (p: Wide, q: Wide) => code.get(p.high).get(q.high).op('i64.xor');
  differ(sum, x);
  if (operator === 'add') differ(sum, y);
  else differ(x, y);
  code.op('i64.and').i64(0n).op('i64.lt_s');
  pushWideBeyondDigits(row, sum.value, sum.high, CAPPED_DIGITS);
  code.op('i32.or');
  row.fail(operator, valid);
  return sum;
}

/** Product: of the low words where they are all there is to the operands and it fits 64 bits, else by a kernel. */
export function emitWideProduct(row: RowCode, a: Emitted, b: Emitted, type: DataType): Emitted {
  const { code } = row;
  const [x, y] = [widened(row, a), widened(row, b)];
  const valid = row.validity([a, b]);
  const product = row.blank(type, valid) as Wide;
  code.get(x.value).get(y.value).op('i64.mul').tee(product.value).i64(63n).op('i64.shr_s').set(product.high);
  const long = code.local('i32');
  pushMayExceed64Bits(row, x.value, y.value);
  for (const operand of [a, b]) {
    if (!operand.high) continue;
    pushFits64Bits(row, operand.value, operand.high);
    code.op('i32.eqz').op('i32.or');
  }
  code.set(long);
  row.when(row.all(valid, long), () => {
    callWide(row, 'multiplyWide', [x, y], product);
    pushOverflow(row);
    row.fail('multiply', undefined);
  });
  return product;
}

/** Remainder of truncated division; NULL where b is 0. */
export function emitWideModulo(row: RowCode, a: Emitted, b: Emitted, type: DataType): Emitted {
  const { code } = row;
  const [x, y] = [widened(row, a), widened(row, b)];
  const nonZero = code.local('i32');
  code.get(y.value).get(y.high).op('i64.or').op('i64.eqz').op('i32.eqz').set(nonZero);
  const valid = row.all(nonZero, a.valid, b.valid);
  const rest = row.blank(type, valid) as Wide;
  row.when(valid, () => callWide(row, 'moduloWide', [x, y], rest));
  return rest;
}

/** `-a` of 128 bits. */
export function emitWideNegation(row: RowCode, a: Emitted, type: DataType): Emitted {
  const { code } = row;
  const x = widened(row, a);
  const negative = row.blank(type, a.valid) as Wide;
  code.i64(0n).get(x.value).op('i64.sub').set(negative.value);
  code.i64(0n).get(x.high).op('i64.sub');
  code.get(x.value).op('i64.eqz').op('i32.eqz').op('i64.extend_i32_u').op('i64.sub').set(negative.high);
  return negative;
}

/** A number times 10^digits, and a flag that is 1 where the product has more than 38 digits. */
export function emitScaledUp(row: RowCode, a: Emitted, digits: number): { scaled: Wide; overflow: Local } {
  const { code } = row;
  const x = widened(row, a);
  const factor = 10n ** BigInt(digits);
  const scaled = row.blank(decimal(CAPPED_DIGITS, 0), a.valid) as Wide;
  const overflow = code.local('i32');
  code.i32(0).set(overflow);
  let long: Local | undefined;
  if (factor < 1n << 63n) {
    const bound = ((1n << 63n) - 1n) / factor;
    code.get(x.value).i64(factor).op('i64.mul').tee(scaled.value).i64(63n).op('i64.shr_s').set(scaled.high);
    long = code.local('i32');
    code.get(x.value).i64(bound).op('i64.gt_s').get(x.value).i64(-bound).op('i64.lt_s').op('i32.or');
    pushFits64Bits(row, x.value, x.high);
    code.op('i32.eqz').op('i32.or').set(long);
  }
  row.when(row.all(a.valid, long), () => {
    callWide(row, 'multiplyWide', [x, factor], scaled);
    pushOverflow(row);
    code.set(overflow);
  });
  return { scaled, overflow };
}

/** A number divided by 10^digits, rounded half away from zero. */
export function emitScaledDown(row: RowCode, a: Wide, digits: number): Wide {
  const scaled = row.blank(decimal(CAPPED_DIGITS, 0), a.valid) as Wide;
  row.when(a.valid, () => callWide(row, 'divideRoundingWide', [a, 10n ** BigInt(digits)], scaled));
  return scaled;
}

/** Calls a kernel of engine/kernels/wide-decimals.ts that takes two numbers of 128 bits and gives a third. */
function callWide(row: RowCode, kernel: string, operands: readonly (Wide | bigint)[], result: Wide): void {
  const { code, callState } = row;
  for (const operand of operands) {
    if (typeof operand === 'bigint') code.i64(operand).i64(operand >> 64n);
    else row.push(operand);
  }
  code.i32(callState).call(row.kernel(kernel, ['i64', 'i64', 'i64', 'i64', 'i32'], 'i64'));
  code.set(result.value).i32(callState).load('i64.load', 16).set(result.high);
}

/** Leaves 1 where the last kernel's result was out of range. */
function pushOverflow(row: RowCode): void {
  row.code.i32(row.callState).load('i32.load', 12);
  row.code.i32(row.callState).i32(0).store('i32.store', 12);
}
