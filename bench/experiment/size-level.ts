import { SluiceError } from '../../query/error.ts';

/** A level of the factor `size`, `65536` or `2^16`, as a number. Throws SluiceError `bad-request` outside of its bounds. */
export function parseSize(text: string, least = 1, most = 2 ** 27): number {
  const [, base, exponent] = /^(\d+)(?:\^(\d+))?$/.exec(text) ?? [];
  const size = exponent === undefined ? Number(base) : Number(base) ** Number(exponent);
  if (Number.isInteger(size) && size >= least && size <= most) return size;
  throw new SluiceError('bad-request', `factor size: "${text}" is no number from ${bound(least)} to ${bound(most)}`);
}

function bound(size: number): string {
  return size === 1 ? '1' : `2^${Math.log2(size)}`;
}
