/** Bytes of a chunk: some milliseconds of work, so that tasks spread evenly and a limit stops early. */
export const CHUNK_SIZE = 8 * 1024 * 1024;

/** A range of bytes [start, end). */
export interface ByteChunk {
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts an object of text into chunks, from its size alone: boundaries never depend on the number of workers.
 * Chunks meet; the last one ends at `size`. An object without rows has no chunks.
 */
export function planChunks(dataStart: number, size: number, chunkSize = CHUNK_SIZE): ByteChunk[] {
  const chunks: ByteChunk[] = [];
  for (let start = dataStart; start < size; start += chunkSize)
    chunks.push({ start, end: Math.min(start + chunkSize, size) });
  return chunks;
}
