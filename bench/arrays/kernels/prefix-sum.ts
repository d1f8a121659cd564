import { type ArrayKernel, fillWhole, NO_SECOND } from './array-kernel.ts';

/** The sum of all values up to and with each. */
export const prefixSum: ArrayKernel<'f64', 'u8', 'f64'> = {
  name: 'prefix-sum',
  first: 'f64',
  second: NO_SECOND,
  out: { type: 'f64', result: (n) => n, room: (n) => n },
  fill: (values, _, seed) => fillWhole(values, seed, 0, 999),
  /** The running sum waits for one addition every four values. */
  js(values, _, out) {
    let sum = -0;
    const blocks = values.length & ~3;
    for (let i = 0; i < blocks; i += 4) {
      const a = values[i]!;
      const b = a + values[i + 1]!;
      const c = values[i + 2]!;
      const d = c + values[i + 3]!;
      out[i] = sum + a;
      out[i + 1] = sum + b;
      out[i + 2] = sum + (b + c);
      sum += b + d;
      out[i + 3] = sum;
    }
    for (let i = blocks; i < values.length; i++) {
      sum += values[i]!;
      out[i] = sum;
    }
  },
};
