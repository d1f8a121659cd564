import { describe, expect, it } from 'vitest';
import { parseCpuList } from '../../../engine/run/pin-worker.ts';

describe('a set of CPUs', () => {
  it('is read as Linux writes it', () => {
    expect(parseCpuList('0-2,5')).toEqual([0, 1, 2, 5]);
    expect(parseCpuList('7')).toEqual([7]);
    expect(parseCpuList('')).toEqual([]);
  });
});
