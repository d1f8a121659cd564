import { ByteWriter } from '../../engine/wasm-assembler/bytes.ts';
import { ModuleBuilder } from '../../engine/wasm-assembler/module-builder.ts';

/** Loads, and so steps, of a function's loop. */
const STEPS = 8;
/** Of a custom section that holds nothing: its id, its length, the length of its name. */
const LEAST_PADDING = 3;

/**
 * A module of exactly so many bytes: functions that each loop over numbers in memory, all different, and what another
 * would be too long for filled with a custom section.
 * @param size At least 1024.
 */
export function generateModule(size: number): Uint8Array<ArrayBuffer> {
  const [one, two] = [moduleOf(1).length, moduleOf(2).length];
  let functions = Math.max(1, Math.floor((size - one) / (two - one)));
  let module = moduleOf(functions);
  // Later functions are longer by the digits of their names and numbers.
  while (module.length + LEAST_PADDING > size) {
    functions -= Math.ceil((module.length + LEAST_PADDING - size) / (two - one + 8));
    module = moduleOf(functions);
  }
  return padded(module, size);
}

function moduleOf(functions: number): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', 1);
  for (let i = 0; i < functions; i++) defineLoop(module, i);
  return module.finish();
}

/** A sum over doubles from an address on, each times a factor of its own. */
function defineLoop(module: ModuleBuilder, number: number): void {
  const loop = module.defineFunction(`f${number}`, { takes: ['i32', 'i32'], gives: 'f64' });
  const [address, rounds] = loop.parameters as [(typeof loop.parameters)[0], (typeof loop.parameters)[0]];
  const sum = loop.local('f64');
  loop.loop(() => {
    for (let step = 0; step < STEPS; step++) {
      loop
        .get(sum)
        .get(address)
        .load('f64.load', 8 * step);
      loop.f64(number + step / STEPS).op('f64.mul');
      loop.op('f64.add').set(sum);
    }
    loop
      .get(address)
      .i32(8 * STEPS)
      .op('i32.add')
      .set(address);
    loop.get(rounds).i32(1).op('i32.sub').tee(rounds);
  });
  loop.get(sum);
}

function padded(module: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const missing = size - module.length;
  for (let lengthBytes = 1; lengthBytes <= 5; lengthBytes++) {
    const body = missing - 1 - lengthBytes;
    const length = new ByteWriter().unsigned(body).finish();
    if (length.length === lengthBytes)
      return new ByteWriter().raw(module).byte(0).raw(length).raw(new Uint8Array(body)).finish();
  }
  throw new Error(`a module of ${module.length} bytes cannot be filled up to ${size}`);
}
