/** Bytes of a chunk at most: some ten milliseconds of work, so that a limit stops early; a task costs half a millisecond besides. */
const LARGEST_CHUNK = 16 * 1024 * 1024;
const SMALLEST_CHUNK = 2 * 1024 * 1024;
/** A chunk is at most one part in so many of what is left. */
const PARTS = 4;

/** A range of bytes [start, end). */
export interface ByteChunk {
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts an object of text into chunks, from its size alone: boundaries never depend on the number of workers. Chunks
 * become smaller towards the end, so that workers end at about the same time (Polychronopoulos and Kuck 1987, "guided
 * self-scheduling"); `chunkSize` makes all alike. Chunks meet; the last one ends at `size`. An object without rows has
 * no chunks.
 */
export function planChunks(dataStart: number, size: number, chunkSize?: number): ByteChunk[] {
  const chunks: ByteChunk[] = [];
  for (let start = dataStart; start < size; ) {
    const end = Math.min(start + (chunkSize ?? guidedSize(size - start)), size);
    chunks.push({ start, end });
    start = end;
  }
  return chunks;
}

function guidedSize(left: number): number {
  return Math.min(Math.max(Math.ceil(left / PARTS), SMALLEST_CHUNK), LARGEST_CHUNK);
}
