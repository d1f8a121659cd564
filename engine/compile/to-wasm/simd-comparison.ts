import { BOOL } from '../../../query/types.ts';
import type { Local } from '../../wasm-assembler/function-builder.ts';
import { type LaneCode, type Lanes, ONES } from './simd-lanes.ts';
import { reduceLanes } from './simd-logic.ts';
import { isFloat } from './simd-shape.ts';

type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';

/** A comparison; NULL where an operand is. */
export function compareLanes(lanes: LaneCode, operator: Comparison, a: Lanes, b: Lanes): Lanes {
  return { type: BOOL, bits: 0, ...compareValues(lanes, operator, a, b), ...lanes.validity([a, b]) };
}

function compareValues(lanes: LaneCode, operator: Comparison, a: Lanes, b: Lanes): { value: Local; inverted: boolean } {
  const { code } = lanes;
  const pair = (x: Lanes, y: Lanes, name: string) => lanes.vector(() => code.get(x.value).get(y.value).op(name));
  if (operator === 'ne' || operator === 'ge' || operator === 'le') {
    const contrary = compareValues(lanes, operator === 'ne' ? 'eq' : operator === 'ge' ? 'lt' : 'gt', a, b);
    return { ...contrary, inverted: !contrary.inverted };
  }
  if (a.type.kind === 'bool') {
    const [x, y] = [lanes.plain(a), lanes.plain(b)];
    if (operator === 'eq') return { value: lanes.vector(() => code.get(x).get(y).op('v128.xor')), inverted: true };
    const [high, low] = operator === 'gt' ? [x, y] : [y, x];
    return { value: lanes.vector(() => code.get(high).get(low).op('v128.andnot')), inverted: false };
  }
  if (!isFloat(a.type))
    return { value: pair(a, b, operator === 'eq' ? 'i64x2.eq' : `i64x2.${operator}_s`), inverted: false };
  if (operator === 'gt') return compareValues(lanes, 'lt', b, a);
  const oneIsNumber = a.isNumber || b.isNumber;
  if (operator === 'eq') {
    const equal = pair(a, b, 'f64x2.eq');
    if (oneIsNumber) return { value: equal, inverted: false };
    const bothNaN = [pair(a, a, 'f64x2.ne'), pair(b, b, 'f64x2.ne')] as const;
    const value = lanes.vector(() => code.get(bothNaN[0]).get(bothNaN[1]).op('v128.and').get(equal).op('v128.or'));
    return { value, inverted: false };
  }
  // NaN is above all numbers: a < b is "not b <= a", but never for a NaN in a.
  if (b.isNumber) return { value: pair(a, b, 'f64x2.lt'), inverted: false };
  const notLess = pair(b, a, 'f64x2.le');
  if (a.isNumber) return { value: notLess, inverted: true };
  const isNumber = pair(a, a, 'f64x2.eq');
  return { value: lanes.vector(() => code.get(isNumber).get(notLess).op('v128.andnot')), inverted: false };
}

/** Where two values are equal, as a mask; NULLs aside. */
function equalValues(lanes: LaneCode, a: Lanes, b: Lanes): Local {
  return lanes.plain({ type: BOOL, bits: 0, ...compareValues(lanes, 'eq', a, b) });
}

/** Equal, where NULL equals NULL; never NULL. */
export function sameLanes(lanes: LaneCode, a: Lanes, b: Lanes): Lanes {
  const { code } = lanes;
  const equal = equalValues(lanes, a, b);
  if (!a.valid && !b.valid) return { type: BOOL, value: equal, bits: 0 };
  const [left, right] = [a.valid ?? lanes.word(ONES), b.valid ?? lanes.word(ONES)];
  const value = lanes.vector(() => {
    code.get(equal).get(left).op('v128.and').get(right).op('v128.and');
    code.get(left).get(right).op('v128.or').op('v128.not').op('v128.or');
  });
  return { type: BOOL, value, bits: 0 };
}

/** Whether the operand is among the members; NULL where it is not, but one of them is NULL. */
export function isMember(lanes: LaneCode, operand: Lanes, members: readonly Lanes[]): Lanes {
  const { code } = lanes;
  const hits = members.map((member) => {
    const equal = equalValues(lanes, operand, member);
    const { valid } = member;
    return valid ? lanes.vector(() => code.get(equal).get(valid).op('v128.and')) : equal;
  });
  const value = reduceLanes(lanes, hits, 'v128.or');
  const known = lanes.validity(members).valid;
  if (!known) return { type: BOOL, value, bits: 0, ...(operand.valid && { valid: operand.valid }) };
  const valid = lanes.vector(() => {
    code.get(value).get(known).op('v128.or');
    if (operand.valid) code.get(operand.valid).op('v128.and');
  });
  return { type: BOOL, value, bits: 0, valid };
}
