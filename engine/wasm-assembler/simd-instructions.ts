import type { Instruction, ValueType } from './instructions.ts';

/** All SIMD instructions begin with this byte; their own code follows as LEB128 (section 5.4.10). */
export const SIMD_PREFIX = 0xfd;

type Shape = 'i8x16' | 'i16x8' | 'i32x4' | 'i64x2' | 'f64x2' | 'v128';

function family(
  shape: Shape,
  takes: readonly ValueType[],
  gives: ValueType,
  codes: Record<string, number>,
): Record<string, Instruction> {
  return Object.fromEntries(Object.entries(codes).map(([name, code]) => [`${shape}.${name}`, { code, takes, gives }]));
}

const ONE: readonly ValueType[] = ['v128'];
const TWO: readonly ValueType[] = ['v128', 'v128'];
const SHIFT: readonly ValueType[] = ['v128', 'i32'];

/** SIMD instructions without immediates, by their names in the specification. Comparisons give all ones or zeros. */
export const SIMD_INSTRUCTIONS: Record<string, Instruction> = {
  ...family('v128', ONE, 'v128', { not: 0x4d }),
  ...family('v128', TWO, 'v128', { and: 0x4e, andnot: 0x4f, or: 0x50, xor: 0x51 }),
  ...family('v128', ['v128', 'v128', 'v128'], 'v128', { bitselect: 0x52 }),
  ...family('v128', ONE, 'i32', { any_true: 0x53 }),
  ...family('i8x16', ['i32'], 'v128', { splat: 0x0f }),
  ...family('i8x16', TWO, 'v128', { swizzle: 0x0e, eq: 0x23, ne: 0x24, gt_s: 0x27, sub_sat_u: 0x73 }),
  ...family('i8x16', ONE, 'i32', { bitmask: 0x64 }),
  ...family('i16x8', ['i32'], 'v128', { splat: 0x10 }),
  ...family('i16x8', SHIFT, 'v128', { shr_u: 0x8d }),
  ...family('i16x8', TWO, 'v128', { narrow_i32x4_s: 0x85, add: 0x8e, mul: 0x95 }),
  ...family('i32x4', ['i32'], 'v128', { splat: 0x11 }),
  ...family('i32x4', ONE, 'i32', { bitmask: 0xa4 }),
  ...family('i32x4', TWO, 'v128', { add: 0xae, dot_i16x8_s: 0xba }),
  ...family('i64x2', ['i64'], 'v128', { splat: 0x12 }),
  ...family('i64x2', ONE, 'v128', { abs: 0xc0, neg: 0xc1, extend_low_i32x4_s: 0xc7 }),
  ...family('i64x2', ONE, 'i32', { bitmask: 0xc4 }),
  ...family('i64x2', SHIFT, 'v128', { shl: 0xcb, shr_s: 0xcc, shr_u: 0xcd }),
  ...family('i64x2', TWO, 'v128', {
    add: 0xce,
    sub: 0xd1,
    mul: 0xd5,
    eq: 0xd6,
    ne: 0xd7,
    lt_s: 0xd8,
    gt_s: 0xd9,
    le_s: 0xda,
    ge_s: 0xdb,
    extmul_low_i32x4_s: 0xdc,
  }),
  ...family('f64x2', ['f64'], 'v128', { splat: 0x14 }),
  ...family('f64x2', TWO, 'v128', {
    eq: 0x47,
    ne: 0x48,
    lt: 0x49,
    gt: 0x4a,
    le: 0x4b,
    ge: 0x4c,
    add: 0xf0,
    sub: 0xf1,
    mul: 0xf2,
    div: 0xf3,
  }),
  ...family('f64x2', ONE, 'v128', {
    ceil: 0x74,
    floor: 0x75,
    trunc: 0x7a,
    nearest: 0x94,
    abs: 0xec,
    neg: 0xed,
    sqrt: 0xef,
  }),
};

export const SIMD_LOADS: Record<string, number> = {
  'v128.load': 0x00,
  'v128.load32x2_s': 0x05,
  'v128.load16_splat': 0x08,
  'v128.load32_splat': 0x09,
  'v128.load64_splat': 0x0a,
};

export const SIMD_STORES: Record<string, number> = { 'v128.store': 0x0b };

interface LaneInstruction {
  readonly code: number;
  readonly lanes: number;
  readonly type: ValueType;
}

/** Instructions that name a lane, and how many there are: extraction, and stores of one lane. */
export const EXTRACTIONS: Record<string, LaneInstruction> = {
  'i16x8.extract_lane_u': { code: 0x19, lanes: 8, type: 'i32' },
  'i32x4.extract_lane': { code: 0x1b, lanes: 4, type: 'i32' },
  'i64x2.extract_lane': { code: 0x1d, lanes: 2, type: 'i64' },
  'f64x2.extract_lane': { code: 0x21, lanes: 2, type: 'f64' },
};

export const LANE_STORES: Record<string, LaneInstruction> = {
  'v128.store16_lane': { code: 0x59, lanes: 8, type: 'v128' },
  'v128.store64_lane': { code: 0x5b, lanes: 2, type: 'v128' },
};
