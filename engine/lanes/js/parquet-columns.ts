import { SluiceError } from '../../../query/error.ts';
import type { Column } from '../../column.ts';
import { type ChunkToRead, chunksToRead, damagedColumn } from '../../formats/parquet/column-chunks.ts';
import { decodeChunk } from '../../formats/parquet/decode/column-chunk.ts';
import { fetchBytes } from '../../formats/parquet/fetch.ts';
import { chunkFetch, rowsWithin } from '../../formats/parquet/fetch-plan.ts';
import { readFooter } from '../../formats/parquet/footer.ts';
import type { PageLocation } from '../../formats/parquet/page-index.ts';
import { readPageIndexes } from '../../formats/parquet/page-index-reader.ts';
import { takeFrom } from '../../take-rows.ts';
import type { ByteSource, ObjectDescription, RowRange } from '../../task.ts';

/**
 * Reads Parquet columns in JavaScript, straight into typed arrays: dates stay day numbers, decimals unscaled integers,
 * strings bytes. hyparquet reads the page headers and unpacks deltas; its own value decoding makes a JavaScript
 * value of everything.
 */
export class ParquetColumns {
  /**
   * The columns (indexes into the schema) of one row group: all its rows, or, where `ranges` are given, those alone.
   * Throws `bad-data` naming object, row group and column.
   */
  async read(
    source: ByteSource,
    description: ObjectDescription,
    group: number,
    columns: readonly number[],
    ranges?: readonly RowRange[],
  ): Promise<{ columns: Column[]; bytesRead: number }> {
    const { footer, bytesRead: footerBytes } = await readFooter(source, description.location.version);
    const { rows, chunks } = chunksToRead(source.name, footer, group, columns);
    const places = ranges ? columns.map((column) => ({ group, column })) : [];
    const indexes = await readPageIndexes(source, footer, places, false);
    const fetches = chunks.map(({ chunk }, i) => chunkFetch(chunk, indexes.columns[i]?.pages, ranges));
    const bytes = await fetchBytes(
      source,
      fetches.map(({ pieces }) => pieces),
    );
    const decoded = chunks.map((chunk, i) => {
      try {
        return decode(bytes.chunks[i]!, chunk, fetches[i]!.pages, rows, ranges);
      } catch (error) {
        if (error instanceof SluiceError) throw error;
        throw damagedColumn(source.name, group, chunk.column, error instanceof Error ? error.message : String(error));
      }
    });
    return { columns: decoded, bytesRead: footerBytes + indexes.bytesRead + bytes.bytesRead };
  }
}

/** The rows `ranges` of a column, of all its pages or of those that hold them. */
function decode(
  bytes: Uint8Array,
  chunk: ChunkToRead,
  pages: readonly PageLocation[] | undefined,
  groupRows: number,
  ranges: readonly RowRange[] | undefined,
): Column {
  if (!ranges) return decodeChunk(bytes, chunk, groupRows);
  const held = pages ?? [{ offset: 0, size: 0, firstRow: 0, rows: groupRows }];
  const pageRows = pages?.map(({ rows }) => rows);
  const rows = held.reduce((sum, page) => sum + page.rows, 0);
  const column = decodeChunk(bytes, chunk, rows, pageRows);
  return takeFrom(column, rowsWithin(held, ranges));
}
