import type { ByteSource } from '../task.ts';

/** The first bytes of an object, `size` at most; `complete` when there are no more. */
export async function readHead(source: ByteSource, size: number): Promise<{ bytes: Buffer; complete: boolean }> {
  // One more byte is asked for: a source may not know its size.
  const buffer = Buffer.alloc(Math.min(size + 1, source.size));
  const count = await source.read(0, buffer);
  return { bytes: buffer.subarray(0, Math.min(count, size)), complete: count <= size };
}
