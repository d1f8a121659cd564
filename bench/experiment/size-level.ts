import { SluiceError } from '../../query/error.ts';

/** A level of the factor `size`, `65536` or `2^16`, as a number from 1 to 2^27. */
export function parseSize(text: string): number {
  const [, base, exponent] = /^(\d+)(?:\^(\d+))?$/.exec(text) ?? [];
  const size = exponent === undefined ? Number(base) : Number(base) ** Number(exponent);
  if (!(Number.isInteger(size) && size >= 1 && size <= 2 ** 27)) {
    throw new SluiceError('bad-request', `factor size: "${text}" is no number from 1 to 2^27`);
  }
  return size;
}
