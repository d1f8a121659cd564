import { describe, expect, it } from 'vitest';
import { parseByteRange } from '../../storage-node/byte-range.ts';

describe('a Range header over 10 bytes', () => {
  it.each([
    ['bytes=0-3', { first: 0, last: 3 }],
    ['bytes=4-', { first: 4, last: 9 }],
    ['bytes=-3', { first: 7, last: 9 }],
    ['bytes=-30', { first: 0, last: 9 }],
    ['bytes=8-99', { first: 8, last: 9 }],
  ])('%s is a range', (header, range) => expect(parseByteRange(header, 10)).toEqual(range));

  it.each([
    ['bytes=10-'],
    ['bytes=5-2'],
    ['bytes=-0'],
    ['bytes=-'],
    ['bytes=0-1,3-4'],
    ['lines=0-1'],
    ['bytes=1'],
    [''],
  ])('%j is unsatisfiable', (header) => expect(parseByteRange(header, 10)).toBe('unsatisfiable'));

  it('of an empty object is never satisfiable', () => expect(parseByteRange('bytes=0-', 0)).toBe('unsatisfiable'));

  it('may be absent', () => expect(parseByteRange(undefined, 10)).toBeUndefined());
});
