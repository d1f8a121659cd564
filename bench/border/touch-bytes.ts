const CACHE_LINE = 64;

/** The sum of the first byte of each cache line, as `touch` of bench/kernels/border.ts: for receivers in JavaScript. */
export function touchBytes(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += CACHE_LINE) sum += bytes[at]!;
  return sum;
}
