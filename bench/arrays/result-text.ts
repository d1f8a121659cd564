import { type ArrayKernel, type Arrays, bytesOf } from './kernels/array-kernel.ts';

/** Results of more bytes are told by their checksum. */
const MOST_BYTES = 2048;

export function isShown({ out }: ArrayKernel, n: number): boolean {
  return bytesOf(out.type, out.result(n)) <= MOST_BYTES;
}

/** The result as cells of text: its values, or the checksum of a long one. */
export function resultText(kernel: ArrayKernel, { n, out }: Arrays): string[] {
  const result = out.subarray(0, kernel.out.result(n));
  if (isShown(kernel, n)) return Array.from(result, String);
  return [checksumText(checksum(new Int32Array(result.buffer, result.byteOffset, result.byteLength / 4)))];
}

export function checksumText(sum: number): string {
  return `checksum ${sum}`;
}

/** A polynomial hash in 32 bits, of every fourth word each, so that words do not wait for each other. As in C. */
function checksum(words: Int32Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const blocks = words.length & ~3;
  for (let i = 0; i < blocks; i += 4) {
    a = (Math.imul(a, 31) + words[i]!) | 0;
    b = (Math.imul(b, 31) + words[i + 1]!) | 0;
    c = (Math.imul(c, 31) + words[i + 2]!) | 0;
    d = (Math.imul(d, 31) + words[i + 3]!) | 0;
  }
  const rest = words.length - blocks;
  if (rest > 0) a = (Math.imul(a, 31) + words[blocks]!) | 0;
  if (rest > 1) b = (Math.imul(b, 31) + words[blocks + 1]!) | 0;
  if (rest > 2) c = (Math.imul(c, 31) + words[blocks + 2]!) | 0;
  return (Math.imul(Math.imul(Math.imul(a, 31) + b, 31) + c, 31) + d) >>> 0;
}
