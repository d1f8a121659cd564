import type { Column } from '../../column.ts';
import { readColumns } from '../../formats/parquet/decode/read-columns.ts';
import { readFooter } from '../../formats/parquet/footer.ts';
import type { ByteSource, ObjectDescription, RowRange } from '../../task.ts';

/** Reads Parquet columns in JavaScript. */
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
    const { columns: decoded, bytesRead } = await readColumns(source, footer, { group, columns, ranges });
    return { columns: decoded, bytesRead: footerBytes + bytesRead };
  }
}
