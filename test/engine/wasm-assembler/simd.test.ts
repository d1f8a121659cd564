import { describe, expect, test } from 'vitest';
import type { FunctionBuilder } from '../../../engine/wasm-assembler/function-builder.ts';
import { ModuleBuilder } from '../../../engine/wasm-assembler/module-builder.ts';
import {
  EXTRACTIONS,
  LANE_STORES,
  SIMD_INSTRUCTIONS,
  SIMD_LOADS,
  SIMD_STORES,
} from '../../../engine/wasm-assembler/simd-instructions.ts';

/** Runs code that leaves a vector over memory that begins with `words`; gives the vector's lanes. */
function vectorOf(write: (code: FunctionBuilder) => unknown, words: readonly bigint[] = []): [bigint, bigint] {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', 1);
  const code = module.defineFunction('run', { takes: [], gives: undefined });
  code.i32(1024);
  write(code);
  code.store('v128.store');
  const bytes = module.finish();
  expect(WebAssembly.validate(bytes)).toBe(true);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const view = new BigInt64Array(memory.buffer);
  view.set(words);
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports as {
    run: () => void;
  };
  run();
  return [view[128] as bigint, view[129] as bigint];
}

const bits = (value: number) => new BigInt64Array(new Float64Array([value]).buffer)[0] as bigint;

describe('SIMD instructions', () => {
  test('all have the code and the types that V8 knows', () => {
    const module = new ModuleBuilder();
    module.importMemory('env', 'memory', 0);
    const code = module.defineFunction('all', { takes: [], gives: undefined });
    const operand = {
      v128: () => code.v128(1n, 2n),
      i32: () => code.i32(1),
      i64: () => code.i64(1n),
      f64: () => code.f64(1),
    };
    for (const [name, { takes, gives }] of Object.entries(SIMD_INSTRUCTIONS)) {
      for (const type of takes) operand[type]();
      code.op(name).set(code.local(gives as 'v128'));
    }
    for (const name of Object.keys(SIMD_LOADS)) code.i32(0).load(name, 300).set(code.local('v128'));
    for (const name of Object.keys(SIMD_STORES)) code.i32(0).v128(0n, 0n).store(name, 300);
    for (const [name, { lanes, type }] of Object.entries(EXTRACTIONS))
      code
        .v128(0n, 0n)
        .extract(name, lanes - 1)
        .set(code.local(type));
    for (const [name, { lanes }] of Object.entries(LANE_STORES))
      code
        .i32(0)
        .v128(0n, 0n)
        .storeLane(name, lanes - 1, 300);
    expect(WebAssembly.validate(module.finish())).toBe(true);
  });

  test.each<[string, bigint, bigint, bigint]>([
    ['i64x2.add', 2n ** 63n - 1n, 1n, -(2n ** 63n)],
    ['i64x2.sub', 5n, 7n, -2n],
    ['i64x2.mul', -3n, 1n << 40n, -3n << 40n],
    ['i64x2.eq', 5n, 5n, -1n],
    ['i64x2.ne', 5n, 5n, 0n],
    ['i64x2.lt_s', -1n, 0n, -1n],
    ['i64x2.le_s', 1n, 0n, 0n],
    ['i64x2.gt_s', 2n ** 63n - 1n, -(2n ** 63n), -1n],
    ['i64x2.ge_s', 0n, 0n, -1n],
    ['i64x2.extmul_low_i32x4_s', -2n, 3n, -6n],
    ['v128.and', 6n, 3n, 2n],
    ['v128.andnot', 6n, 3n, 4n],
    ['v128.or', 6n, 3n, 7n],
    ['v128.xor', 6n, 3n, 5n],
    ['f64x2.add', bits(1.5), bits(2), bits(3.5)],
    ['f64x2.sub', bits(1.5), bits(2), bits(-0.5)],
    ['f64x2.mul', bits(1.5), bits(2), bits(3)],
    ['f64x2.div', bits(1), bits(0), bits(Number.POSITIVE_INFINITY)],
    ['f64x2.eq', bits(0), bits(-0), -1n],
    ['f64x2.ne', bits(Number.NaN), bits(Number.NaN), -1n],
    ['f64x2.lt', bits(1), bits(2), -1n],
    ['f64x2.le', bits(3), bits(2), 0n],
    ['f64x2.gt', bits(3), bits(2), -1n],
    ['f64x2.ge', bits(2), bits(Number.NaN), 0n],
  ])('%s computes in the first lane', (name, a, b, result) => {
    expect(vectorOf((code) => code.v128(a, 0n).v128(b, 0n).op(name))[0]).toBe(result);
  });

  test.each<[string, bigint, bigint]>([
    ['i64x2.abs', -5n, 5n],
    ['i64x2.neg', 5n, -5n],
    ['f64x2.abs', bits(-1.5), bits(1.5)],
    ['f64x2.neg', bits(0), bits(-0)],
    ['f64x2.ceil', bits(1.2), bits(2)],
    ['f64x2.floor', bits(-1.2), bits(-2)],
    ['f64x2.trunc', bits(-1.8), bits(-1)],
    ['f64x2.nearest', bits(2.5), bits(2)],
    ['f64x2.sqrt', bits(9), bits(3)],
    ['v128.not', 0n, -1n],
  ])('%s computes in both lanes', (name, a, result) => {
    expect(vectorOf((code) => code.v128(a, a).op(name))).toEqual([result, result]);
  });

  test('loads widen and repeat what stands in memory', () => {
    const words = [0x8000_0001_ffff_fffen - (1n << 64n), 7n];
    expect(vectorOf((code) => code.i32(0).load('v128.load'), words)).toEqual(words);
    expect(vectorOf((code) => code.i32(0).load('v128.load32x2_s'), words)).toEqual([-2n, -0x7fff_ffffn]);
    expect(vectorOf((code) => code.i32(0).load('v128.load64_splat', 8), words)).toEqual([7n, 7n]);
    expect(vectorOf((code) => code.i32(0).load('v128.load16_splat', 8), words)[1]).toBe(0x7_0007_0007_0007n);
  });

  test('a shuffle takes bytes of both vectors', () => {
    const bytes = [0, 16, ...Array<number>(14).fill(1)];
    expect(vectorOf((code) => code.v128(0x0201n, 0n).v128(0x03n, 0n).shuffle(bytes))[0] & 0xffffffn).toBe(0x020301n);
  });

  test('bitselect takes the first vector where the mask is set', () => {
    expect(vectorOf((code) => code.v128(1n, 1n).v128(2n, 2n).v128(-1n, 0n).op('v128.bitselect'))).toEqual([1n, 2n]);
  });

  test('a lane that is not there is refused where it is written', () => {
    const code = new ModuleBuilder().defineFunction('wrong', { takes: [], gives: 'i64' });
    expect(() => code.v128(0n, 0n).extract('i64x2.extract_lane', 2)).toThrow('wrong: no i64x2.extract_lane 2');
  });
});
