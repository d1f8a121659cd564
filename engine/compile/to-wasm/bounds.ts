import type { Local } from '../../wasm-assembler/function-builder.ts';
import type { RowCode } from './row-code.ts';

// Tests that leave 1 on the stack where an integer is too large.

/** |x| < 2^(64 - clz): when the leading zeros of both reach 66, the product fits. Leaves 1 where they do not. */
export function pushMayExceed64Bits(row: RowCode, a: Local, b: Local): void {
  const { code } = row;
  const leadingZeros = (x: Local) => code.get(x).get(x).i64(63n).op('i64.shr_s').op('i64.xor').op('i64.clz');
  leadingZeros(a);
  leadingZeros(b);
  code.op('i64.add').i64(66n).op('i64.lt_s');
}

/** Leaves 1 where an i64 has more than so many decimal digits. */
export function pushBeyondDigits(row: RowCode, value: Local, digits: number): void {
  const limit = 10n ** BigInt(digits);
  row.code.get(value).i64(limit).op('i64.ge_s').get(value).i64(-limit).op('i64.le_s').op('i32.or');
}

/** Leaves 1 where a number of 128 bits has more than so many decimal digits. */
export function pushWideBeyondDigits(row: RowCode, low: Local, high: Local, digits: number): void {
  const { code } = row;
  const limit = 10n ** BigInt(digits);
  code
    .get(high)
    .i64(limit >> 64n)
    .op('i64.gt_s');
  code
    .get(high)
    .i64(limit >> 64n)
    .op('i64.eq')
    .get(low)
    .i64(limit)
    .op('i64.ge_u')
    .op('i32.and')
    .op('i32.or');
  code
    .get(high)
    .i64(-limit >> 64n)
    .op('i64.lt_s')
    .op('i32.or');
  code
    .get(high)
    .i64(-limit >> 64n)
    .op('i64.eq')
    .get(low)
    .i64(-limit)
    .op('i64.le_u')
    .op('i32.and')
    .op('i32.or');
}

/** Leaves 1 where a number of 128 bits is one of 64. */
export function pushFits64Bits(row: RowCode, low: Local, high: Local): void {
  row.code.get(low).i64(63n).op('i64.shr_s').get(high).op('i64.eq');
}
