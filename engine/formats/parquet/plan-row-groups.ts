import type { BoundExpression } from '../../../query/expression.ts';
import type { BoundFragment } from '../../../query/fragment.ts';
import type { ByteSource, RowRange, TaskPart } from '../../task.ts';
import { bloomMayMatch } from './bloom-reader.ts';
import { chunkFetch } from './fetch-plan.ts';
import { chunksOf, leafAt } from './file-columns.ts';
import type { ParquetFooter } from './footer.ts';
import { type ChunkPlace, type ColumnPages, readPageIndexes } from './page-index-reader.ts';
import { matchingRanges } from './page-ranges.ts';
import { groupZones, mayMatch, type Zones } from './prune.ts';

type RowGroupPart = Extract<TaskPart, { kind: 'row-group' }>;

/** What a scan need not read of an object, of the columns that it needs. */
export interface PrunedCounts {
  readonly groups: number;
  /** Pages of row groups that are read, as far as their page indexes tell. */
  readonly pages: { readonly total: number; readonly pruned: number };
  readonly bytes: number;
}

/**
 * The row groups of an object that a fragment has to read, and which of their rows: what statistics, page indexes and
 * Bloom filters exclude is left out, and what lies behind the rows of a limit. `columns`: those that the fragment needs,
 * as indexes into the schema.
 */
export async function planRowGroups(
  source: ByteSource,
  footer: ParquetFooter,
  { conjuncts, output }: BoundFragment,
  columns: readonly number[],
): Promise<{ readonly parts: readonly RowGroupPart[]; readonly pruned: PrunedCounts; readonly bytesRead: number }> {
  const { rowGroups } = footer.metadata;
  let bytesRead = 0;
  let parts: RowGroupPart[];
  if (conjuncts.length > 0) {
    const found = await filteredGroups(source, footer, conjuncts);
    parts = found.parts;
    bytesRead += found.bytesRead;
  } else {
    parts = rowGroups.flatMap(({ rows }, index) => (rows > 0 ? [{ kind: 'row-group', index }] : []));
    if (output.kind === 'rows' && output.limit !== undefined && !output.orderBy)
      parts = firstRows(footer, output.limit);
  }
  const kept = new Set(parts.map(({ index }) => index));
  const prunedGroups = rowGroups.filter((_, index) => !kept.has(index));
  const sizes = prunedGroups.flatMap(({ chunks }) =>
    columns.flatMap((column) => chunksOf(footer.columns[column]).map((chunk) => chunks[chunk]?.size ?? 0)),
  );
  const within = await prunedPages(source, footer, parts, columns);
  return {
    parts,
    pruned: {
      groups: prunedGroups.length,
      pages: within.pages,
      bytes: sizes.reduce((sum, size) => sum + size, within.bytes),
    },
    bytesRead: bytesRead + within.bytesRead,
  };
}

/** The first row groups that together hold `limit` rows. */
function firstRows({ metadata }: ParquetFooter, limit: number): RowGroupPart[] {
  const parts: RowGroupPart[] = [];
  let left = limit;
  for (const [index, { rows }] of metadata.rowGroups.entries()) {
    if (left <= 0) break;
    if (rows > left) parts.push({ kind: 'row-group', index, ranges: [{ first: 0, end: left }] });
    else if (rows > 0) parts.push({ kind: 'row-group', index });
    left -= rows;
  }
  return parts;
}

async function filteredGroups(
  source: ByteSource,
  footer: ParquetFooter,
  conjuncts: readonly BoundExpression[],
): Promise<{ parts: RowGroupPart[]; bytesRead: number }> {
  const asked = new Set<number>();
  const candidates = footer.metadata.rowGroups.flatMap((group, index) => {
    const zones = groupZones(group, footer);
    const recorded: Zones = (column) => {
      asked.add(column);
      return zones(column);
    };
    return group.rows > 0 && mayMatch(conjuncts, recorded) ? [{ index, rows: group.rows, zones }] : [];
  });
  const columns = [...asked];
  const places: ChunkPlace[] = candidates.flatMap(({ index }) => columns.map((column) => ({ group: index, column })));
  const indexes = await readPageIndexes(source, footer, places, true);
  const looked = candidates.flatMap(({ index, rows, zones }, i) => {
    const found = indexes.columns.slice(i * columns.length, (i + 1) * columns.length);
    const pages = new Map(
      columns.flatMap((column, j): [number, ColumnPages][] => (found[j] ? [[column, found[j]]] : [])),
    );
    const ranges = pages.size > 0 ? matchingRanges(rows, conjuncts, pages, zones) : [{ first: 0, end: rows }];
    return ranges.length > 0 ? [{ index, rows, zones, ranges }] : [];
  });
  const filters = await bloomMayMatch(source, footer, looked, conjuncts);
  const parts = looked
    .filter((_, i) => filters.mayMatch[i])
    .map(({ index, rows, ranges }): RowGroupPart => {
      return { kind: 'row-group', index, ...(!isWhole(ranges, rows) && { ranges }) };
    });
  return { parts, bytesRead: indexes.bytesRead + filters.bytesRead };
}

function isWhole([first]: readonly RowRange[], rows: number): boolean {
  return first?.first === 0 && first.end === rows;
}

/** Pages and bytes that the rows of `parts` do not need. */
async function prunedPages(
  source: ByteSource,
  footer: ParquetFooter,
  parts: readonly RowGroupPart[],
  columns: readonly number[],
): Promise<{ pages: PrunedCounts['pages']; bytes: number; bytesRead: number }> {
  const places = parts.flatMap(({ index, ranges }) =>
    ranges ? columns.map((column) => ({ group: index, column, ranges })) : [],
  );
  const found = await readPageIndexes(source, footer, places, false);
  let total = 0;
  let needed = 0;
  let bytes = 0;
  for (const [i, { group, column, ranges }] of places.entries()) {
    const pages = found.columns[i]?.pages;
    const chunk = footer.metadata.rowGroups[group]?.chunks[leafAt(footer, column)?.chunk ?? -1];
    if (!pages || !chunk) continue;
    const fetch = chunkFetch(chunk, pages, ranges);
    total += pages.length;
    needed += fetch.pages?.length ?? pages.length;
    bytes += chunk.size - fetch.pieces.reduce((sum, { start, end }) => sum + end - start, 0);
  }
  return { pages: { total, pruned: total - needed }, bytes, bytesRead: found.bytesRead };
}
