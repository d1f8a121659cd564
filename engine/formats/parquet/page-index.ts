import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import type { LeafColumn } from './leaf-column.ts';
import { type ColumnChunk, count, list, optionalBytes, type RawStatistics, struct } from './metadata.ts';
import { type Zone, zoneOf } from './zone-map.ts';

/** A data page of a flat column, as the OffsetIndex struct of parquet.thrift tells. */
export interface PageLocation {
  /** From the object's beginning, its header included. */
  readonly offset: number;
  readonly size: number;
  /** Of the row group. */
  readonly firstRow: number;
  readonly rows: number;
}

/**
 * The data pages of a chunk in the order of their rows: they follow one another without overlap within the chunk, and
 * hold all rows. Throws an Error where an OffsetIndex says something else.
 */
export function parseOffsetIndex(bytes: Uint8Array, chunk: ColumnChunk, groupRows: number): readonly PageLocation[] {
  const pages: PageLocation[] = [];
  const locations = list(readStruct(bytes).field_1, 'page locations').map((location) => {
    const { field_1, field_2, field_3 } = struct(location, 'page location');
    return {
      offset: count(field_1, 'offset of a page'),
      size: count(field_2, 'size of a page'),
      firstRow: count(field_3, 'first row of a page'),
    };
  });
  let end = chunk.offset;
  for (const [i, { offset, size, firstRow }] of locations.entries()) {
    const nextRow = locations[i + 1]?.firstRow ?? groupRows;
    if (offset < end || nextRow < firstRow || (i === 0 && firstRow !== 0))
      throw new Error(`page ${i} is at byte ${offset} and row ${firstRow}, out of order`);
    end = offset + size;
    pages.push({ offset, size, firstRow, rows: nextRow - firstRow });
  }
  if (end > chunk.offset + chunk.size || (pages.length === 0 && groupRows > 0))
    throw new Error('its pages are not those of the column chunk');
  return pages;
}

/** What the bounds of each page promise. Throws an Error where a ColumnIndex makes no sense. */
export function parseColumnIndex(
  bytes: Uint8Array,
  column: LeafColumn,
  pages: readonly PageLocation[],
): readonly Zone[] {
  const index = readStruct(bytes);
  const perPage = (value: unknown, what: string) => {
    const values = list(value, what);
    if (values.length !== pages.length) throw new Error(`${values.length} ${what} for ${pages.length} pages`);
    return values;
  };
  const nullPages = perPage(index.field_1, 'null pages');
  const mins = perPage(index.field_2, 'lower bounds');
  const maxs = perPage(index.field_3, 'upper bounds');
  const nullCounts = index.field_5 === undefined ? undefined : perPage(index.field_5, 'null counts');
  const nanCounts = index.field_8 === undefined ? undefined : perPage(index.field_8, 'NaN counts');
  return pages.map(({ rows }, i) => {
    const isNull = nullPages[i] === true;
    const nullCount = nullCounts ? count(nullCounts[i], 'null count') : isNull ? rows : undefined;
    if (isNull && nullCount !== rows) throw new Error(`page ${i} of ${rows} rows is NULL, and has ${nullCount} NULLs`);
    const statistics: RawStatistics = {
      oldMin: undefined,
      oldMax: undefined,
      // A page of NULLs has empty bounds, which are no values.
      min: isNull ? undefined : optionalBytes(mins[i]),
      max: isNull ? undefined : optionalBytes(maxs[i]),
      nullCount,
      nanCount: nanCounts && count(nanCounts[i], 'NaN count'),
      // An index may cut its bounds, and does not say whether it has.
      exact: false,
    };
    return zoneOf(column, rows, statistics);
  });
}

function readStruct(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return struct(deserializeTCompactProtocol({ view, offset: 0 }), 'index');
}
