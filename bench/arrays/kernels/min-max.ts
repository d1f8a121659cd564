import { type ArrayKernel, fillWhole, NO_SECOND } from './array-kernel.ts';

/** The least and the greatest value; NaNs are passed over. Without values, Infinity and -Infinity. */
export const minMax: ArrayKernel<'f64', 'u8', 'f64'> = {
  name: 'min-max',
  first: 'f64',
  second: NO_SECOND,
  out: { type: 'f64', result: () => 2, room: () => 2 },
  fill: (values, _, seed) => fillWhole(values, seed, 0, 999),
  /** Four values are tested together: a new least or greatest is rare, so that this one branch is predicted. */
  js(values, _, out) {
    let least = Infinity;
    let most = -Infinity;
    const blocks = values.length & ~3;
    for (let i = 0; i < blocks; i += 4) {
      const v = values[i]!;
      const w = values[i + 1]!;
      const x = values[i + 2]!;
      const y = values[i + 3]!;
      if (v < least || w < least || x < least || y < least || v > most || w > most || x > most || y > most) {
        for (let j = i; j < i + 4; j++) {
          if (values[j]! < least) least = values[j]!;
          if (values[j]! > most) most = values[j]!;
        }
      }
    }
    for (let i = blocks; i < values.length; i++) {
      if (values[i]! < least) least = values[i]!;
      if (values[i]! > most) most = values[i]!;
    }
    out[0] = least;
    out[1] = most;
  },
};
