import { SluiceError } from '../../../query/error.ts';
import type { Column } from '../../column.ts';
import { chunksToRead, damagedColumn } from '../../formats/parquet/column-chunks.ts';
import { decodeChunk } from '../../formats/parquet/decode/column-chunk.ts';
import { readFooter, readFully } from '../../formats/parquet/footer.ts';
import type { ByteSource, ObjectDescription } from '../../task.ts';

/**
 * Reads Parquet columns in JavaScript, straight into typed arrays: dates stay day numbers, decimals unscaled integers,
 * strings bytes. hyparquet reads the page headers and unpacks deltas; its own value decoding makes a JavaScript
 * value of everything.
 */
export class ParquetColumns {
  /** The columns (indexes into the schema) of one row group. Throws `bad-data` naming object, row group and column. */
  async read(
    source: ByteSource,
    description: ObjectDescription,
    group: number,
    columns: readonly number[],
  ): Promise<{ columns: Column[]; bytesRead: number }> {
    const { footer, bytesRead: footerBytes } = await readFooter(source, description.location.version);
    const { rows, chunks } = chunksToRead(source.name, footer, group, columns);
    const buffers = await Promise.all(
      chunks.map(async ({ chunk }) => {
        const bytes = new Uint8Array(chunk.size);
        await readFully(source, chunk.offset, bytes);
        return bytes;
      }),
    );
    const decoded = chunks.map((chunk, i) => {
      try {
        return decodeChunk(buffers[i]!, chunk, rows);
      } catch (error) {
        if (error instanceof SluiceError) throw error;
        throw damagedColumn(source.name, group, chunk.column, error instanceof Error ? error.message : String(error));
      }
    });
    return { columns: decoded, bytesRead: buffers.reduce((sum, { length }) => sum + length, footerBytes) };
  }
}
