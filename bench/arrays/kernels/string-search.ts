import { type ArrayKernel, fillWhole } from './array-kernel.ts';

const PATTERN = new TextEncoder().encode('pushdown');
/** One place in so many has the pattern. */
const APART = 4096;
const [A, Z] = [97, 122];

/** How often a pattern occurs in a text of random letters, overlapping occurrences included. */
export const stringSearch: ArrayKernel<'u8', 'u8', 'u32'> = {
  name: 'string-search',
  first: 'u8',
  second: { type: 'u8', length: () => PATTERN.length },
  out: { type: 'u32', result: () => 1, room: () => 1 },
  fill(text, pattern, seed) {
    fillWhole(text, seed, A, Z);
    pattern.set(PATTERN);
    for (let at = seed % APART; at + PATTERN.length <= text.length; at += APART) text.set(PATTERN, at);
  },
  js(text, pattern, out) {
    const buffer = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
    let found = 0;
    for (let at = buffer.indexOf(pattern); at >= 0; at = buffer.indexOf(pattern, at + 1)) found++;
    out[0] = found;
  },
};
