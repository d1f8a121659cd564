import { type ArrayKernel, fillWhole, NO_SECOND } from './array-kernel.ts';

const BINS = 256;
const WIDTH = 4;
/** Counts in one table wait for each other whenever a bin comes twice in a row. */
const TABLES = 4;
/** JavaScript's own: with tables outside of the memory of the arrays it is 1.1 times as fast. */
const COUNTS = new Int32Array(TABLES * BINS);

/** How many values in [0, 1024) lie in each of 256 bins. */
export const histogram: ArrayKernel<'f64', 'u8', 'u32'> = {
  name: 'histogram',
  first: 'f64',
  second: NO_SECOND,
  out: { type: 'u32', result: () => BINS, room: () => TABLES * BINS },
  fill: (values, _, seed) => fillWhole(values, seed, 0, BINS * WIDTH - 1),
  js(values, _, out) {
    const counts = COUNTS;
    counts.fill(0);
    const blocks = values.length & ~3;
    for (let i = 0; i < blocks; i += 4) {
      counts[binOf(values[i]!)]!++;
      counts[BINS + binOf(values[i + 1]!)]!++;
      counts[2 * BINS + binOf(values[i + 2]!)]!++;
      counts[3 * BINS + binOf(values[i + 3]!)]!++;
    }
    for (let i = blocks; i < values.length; i++) counts[binOf(values[i]!)]!++;
    for (let b = 0; b < BINS; b++) {
      out[b] = counts[b]! + counts[BINS + b]! + counts[2 * BINS + b]! + counts[3 * BINS + b]!;
    }
  },
};

function binOf(value: number): number {
  return (value * (1 / WIDTH)) & (BINS - 1);
}
