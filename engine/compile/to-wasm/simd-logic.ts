import { BOOL } from '../../../query/types.ts';
import type { Local } from '../../wasm-assembler/function-builder.ts';
import { type LaneCode, type Lanes, ONES } from './simd-lanes.ts';

/** NULL counts as true in AND and as false in OR; the result is known where an operand decides or none is NULL. */
export function connectLanes(lanes: LaneCode, operator: 'and' | 'or', args: readonly Lanes[]): Lanes {
  const { code } = lanes;
  if (args.length === 1) return args[0] as Lanes;
  const values = args.map((arg) => {
    const value = lanes.plain(arg);
    if (!arg.valid) return value;
    const { valid } = arg;
    return lanes.vector(() =>
      operator === 'and'
        ? code.get(valid).get(value).op('v128.andnot').op('v128.not')
        : code.get(value).get(valid).op('v128.and'),
    );
  });
  const value = reduceLanes(lanes, values, `v128.${operator}`);
  const { valid } = lanes.validity(args);
  if (!valid) return { type: BOOL, value, bits: 0 };
  const known = lanes.vector(() => {
    code.get(valid).get(value);
    if (operator === 'and') code.op('v128.not');
    code.op('v128.or');
  });
  return { type: BOOL, value, valid: known, bits: 0 };
}

/** All vectors in one, by an instruction of two operands. */
export function reduceLanes(lanes: LaneCode, vectors: readonly Local[], instruction: string): Local {
  return lanes.vector(() => {
    vectors.forEach((vector, i) => {
      lanes.code.get(vector);
      if (i > 0) lanes.code.op(instruction);
    });
  });
}

/** The first where the mask is set, else the second. */
export function chooseLanes(lanes: LaneCode, mask: Local, a: Lanes, b: Lanes): Lanes {
  const { code } = lanes;
  const [x, y] = a.type.kind === 'bool' ? [lanes.plain(a), lanes.plain(b)] : [a.value, b.value];
  const select = (first: Local, second: Local) =>
    lanes.vector(() => code.get(first).get(second).get(mask).op('v128.bitselect'));
  const valid = a.valid || b.valid ? select(a.valid ?? lanes.word(ONES), b.valid ?? lanes.word(ONES)) : undefined;
  return {
    type: a.type,
    value: select(x, y),
    bits: Math.max(a.bits, b.bits),
    isNumber: (a.isNumber && b.isNumber) ?? false,
    ...(valid && { valid }),
  };
}
