import type { DataType } from '../../../query/types.ts';
import type { Local } from '../../wasm-assembler/function-builder.ts';
import type { LaneCode, Lanes } from './simd-lanes.ts';
import { isFloat } from './simd-shape.ts';

/** The low halves of both lanes of a vector, side by side. */
const LOW_HALVES = [0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11];

const INSTRUCTIONS = { add: 'add', subtract: 'sub', multiply: 'mul' } as const;

/** A float result, which nothing can make doubtful. */
export function floatLanes(lanes: LaneCode, type: DataType, operands: readonly Lanes[], compute: () => unknown): Lanes {
  return { type, value: lanes.vector(compute), bits: 0, ...lanes.validity(operands) };
}

/** A whole result, which must fit its type. */
function wholeLanes(lanes: LaneCode, type: DataType, value: Local, bits: number, operands: readonly Lanes[]): Lanes {
  const result = { type, value, bits, ...lanes.validity(operands) };
  if (type.kind === 'int32' || type.kind === 'date') return lanes.bounded(result, 31);
  // Decimals stop at 18 digits, and 2^59 < 10^18.
  return type.kind === 'decimal' && type.precision === 18 ? lanes.bounded(result, 59) : result;
}

/** `-a`. */
export function negateLanes(lanes: LaneCode, a: Lanes, type: DataType): Lanes {
  const { code } = lanes;
  if (isFloat(type)) return floatLanes(lanes, type, [a], () => code.get(a.value).op('f64x2.neg'));
  const small = lanes.bounded(a, type.kind === 'int32' ? 31 : 62);
  const value = lanes.vector(() => code.get(small.value).op('i64x2.neg'));
  return wholeLanes(lanes, type, value, small.bits + 1, [a]);
}

/** A sum, difference or product. Whole numbers are computed in 64 bits. */
export function computeLanes(
  lanes: LaneCode,
  operator: 'add' | 'subtract' | 'multiply',
  a: Lanes,
  b: Lanes,
  type: DataType,
): Lanes {
  const { code } = lanes;
  const name = INSTRUCTIONS[operator];
  if (isFloat(type)) return floatLanes(lanes, type, [a, b], () => code.get(a.value).get(b.value).op(`f64x2.${name}`));
  if (operator === 'multiply') {
    const { value, bits } = productLanes(lanes, a, b);
    return wholeLanes(lanes, type, value, bits, [a, b]);
  }
  const [x, y] = [lanes.bounded(a, 62), lanes.bounded(b, 62)];
  const value = lanes.vector(() => code.get(x.value).get(y.value).op(`i64x2.${name}`));
  return wholeLanes(lanes, type, value, Math.max(x.bits, y.bits) + 1, [a, b]);
}

/** Where the bounds do not show that the product fits 64 bits, the larger factor must leave room, or both must fit 32. */
export function productLanes(lanes: LaneCode, a: Lanes, b: Lanes): { value: Local; bits: number } {
  const { code } = lanes;
  const [small, large] = a.bits < b.bits ? [a, b] : [b, a];
  if (small.bits <= 31 && large.bits > 31) {
    const { value, bits } = lanes.bounded(large, 62 - small.bits);
    return {
      value: lanes.vector(() => code.get(small.value).get(value).op('i64x2.mul')),
      bits: small.bits + bits + 1,
    };
  }
  const [x, y] = [lanes.bounded(a, 31), lanes.bounded(b, 31)];
  const value = lanes.vector(() => {
    code.get(x.value).get(x.value).shuffle(LOW_HALVES);
    code.get(y.value).get(y.value).shuffle(LOW_HALVES);
    code.op('i64x2.extmul_low_i32x4_s');
  });
  return { value, bits: x.bits + y.bits + 1 };
}
