import { SluiceError } from '../../../query/error.ts';
import type { ParquetFooter } from './footer.ts';
import type { LeafColumn } from './leaf-column.ts';
import type { ColumnChunk } from './metadata.ts';

/** More rows than this in one row group are refused: a few damaged bytes must not claim all memory. */
const MAX_GROUP_ROWS = 1 << 27;

export interface ChunkToRead {
  readonly column: LeafColumn;
  readonly chunk: ColumnChunk;
}

/**
 * Which bytes to read for some columns (indexes into the schema) of a row group; pure.
 * Throws `bad-data` where the footer's numbers do not go together.
 */
export function chunksToRead(
  object: string,
  footer: ParquetFooter,
  group: number,
  columns: readonly number[],
): { readonly rows: number; readonly chunks: readonly ChunkToRead[] } {
  const rowGroup = footer.metadata.rowGroups[group];
  if (!rowGroup)
    throw new SluiceError(
      'bad-data',
      `"${object}": row group ${group} of ${footer.metadata.rowGroups.length} is wanted`,
    );
  const { rows } = rowGroup;
  if (rows > MAX_GROUP_ROWS)
    throw new SluiceError(
      'bad-data',
      `"${object}": row group ${group} claims ${rows} rows, more than ${MAX_GROUP_ROWS}`,
    );
  const chunks = columns.map((index) => {
    const column = footer.columns[index];
    const chunk = column && rowGroup.chunks[column.chunk];
    if (!column || !chunk) throw new SluiceError('internal', `"${object}" has no column ${index}`);
    if (chunk.valueCount !== rows)
      throw damagedColumn(
        object,
        group,
        column,
        `it claims ${chunk.valueCount} values where ${rows} rows are expected`,
      );
    return { column, chunk };
  });
  return { rows, chunks };
}

export function damagedColumn(object: string, group: number, column: LeafColumn, what: string): SluiceError {
  return new SluiceError('bad-data', `"${object}": column "${column.name}" of row group ${group} is damaged: ${what}`);
}
