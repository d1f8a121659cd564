import { SluiceError } from '../../../query/error.ts';
import type { Column } from '../../column.ts';
import { type ChunkToRead, chunksToRead } from '../../formats/parquet/column-chunks.ts';
import { readColumns } from '../../formats/parquet/decode/read-columns.ts';
import { declaredType, fitsExcerpt, readExcerpt } from '../../formats/parquet/excerpt.ts';
import { type ParquetFooter, readFooter } from '../../formats/parquet/footer.ts';
import type { ByteSource, ObjectDescription } from '../../task.ts';
import { columnFromArrow } from './arrow-c-data.ts';
import { freshParquetWasm, memoryOf, type ParquetWasm } from './parquet-wasm.ts';
import type { UnreadableFeature } from './unreadable-feature.ts';

/**
 * Reads Parquet columns through parquet-wasm. One a worker; its WASM instance is made on the first read.
 *
 * parquet-wasm gets an excerpt of the object (see `readExcerpt`) through its synchronous interface: a panic in its
 * asynchronous one leaves a promise that never settles and a rejection that nobody can catch.
 */
export class ParquetColumns {
  #library: ParquetWasm | undefined;

  /**
   * The columns (indexes into the schema) of one row group: those that parquet-wasm cannot give in a form of ours are
   * decoded in JavaScript. Throws `bad-data` naming object and row group, after which the reader is as good as new: an
   * instance that trapped is thrown away. `why` this reader is asked: what parquet-wasm cannot read either is
   * `unsupported`.
   */
  async read(
    source: ByteSource,
    description: ObjectDescription,
    group: number,
    columns: readonly number[],
    why?: UnreadableFeature,
  ): Promise<{ columns: Column[]; bytesRead: number }> {
    const { footer, bytesRead: footerBytes } = await readFooter(source, description.location.version);
    const rowGroup = footer.metadata.rowGroups[group];
    const ours = columns.filter((index) => !fitsExcerpt(footer.columns[index], rowGroup));
    const theirs = columns.filter((index) => !ours.includes(index));
    const inJavaScript = await readColumns(source, footer, { group, columns: ours }).catch((error: Error) => {
      throw why ? unreadable(source, why, error.message) : error;
    });
    const byLibrary = await this.#readExcerpt(source, footer, group, theirs, why);
    const found = new Map([
      ...ours.map((index, i) => [index, inJavaScript.columns[i] as Column] as const),
      ...theirs.map((index, i) => [index, byLibrary.columns[i] as Column] as const),
    ]);
    return {
      columns: columns.map((index) => found.get(index) as Column),
      bytesRead: footerBytes + inJavaScript.bytesRead + byLibrary.bytesRead,
    };
  }

  async #readExcerpt(
    source: ByteSource,
    footer: ParquetFooter,
    group: number,
    columns: readonly number[],
    why: UnreadableFeature | undefined,
  ): Promise<{ columns: Column[]; bytesRead: number }> {
    const { rows, chunks } = chunksToRead(source.name, footer, group, columns);
    // An excerpt needs a column.
    if (chunks.length === 0) return { columns: [], bytesRead: 0 };
    const { file, bytesRead } = await readExcerpt(source, rows, chunks);
    try {
      return { columns: this.#decode(file, rows, chunks), bytesRead };
    } catch (error) {
      if (error instanceof SluiceError) throw error;
      if (!isRefusal(error)) this.#library = undefined;
      const names = chunks.map(({ column }) => `"${column.name}"`).join(', ');
      const reason = error instanceof Error ? error.message : String(error);
      const message = `row group ${group} (columns ${names}) cannot be decoded: ${reason}`;
      if (why) throw unreadable(source, why, message);
      throw new SluiceError('bad-data', `"${source.name}": ${message}`);
    }
  }

  /** Bytes of WASM memory in use by the decoder; 0 before the first read. */
  get memorySize(): number {
    return this.#library ? memoryOf(this.#library).byteLength : 0;
  }

  #decode(file: Uint8Array, rows: number, chunks: readonly ChunkToRead[]): Column[] {
    this.#library ??= freshParquetWasm();
    const library = this.#library;
    const stream = library.readParquet(file, { batchSize: Math.max(rows, 1) }).intoFFI();
    try {
      const memory = memoryOf(library);
      const arrays = stream.arrayAddrs();
      return chunks.map((chunk, position) =>
        columnFromArrow(memory, arrays, position, chunk.column, declaredType(chunk), rows),
      );
    } finally {
      stream.drop();
    }
  }
}

/** No reader knows what our own decoders do not. */
function unreadable({ name }: ByteSource, why: UnreadableFeature, message: string): SluiceError {
  return new SluiceError('unsupported', `"${name}": ${why.message} cannot be read: ${message}`);
}

/** True for an error that parquet-wasm returned in good order; a trap or a broken layout is something else. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.constructor === Error;
}
