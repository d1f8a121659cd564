import { type ArrayKernel, fillWhole, NO_SECOND } from './array-kernel.ts';

const DIGITS = 256;
const PASSES = 4;

/**
 * Unsigned integers in ascending order, by radix sort: least significant digit first, four passes of 8 bits (Knuth, The
 * Art of Computer Programming, volume 3, 5.2.5). Behind the result there is as much room to work in, then a table of
 * digits for each pass.
 */
export const sort: ArrayKernel<'u32', 'u8', 'u32'> = {
  name: 'sort',
  first: 'u32',
  second: NO_SECOND,
  out: { type: 'u32', result: (n) => n, room: (n) => 2 * n + PASSES * DIGITS },
  fill: (keys, _, seed) => fillWhole(keys, seed, 0, 2 ** 32 - 1),
  js(keys, _, out) {
    const n = keys.length;
    const result = out.subarray(0, n);
    const work = out.subarray(n, 2 * n);
    const tables = out.subarray(2 * n);
    tables.fill(0);
    for (let i = 0; i < n; i++) {
      const key = keys[i]!;
      tables[key & 255]!++;
      tables[DIGITS + ((key >>> 8) & 255)]!++;
      tables[2 * DIGITS + ((key >>> 16) & 255)]!++;
      tables[3 * DIGITS + (key >>> 24)]!++;
    }
    for (let pass = 0; pass < PASSES; pass++) startPlaces(tables, pass * DIGITS);
    scatter(keys, work, tables, 0, 0);
    scatter(work, result, tables, DIGITS, 8);
    scatter(result, work, tables, 2 * DIGITS, 16);
    scatter(work, result, tables, 3 * DIGITS, 24);
  },
};

/** Counts of digits become the places where the digits begin. */
function startPlaces(tables: Uint32Array, table: number): void {
  let place = 0;
  for (let slot = table; slot < table + DIGITS; slot++) {
    const found = tables[slot]!;
    tables[slot] = place;
    place += found;
  }
}

function scatter(from: Uint32Array, to: Uint32Array, tables: Uint32Array, table: number, shift: number): void {
  for (let i = 0; i < from.length; i++) {
    const key = from[i]!;
    to[tables[table + ((key >>> shift) & 255)]!++] = key;
  }
}
