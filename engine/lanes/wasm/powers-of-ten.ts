import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';

const LEAST = -342;
const GREATEST = 308;

/**
 * Fills the table that nearest-float needs: the 128 upper bits of 10^-342 to 10^308, cut off, but rounded up
 * for 10^-27 to 10^-1. A power of ten has the same upper bits as that of five.
 */
export function fillPowersOfTen(kernels: Kernels, memory: EngineMemory): void {
  const { i64 } = memory;
  let at = kernels.powersOfTenTable() >> 3;
  if (i64[at] !== 0n) return;
  for (let power = LEAST; power <= GREATEST; power++) {
    const upper = upperBits(power);
    i64[at++] = BigInt.asIntN(64, upper >> 64n);
    i64[at++] = BigInt.asIntN(64, upper);
  }
}

function upperBits(power: number): bigint {
  const five = 5n ** BigInt(Math.abs(power));
  const length = BigInt(five.toString(2).length);
  if (power >= 0) return length > 128n ? five >> (length - 128n) : five << (128n - length);
  // Only up to 10^-27 is a reciprocal so short that its being rounded up tells a tie.
  return (1n << (length + 127n)) / five + (power >= -27 ? 1n : 0n);
}
