import { describe, expect, it } from 'vitest';
import { generateModule } from '../../../bench/cold/generated-module.ts';

describe('a generated module', () => {
  it('has exactly the bytes asked for, and is valid', () => {
    for (const size of [1024, 1025, 1100, 4096, 65_536, 65_537, 100_003, 1 << 20]) {
      const bytes = generateModule(size);
      expect(bytes.length).toBe(size);
      expect(WebAssembly.validate(bytes), `${size} bytes`).toBe(true);
    }
  });

  it('is code rather than filling, and its functions compute', () => {
    const module = new WebAssembly.Module(generateModule(65_536));
    const functions = WebAssembly.Module.exports(module).length;
    expect(functions).toBeGreaterThan(250);
    const memory = new WebAssembly.Memory({ initial: 1 });
    new Float64Array(memory.buffer).fill(1, 0, 16);
    const { f3 } = new WebAssembly.Instance(module, { env: { memory } }).exports;
    // Factors 3, 3 1/8 … 3 7/8, two rounds.
    expect((f3 as (address: number, rounds: number) => number)(0, 2)).toBe(2 * (8 * 3 + 28 / 8));
  });
});
