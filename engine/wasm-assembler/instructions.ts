/** Value types of WebAssembly that we use. */
export type ValueType = 'i32' | 'i64' | 'f64' | 'v128';

export const VALUE_TYPE_CODES: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b };

export interface Instruction {
  readonly code: number;
  readonly takes: readonly ValueType[];
  readonly gives: ValueType | undefined;
}

function family(
  type: ValueType,
  gives: ValueType,
  codes: Record<string, number>,
  arity: 1 | 2,
): Record<string, Instruction> {
  return Object.fromEntries(
    Object.entries(codes).map(([name, code]) => [`${type}.${name}`, { code, takes: Array(arity).fill(type), gives }]),
  );
}

/** Plain instructions without immediates, by their names in the specification (section 5.4). */
export const INSTRUCTIONS: Record<string, Instruction> = {
  ...family('i32', 'i32', { eqz: 0x45, clz: 0x67, ctz: 0x68, popcnt: 0x69 }, 1),
  ...family(
    'i32',
    'i32',
    {
      eq: 0x46,
      ne: 0x47,
      lt_s: 0x48,
      lt_u: 0x49,
      gt_s: 0x4a,
      gt_u: 0x4b,
      le_s: 0x4c,
      le_u: 0x4d,
      ge_s: 0x4e,
      ge_u: 0x4f,
    },
    2,
  ),
  ...family(
    'i32',
    'i32',
    {
      add: 0x6a,
      sub: 0x6b,
      mul: 0x6c,
      div_s: 0x6d,
      rem_s: 0x6f,
      and: 0x71,
      or: 0x72,
      xor: 0x73,
      shl: 0x74,
      shr_s: 0x75,
      shr_u: 0x76,
    },
    2,
  ),
  ...family('i64', 'i32', { eqz: 0x50 }, 1),
  ...family(
    'i64',
    'i32',
    {
      eq: 0x51,
      ne: 0x52,
      lt_s: 0x53,
      lt_u: 0x54,
      gt_s: 0x55,
      gt_u: 0x56,
      le_s: 0x57,
      le_u: 0x58,
      ge_s: 0x59,
      ge_u: 0x5a,
    },
    2,
  ),
  ...family('i64', 'i64', { clz: 0x79, ctz: 0x7a, popcnt: 0x7b }, 1),
  ...family(
    'i64',
    'i64',
    {
      add: 0x7c,
      sub: 0x7d,
      mul: 0x7e,
      div_s: 0x7f,
      rem_s: 0x81,
      and: 0x83,
      or: 0x84,
      xor: 0x85,
      shl: 0x86,
      shr_s: 0x87,
      shr_u: 0x88,
    },
    2,
  ),
  ...family('f64', 'i32', { eq: 0x61, ne: 0x62, lt: 0x63, gt: 0x64, le: 0x65, ge: 0x66 }, 2),
  ...family('f64', 'f64', { abs: 0x99, neg: 0x9a, ceil: 0x9b, floor: 0x9c, trunc: 0x9d, nearest: 0x9e }, 1),
  ...family('f64', 'f64', { add: 0xa0, sub: 0xa1, mul: 0xa2, div: 0xa3, copysign: 0xa6 }, 2),
  'i32.wrap_i64': { code: 0xa7, takes: ['i64'], gives: 'i32' },
  'i64.extend_i32_s': { code: 0xac, takes: ['i32'], gives: 'i64' },
  'i64.extend_i32_u': { code: 0xad, takes: ['i32'], gives: 'i64' },
  'i64.trunc_f64_s': { code: 0xb0, takes: ['f64'], gives: 'i64' },
  'f64.convert_i32_s': { code: 0xb7, takes: ['i32'], gives: 'f64' },
  'f64.convert_i64_s': { code: 0xb9, takes: ['i64'], gives: 'f64' },
};

interface Access {
  readonly code: number;
  readonly type: ValueType;
}

export const LOADS: Record<string, Access> = {
  'i32.load': { code: 0x28, type: 'i32' },
  'i64.load': { code: 0x29, type: 'i64' },
  'f64.load': { code: 0x2b, type: 'f64' },
  'i32.load8_u': { code: 0x2d, type: 'i32' },
  'i32.load16_s': { code: 0x2e, type: 'i32' },
  'i32.load16_u': { code: 0x2f, type: 'i32' },
};

export const STORES: Record<string, Access> = {
  'i32.store': { code: 0x36, type: 'i32' },
  'i64.store': { code: 0x37, type: 'i64' },
  'f64.store': { code: 0x39, type: 'f64' },
  'i32.store8': { code: 0x3a, type: 'i32' },
};
