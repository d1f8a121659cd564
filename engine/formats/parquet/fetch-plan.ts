import type { RowRange } from '../../task.ts';
import type { ColumnChunk } from './metadata.ts';
import type { PageLocation } from './page-index.ts';

/** Bytes [start, end) of an object. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What to read of a column chunk. */
export interface ChunkFetch {
  /** The bytes before the first data page (a dictionary page, or nothing); then data pages. Ascending, apart. */
  readonly pieces: readonly ByteRange[];
  /** The data pages in those bytes, in order; absent: all that the chunk has, and nobody knows where each begins. */
  readonly pages?: readonly PageLocation[];
}

/**
 * What rows `ranges` of a row group need of a chunk. `pages`: all its data pages, of its offset index; without them, or
 * without ranges, the whole chunk is needed.
 */
export function chunkFetch(
  chunk: ColumnChunk,
  pages: readonly PageLocation[] | undefined,
  ranges: readonly RowRange[] | undefined,
): ChunkFetch {
  const [first] = pages ?? [];
  if (!pages || !ranges || !first) return { pieces: [{ start: chunk.offset, end: chunk.offset + chunk.size }] };
  const needed = pages.filter((page) => meets(page, ranges));
  const before = { start: chunk.offset, end: first.offset };
  const bytes = needed.map(({ offset, size }) => ({ start: offset, end: offset + size }));
  return { pieces: coalesce(before.end > before.start ? [before, ...bytes] : bytes, 0), pages: needed };
}

/** Merges ranges between which there are at most `gap` bytes: to read on is then cheaper than to ask again. Any order. */
export function coalesce(ranges: readonly ByteRange[], gap: number): ByteRange[] {
  const merged: ByteRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && range.start - last.end <= gap)
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    else merged.push(range);
  }
  return merged;
}

/** The rows of some pages of a column, and where those of `ranges` are among them. */
export function rowsWithin(pages: readonly PageLocation[], ranges: readonly RowRange[]): Int32Array {
  const rows = new Int32Array(ranges.reduce((sum, { first, end }) => sum + end - first, 0));
  let next = 0;
  let before = 0;
  let page = 0;
  for (const { first, end } of ranges)
    for (let row = first; row < end; row++) {
      while (page < pages.length && row >= pages[page]!.firstRow + pages[page]!.rows) before += pages[page++]!.rows;
      rows[next++] = before + row - (pages[page]?.firstRow ?? 0);
    }
  return rows;
}

function meets({ firstRow, rows }: PageLocation, ranges: readonly RowRange[]): boolean {
  return ranges.some(({ first, end }) => first < firstRow + rows && end > firstRow);
}
