import type { ByteSource } from '../../task.ts';
import { type ByteRange, coalesce } from './fetch-plan.ts';
import { readFully } from './footer.ts';

/** Below this many bytes another read of a local file costs more. */
const SMALL_GAP = 16 * 1024;

/**
 * Reads the pieces of some chunks, neighbours together; `chunks[i]` are those of `pieces[i]`, one behind the other.
 * Between two pieces up to `gap` bytes are read along. Throws `bad-data` where the object ends too early.
 */
export async function fetchBytes(
  source: ByteSource,
  pieces: readonly (readonly ByteRange[])[],
  gap = source.gap ?? SMALL_GAP,
): Promise<{ readonly chunks: readonly Uint8Array[]; readonly bytesRead: number }> {
  const reads = coalesce(pieces.flat(), gap);
  const buffers = await Promise.all(
    reads.map(async ({ start, end }) => {
      const bytes = new Uint8Array(end - start);
      await readFully(source, start, bytes);
      return bytes;
    }),
  );
  const bytesOf = ({ start, end }: ByteRange) => {
    const i = reads.findIndex((read) => read.start <= start && end <= read.end);
    return buffers[i]!.subarray(start - reads[i]!.start, end - reads[i]!.start);
  };
  return {
    chunks: pieces.map((own) => (own.length === 1 ? bytesOf(own[0]!) : joined(own.map(bytesOf)))),
    bytesRead: reads.reduce((sum, { start, end }) => sum + end - start, 0),
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
