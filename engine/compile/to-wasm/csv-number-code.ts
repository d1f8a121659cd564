import type { Local } from '../../wasm-assembler/function-builder.ts';
import { emitPairs, prepareDigits } from './csv-digits-code.ts';
import { bytes, type ColumnLocals, type RowEmitter, words } from './csv-row-emitter.ts';

export type NumberField =
  | { readonly kind: 'integer'; readonly bytes: 4 | 8 }
  | { readonly kind: 'decimal'; readonly scale: number; readonly precision: number; readonly mark: number };

/** A decimal's fraction, its mark and a digit before it must fit 16 bytes. */
export const LARGEST_SCALE = 14;

const [LONGEST, ZERO_DIGIT, MINUS] = [16, 0x30, 0x2d];

/** What does not change from row to row; before the loop. */
export function prepareNumber(row: RowEmitter, field: NumberField): void {
  const { scale, mark } = pointOf(field);
  const point = scale === 0 ? -1 : 15 - scale;
  const { pairs, quads, octets } = weightsOf(point);
  prepareDigits(row);
  row.constant(
    `form ${scale}`,
    bytes((i) => (i === point ? mark : ZERO_DIGIT)),
  );
  row.constant(
    `bounds ${scale}`,
    bytes((i) => (i === point ? 0 : 9)),
  );
  row.constant(
    `reach ${scale}`,
    bytes((i) => (i >= 15 - scale ? 255 : 15 - i)),
  );
  row.constant(`pairs ${point}`, words(...pairs));
  row.constant(`quads ${point}`, words(...quads.flatMap((weight) => [weight, 1])));
  row.constant(`octets ${point}`, words(...octets.flatMap((weight) => [weight, 1])));
}

/**
 * Digits, with as many behind the mark as the scale says; a negative one only where NULLs may come. The 16 bytes that end
 * with the field are read; the mark stays among the digits, as a 0 that the weights of those before it jump over. The
 * fraction and one byte more are looked at whatever the field's length: what stands before a field is no digit.
 */
export function emitNumber(row: RowEmitter, field: NumberField, column: ColumnLocals): void {
  const { f } = row;
  const { scale } = pointOf(field);
  const point = scale === 0 ? -1 : 15 - scale;
  const { largest, longest } = limitsOf(field);
  const [length, digits, scratch] = [f.local('i32'), f.local('v128'), f.local('v128')];
  const negative = row.forms.nulls ? f.local('i32') : undefined;
  row.length();
  if (negative) f.get(row.start).load('i32.load8_u').i32(MINUS).op('i32.eq').tee(negative).op('i32.sub');
  f.set(length);
  f.i32(longest).get(length).op('i32.sub');
  row.doubtNegative();
  f.get(row.stop).i32(LONGEST).op('i32.sub').load('v128.load');
  row.use(`form ${scale}`).op('v128.xor');
  f.get(length).op('i8x16.splat');
  row.use(`reach ${scale}`).op('i8x16.gt_s').op('v128.and').tee(digits);
  row.use(`bounds ${scale}`).op('i8x16.sub_sat_u');
  row.doubtBytes();
  f.get(digits);
  emitPairs(row, `pairs ${point}`, scratch);
  row.use(`quads ${point}`).op('i32x4.dot_i16x8_s').tee(scratch).get(scratch).op('i16x8.narrow_i32x4_s');
  const word = column.magnitude;
  row.use(`octets ${point}`).op('i32x4.dot_i16x8_s').extract('i64x2.extract_lane', 0).tee(word);
  f.i64(0xffffffffn).op('i64.and').i64(weightsOf(point).first).op('i64.mul').get(word).i64(32n).op('i64.shr_u');
  f.op('i64.add');
  if (row.forms.nulls) f.get(row.alive).op('i64.extend_i32_s').op('i64.and');
  f.set(word);
  if (largest !== undefined) {
    f.i64(largest).get(word).op('i64.sub').i64(32n).op('i64.shr_s').op('i32.wrap_i64');
    row.doubtNegative();
  }
  storeNumber(row, field, column, negative);
}

function storeNumber(row: RowEmitter, field: NumberField, column: ColumnLocals, negative: Local | undefined): void {
  const { f } = row;
  if (field.kind === 'integer' && field.bytes === 4) {
    row.valueAddress(column, 4).get(column.magnitude).op('i32.wrap_i64');
    if (negative) f.i32(0).get(negative).op('i32.sub').op('i32.xor').get(negative).op('i32.add');
    row.storeValue(column, 'i32');
    return;
  }
  row.valueAddress(column, 8).get(column.magnitude);
  if (negative) {
    f.i64(0n).get(negative).op('i64.extend_i32_u').op('i64.sub').op('i64.xor');
    f.get(negative).op('i64.extend_i32_u').op('i64.add');
  }
  row.storeValue(column, 'i64');
}

/** How many bytes a number may have, less its sign; and the largest number where some of so many bytes are too large. */
function limitsOf(field: NumberField): { longest: number; largest?: bigint } {
  if (field.kind === 'integer')
    return field.bytes === 4 ? { longest: 10, largest: 2n ** 31n - 1n } : { longest: LONGEST };
  const { precision, scale } = field;
  // A 0 is written before the mark, too.
  if (precision === scale) return { longest: Math.min(LONGEST, scale + 2), largest: 10n ** BigInt(precision) - 1n };
  return { longest: Math.min(LONGEST, precision + (scale > 0 ? 1 : 0)) };
}

/**
 * What digits count, where the mark is byte `point` of 16 (-1: there is none): the first digit of each pair, the first
 * pair of each four digits, the first four of each eight, the first eight; all in units of what stands behind them.
 */
function weightsOf(point: number): { pairs: number[]; quads: number[]; octets: number[]; first: bigint } {
  /** Digits among the `size` bytes from the `index`-th such run on. */
  const digits = (size: number, index: number) => size - Number(point >= size * index && point < size * (index + 1));
  const behind = (size: number, count: number) =>
    Array.from({ length: count }, (_, i) => 10 ** digits(size, 2 * i + 1));
  return {
    pairs: behind(1, 8),
    quads: behind(2, 4),
    octets: [...behind(4, 2), ...behind(4, 2)],
    first: BigInt(10 ** digits(8, 1)),
  };
}

function pointOf(field: NumberField): { scale: number; mark: number } {
  return field.kind === 'decimal' ? field : { scale: 0, mark: 0 };
}
