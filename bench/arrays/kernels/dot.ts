import { type ArrayKernel, fillWhole } from './array-kernel.ts';

/** The dot product of two arrays. */
export const dot: ArrayKernel<'f64', 'f64', 'f64'> = {
  name: 'dot',
  first: 'f64',
  second: { type: 'f64', length: (n) => n },
  out: { type: 'f64', result: () => 1, room: () => 1 },
  fill(first, second, seed) {
    fillWhole(first, seed, 0, 999);
    fillWhole(second, seed + 1, 0, 999);
  },
  js(first, second, out) {
    let a = -0;
    let b = -0;
    let c = -0;
    let d = -0;
    const blocks = first.length & ~3;
    for (let i = 0; i < blocks; i += 4) {
      a += first[i]! * second[i]!;
      b += first[i + 1]! * second[i + 1]!;
      c += first[i + 2]! * second[i + 2]!;
      d += first[i + 3]! * second[i + 3]!;
    }
    for (let i = blocks; i < first.length; i++) a += first[i]! * second[i]!;
    out[0] = a + b + (c + d);
  },
};
