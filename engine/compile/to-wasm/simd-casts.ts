import { MICROS_PER_DAY } from '../../../query/calendar.ts';
import type { DataType } from '../../../query/types.ts';
import { floatLanes, productLanes } from './simd-arithmetic.ts';
import type { LaneCode, Lanes } from './simd-lanes.ts';
import { floatBits } from './simd-shape.ts';

/** Adding this to |x| < 2^51, as an integer to a float's bits, gives the float 2^52 + 2^51 + x. */
const FLOAT_OFFSET_BITS = 0x4338000000000000n;
const EXACT_BITS = 51;
/** 2^25 days in microseconds are below 2^62; no timestamp is as far. */
const DAY_BITS = 25;

/** Casts that lose nothing (see `isVectorizable`); what does not fit its type is a doubt. */
export function castLanes(lanes: LaneCode, from: Lanes, to: DataType): Lanes {
  const { code } = lanes;
  const source = from.type;
  if (source.kind === to.kind && source.kind !== 'decimal') return { ...from, type: to };
  const sourceScale = source.kind === 'decimal' ? source.scale : 0;
  if (to.kind === 'float64') {
    const exact = lanes.bounded(from, EXACT_BITS);
    const offset = lanes.word(FLOAT_OFFSET_BITS);
    const divisor = sourceScale > 0 ? lanes.word(floatBits(10 ** sourceScale)) : undefined;
    const result = floatLanes(lanes, to, [from], () => {
      code.get(exact.value).get(offset).op('i64x2.add').get(offset).op('f64x2.sub');
      if (divisor) code.get(divisor).op('f64x2.div');
    });
    return { ...result, isNumber: true };
  }
  if (to.kind === 'timestamp')
    return { ...scaledLanes(lanes, lanes.bounded(from, DAY_BITS), MICROS_PER_DAY), type: to };
  if (to.kind === 'int32') return { ...lanes.bounded(from, 31), type: to };
  if (to.kind !== 'decimal') return { ...from, type: to };
  const shift = to.scale - sourceScale;
  const scaled = shift === 0 ? from : scaledLanes(lanes, from, 10n ** BigInt(shift));
  return { ...withinDigits(lanes, scaled, from, to), type: to };
}

function scaledLanes(lanes: LaneCode, a: Lanes, factor: bigint): Lanes {
  const bits = Math.max(31, factor.toString(2).length);
  return { ...a, ...productLanes(lanes, a, { type: a.type, value: lanes.word(factor), bits }) };
}

/** A decimal must have its digits: needless to test where the source's type has no more before the point. */
function withinDigits(
  lanes: LaneCode,
  scaled: Lanes,
  { type: source, bits }: Lanes,
  to: DataType & { kind: 'decimal' },
): Lanes {
  const whole = to.precision - to.scale;
  if (source.kind === 'decimal' ? source.precision - source.scale <= whole : bits <= 31 && whole >= 10) return scaled;
  const limit = 10n ** BigInt(to.precision) - 1n;
  for (const [name, word] of [
    ['i64x2.gt_s', limit],
    ['i64x2.lt_s', -limit],
  ] as const) {
    const bound = lanes.word(word);
    lanes.doubt(() => {
      lanes.code.get(scaled.value).get(bound).op(name);
      if (scaled.valid) lanes.code.get(scaled.valid).op('v128.and');
    });
  }
  return scaled;
}
