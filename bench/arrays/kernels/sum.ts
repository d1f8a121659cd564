import { type ArrayKernel, fillWhole, NO_SECOND } from './array-kernel.ts';

export const sum: ArrayKernel<'f64', 'u8', 'f64'> = {
  name: 'sum',
  first: 'f64',
  second: NO_SECOND,
  out: { type: 'f64', result: () => 1, room: () => 1 },
  fill: (values, _, seed) => fillWhole(values, seed, 0, 999),
  /** Accumulators begin with -0, which V8 takes for a double where 0 is a small integer: 4 to 7 times as fast. */
  js(values, _, out) {
    let a = -0;
    let b = -0;
    let c = -0;
    let d = -0;
    const blocks = values.length & ~3;
    for (let i = 0; i < blocks; i += 4) {
      a += values[i]!;
      b += values[i + 1]!;
      c += values[i + 2]!;
      d += values[i + 3]!;
    }
    for (let i = blocks; i < values.length; i++) a += values[i]!;
    out[0] = a + b + (c + d);
  },
};
