import type { BoundExpression } from '../../../query/expression.ts';
import type { RowRange } from '../../task.ts';
import type { ColumnPages } from './page-index-reader.ts';
import { mayMatch, type Zones } from './prune.ts';

/**
 * The rows of a row group that may satisfy all `conjuncts`, by the bounds of pages: ascending ranges, apart. Pages of
 * different columns end at different rows: each stretch between two ends is looked at by itself. `group` tells of
 * columns without a page index. Pure.
 */
export function matchingRanges(
  rows: number,
  conjuncts: readonly BoundExpression[],
  pages: ReadonlyMap<number, ColumnPages>,
  group: Zones,
): RowRange[] {
  const starts = new Set([0, ...[...pages.values()].flatMap((column) => column.pages.map(({ firstRow }) => firstRow))]);
  const ascending = [...starts].filter((start) => start < rows).sort((a, b) => a - b);
  const cursors = new Map([...pages].map(([column, found]) => [column, new PageCursor(found)]));
  const ranges: RowRange[] = [];
  for (const [i, first] of ascending.entries()) {
    const end = ascending[i + 1] ?? rows;
    if (!mayMatch(conjuncts, (column) => cursors.get(column)?.zoneAt(first) ?? group(column))) continue;
    const last = ranges.at(-1);
    if (last?.end === first) ranges[ranges.length - 1] = { first: last.first, end };
    else ranges.push({ first, end });
  }
  return ranges;
}

/** Walks over a column's pages. */
class PageCursor {
  readonly #column: ColumnPages;
  #page = 0;

  constructor(column: ColumnPages) {
    this.#column = column;
  }

  /** Of the page that holds a row; rows come in ascending order. */
  zoneAt(row: number) {
    const { pages, zones } = this.#column;
    while (this.#page < pages.length && row >= pages[this.#page]!.firstRow + pages[this.#page]!.rows) this.#page++;
    return zones?.[this.#page];
  }
}
