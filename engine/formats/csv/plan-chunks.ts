import type { TaskPart } from '../../task.ts';

/** Bytes of a chunk: some milliseconds of work, so that tasks spread evenly and a limit stops early. */
export const CHUNK_SIZE = 8 * 1024 * 1024;

/**
 * Cuts an object's rows into chunks, from the object's size alone: boundaries never depend on the number of workers.
 * Chunks meet; the last one ends at `size`. An object without rows has no chunks.
 */
export function planChunks(dataStart: number, size: number, chunkSize = CHUNK_SIZE): TaskPart[] {
  const parts: TaskPart[] = [];
  for (let start = dataStart; start < size; start += chunkSize)
    parts.push({ kind: 'csv-chunk', start, end: Math.min(start + chunkSize, size), quoted: false });
  return parts;
}
