import { describe, expect, test } from 'vitest';
import { ModuleBuilder } from '../../../engine/wasm-assembler/module-builder.ts';

function instantiate(module: ModuleBuilder): Record<string, (...args: unknown[]) => unknown> {
  return new WebAssembly.Instance(new WebAssembly.Module(module.finish())).exports as never;
}

describe('the assembler', () => {
  test('makes a module that V8 accepts and that computes', () => {
    const module = new ModuleBuilder();
    const code = module.defineFunction('sumTo', { takes: ['i32'], gives: 'i64' });
    const [limit] = code.parameters;
    const at = code.local('i32');
    const sum = code.local('i64');
    if (!limit) throw new Error('no parameter');
    code.loop(() => {
      code.get(sum).get(at).op('i64.extend_i32_s').op('i64.add').set(sum);
      code.get(at).i32(1).op('i32.add').tee(at).get(limit).op('i32.le_s');
    });
    code.get(sum);
    expect(instantiate(module).sumTo?.(100)).toBe(5050n);
  });

  test.each([0n, 63n, 64n, -64n, -65n, 2n ** 63n - 1n, -(2n ** 63n)])('encodes the i64 constant %s', (value) => {
    const module = new ModuleBuilder();
    module.defineFunction('value', { takes: [], gives: 'i64' }).i64(value);
    expect(instantiate(module).value?.()).toBe(value);
  });

  test.each([0, -0, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, 5e-324])('encodes the f64 constant %s', (value) => {
    const module = new ModuleBuilder();
    module.defineFunction('value', { takes: [], gives: 'f64' }).f64(value);
    expect(instantiate(module).value?.()).toBe(value);
  });

  test('refuses an operand of the wrong type where it is written, by name', () => {
    const code = new ModuleBuilder().defineFunction('wrong', { takes: [], gives: 'i32' });
    expect(() => code.i32(1).f64(2).op('i32.add')).toThrow('wrong: i32.add wants i32, found f64');
  });

  test('refuses a block that takes operands from outside', () => {
    const code = new ModuleBuilder().defineFunction('wrong', { takes: [], gives: undefined });
    expect(() =>
      code
        .i32(1)
        .i32(1)
        .when(() => code.op('i32.eqz')),
    ).toThrow('wants i32, found nothing');
  });

  test('refuses values left behind', () => {
    const code = new ModuleBuilder().defineFunction('wrong', { takes: [], gives: undefined }).i32(1);
    expect(() => code.finish()).toThrow('1 values left');
  });
});
