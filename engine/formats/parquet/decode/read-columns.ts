import { SluiceError } from '../../../../query/error.ts';
import type { Column } from '../../../column.ts';
import { takeFrom } from '../../../take-rows.ts';
import type { ByteSource, RowRange } from '../../../task.ts';
import { type ColumnToRead, columnsToRead, damagedColumn } from '../column-chunks.ts';
import { fetchBytes } from '../fetch.ts';
import { type ChunkFetch, chunkFetch, rowsWithin } from '../fetch-plan.ts';
import { isLeaf } from '../file-columns.ts';
import type { ParquetFooter } from '../footer.ts';
import { readPageIndexes } from '../page-index-reader.ts';
import { decodeChunk } from './column-chunk.ts';
import { decodeJson } from './nested-json.ts';

/** Columns (indexes into the schema) of a row group: all its rows, or, where there are `ranges`, those alone. */
export interface WantedColumns {
  readonly group: number;
  readonly columns: readonly number[];
  readonly ranges?: readonly RowRange[] | undefined;
}

/**
 * Reads columns in JavaScript, straight into typed arrays: dates stay day numbers, decimals unscaled integers, strings
 * bytes. hyparquet reads the page headers and unpacks deltas; its own value decoding makes a JavaScript value of
 * everything. Throws `bad-data` naming object, row group and column.
 */
export async function readColumns(
  source: ByteSource,
  footer: ParquetFooter,
  { group, columns, ranges }: WantedColumns,
): Promise<{ columns: Column[]; bytesRead: number }> {
  const { rows, columns: toRead } = columnsToRead(source.name, footer, group, columns);
  const places = ranges ? columns.map((column) => ({ group, column })) : [];
  const indexes = await readPageIndexes(source, footer, places, false);
  const fetches = toRead.map(({ chunks }, i) =>
    chunks.map((chunk) => chunkFetch(chunk, indexes.columns[i]?.pages, ranges)),
  );
  const { chunks, bytesRead } = await fetchBytes(
    source,
    fetches.flat().map(({ pieces }) => pieces),
  );
  const buffers = chunks.values();
  const decoded = toRead.map((wanted, i) => {
    const own = fetches[i]!.map((fetch) => ({ fetch, bytes: buffers.next().value as Uint8Array }));
    try {
      return decodeColumn(wanted, own, rows, ranges);
    } catch (error) {
      if (error instanceof SluiceError) throw error;
      throw damagedColumn(source.name, group, wanted.column, error instanceof Error ? error.message : String(error));
    }
  });
  return { columns: decoded, bytesRead: indexes.bytesRead + bytesRead };
}

interface FetchedChunk {
  readonly fetch: ChunkFetch;
  readonly bytes: Uint8Array;
}

/** The rows `ranges` of a column, of all its pages or of those that hold them. `fetched` are its chunks. */
function decodeColumn(
  { column, chunks }: ColumnToRead,
  fetched: readonly FetchedChunk[],
  groupRows: number,
  ranges: readonly RowRange[] | undefined,
): Column {
  const pages = isLeaf(column) ? fetched[0]?.fetch.pages : undefined;
  const held = pages ?? [{ offset: 0, size: 0, firstRow: 0, rows: groupRows }];
  const pageRows = pages?.map((page) => page.rows);
  const rows = held.reduce((sum, page) => sum + page.rows, 0);
  const decoded = isLeaf(column)
    ? decodeChunk(fetched[0]!.bytes, { column, chunk: chunks[0]! }, rows, pageRows)
    : decodeJson(
        column.shape,
        chunks.map((chunk, i) => ({ chunk, bytes: fetched[i]!.bytes })),
        rows,
      );
  return ranges ? takeFrom(decoded, rowsWithin(held, ranges)) : decoded;
}
