import { SluiceError } from '../../../query/error.ts';
import { chunksOf, type FileColumn, isLeaf } from './file-columns.ts';
import type { ParquetFooter } from './footer.ts';
import type { LeafColumn } from './leaf-column.ts';
import type { ColumnChunk } from './metadata.ts';

/** More rows than this in one row group are refused: a few damaged bytes must not claim all memory. */
const MAX_GROUP_ROWS = 1 << 27;

export interface ChunkToRead {
  readonly column: LeafColumn;
  readonly chunk: ColumnChunk;
}

/** The chunks that a column of the schema takes: one, or those of all leaves of a struct, list or map. */
export interface ColumnToRead {
  readonly column: FileColumn;
  readonly chunks: readonly ColumnChunk[];
}

/**
 * Which bytes to read for some columns (indexes into the schema) of a row group; pure.
 * Throws `bad-data` where the footer's numbers do not go together.
 */
export function columnsToRead(
  object: string,
  footer: ParquetFooter,
  group: number,
  columns: readonly number[],
): { readonly rows: number; readonly columns: readonly ColumnToRead[] } {
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
  const toRead = columns.map((index) => {
    const column = footer.columns[index];
    if (!column) throw new SluiceError('internal', `"${object}" has no column ${index}`);
    const chunks = chunksOf(column).map((chunk) => rowGroup.chunks[chunk]);
    if (!chunks.every((chunk) => chunk !== undefined))
      throw new SluiceError('internal', `"${object}" lacks chunks of column ${index}`);
    for (const { valueCount } of chunks)
      if (isLeaf(column) ? valueCount !== rows : valueCount < rows)
        throw damagedColumn(object, group, column, `it claims ${valueCount} values where ${rows} rows are expected`);
    return { column, chunks };
  });
  return { rows, columns: toRead };
}

/** The same where all columns are leaves. */
export function chunksToRead(
  object: string,
  footer: ParquetFooter,
  group: number,
  columns: readonly number[],
): { readonly rows: number; readonly chunks: readonly ChunkToRead[] } {
  const { rows, columns: toRead } = columnsToRead(object, footer, group, columns);
  const chunks = toRead.map(({ column, chunks: [chunk] }) => {
    if (!isLeaf(column) || !chunk) throw new SluiceError('internal', `"${object}": column "${column.name}" is no leaf`);
    return { column, chunk };
  });
  return { rows, chunks };
}

export function damagedColumn(object: string, group: number, column: FileColumn, what: string): SluiceError {
  return new SluiceError('bad-data', `"${object}": column "${column.name}" of row group ${group} is damaged: ${what}`);
}
