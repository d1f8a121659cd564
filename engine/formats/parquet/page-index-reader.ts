import type { ByteSource } from '../../task.ts';
import { fetchBytes } from './fetch.ts';
import { leafAt } from './file-columns.ts';
import type { ParquetFooter } from './footer.ts';
import type { LeafColumn } from './leaf-column.ts';
import type { ByteSpan, ColumnChunk } from './metadata.ts';
import { type PageLocation, parseColumnIndex, parseOffsetIndex } from './page-index.ts';
import type { Zone } from './zone-map.ts';

/** The data pages of a column in a row group, and what their bounds promise, if that was asked for. */
export interface ColumnPages {
  readonly pages: readonly PageLocation[];
  readonly zones?: readonly Zone[];
}

/** A column (index into the schema) of a row group. */
export interface ChunkPlace {
  readonly group: number;
  readonly column: number;
}

/** Indexes of different chunks stand together; what lies between two of them is read along. */
const GAP = 64 * 1024;
const LARGEST_INDEX = 16 * 1024 * 1024;

/** What was read, by footer and so by object and version; undefined: there is no index, or a broken one. */
const known = new WeakMap<ParquetFooter, Map<string, ColumnPages | undefined>>();

/**
 * The page indexes of some chunks, in the order of `places`: undefined where there is none, or one that makes no sense,
 * which only costs speed. Each is read once a footer. `zones`: the bounds of pages are wanted as well.
 */
export async function readPageIndexes(
  source: ByteSource,
  footer: ParquetFooter,
  places: readonly ChunkPlace[],
  zones: boolean,
): Promise<{ readonly columns: readonly (ColumnPages | undefined)[]; readonly bytesRead: number }> {
  const cache = known.get(footer) ?? new Map<string, ColumnPages | undefined>();
  known.set(footer, cache);
  const keyOf = ({ group, column }: ChunkPlace) => `${group} ${column} ${zones}`;
  const missing = places.flatMap((place) => (cache.has(keyOf(place)) ? [] : (indexPlace(footer, place, zones) ?? [])));
  const spans = missing.flatMap(({ chunk }) =>
    zones ? [chunk.offsetIndex!, chunk.columnIndex!] : [chunk.offsetIndex!],
  );
  const { chunks, bytesRead } = await fetchBytes(
    source,
    spans.map(({ offset, size }) => [{ start: offset, end: offset + size }]),
    Math.max(GAP, source.gap ?? 0),
  );
  const bytesOf = (span: ByteSpan) => chunks[spans.indexOf(span)]!;
  for (const { place, column, chunk, rows } of missing)
    cache.set(keyOf(place), parsePages(column, chunk, rows, bytesOf, zones));
  return {
    columns: places.map((place) => cache.get(keyOf(place))),
    bytesRead,
  };
}

interface IndexPlace {
  readonly place: ChunkPlace;
  readonly column: LeafColumn;
  readonly chunk: ColumnChunk;
  readonly rows: number;
}

/** A chunk whose index can be read. */
function indexPlace(footer: ParquetFooter, place: ChunkPlace, zones: boolean): [IndexPlace] | undefined {
  const column = leafAt(footer, place.column);
  const group = footer.metadata.rowGroups[place.group];
  const chunk = column && group?.chunks[column.chunk];
  if (!group || !column || !chunk?.offsetIndex || (zones && !chunk.columnIndex)) return undefined;
  const size = chunk.offsetIndex.size + (zones ? (chunk.columnIndex?.size ?? 0) : 0);
  return size <= LARGEST_INDEX ? [{ place, column, chunk, rows: group.rows }] : undefined;
}

function parsePages(
  column: LeafColumn,
  chunk: ColumnChunk,
  rows: number,
  bytesOf: (span: ByteSpan) => Uint8Array,
  zones: boolean,
): ColumnPages | undefined {
  try {
    const pages = parseOffsetIndex(bytesOf(chunk.offsetIndex!), chunk, rows);
    if (!zones) return { pages };
    return { pages, zones: parseColumnIndex(bytesOf(chunk.columnIndex!), column, pages) };
  } catch {
    return undefined;
  }
}
