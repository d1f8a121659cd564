import { SluiceError } from '../../../query/error.ts';
import { parseScalar } from '../../../query/format-value.ts';
import type { Field, Schema } from '../../../query/types.ts';
import type { Column } from '../../column.ts';
import { type ByteSource, type TaskPart, VECTOR_SIZE } from '../../task.ts';
import { badRow, notOfType } from '../csv/row-errors.ts';
import { ColumnBuilder } from './column-builder.ts';
import { JsonScanner, JsonSyntaxError } from './json-scanner.ts';
import { type LineBlock, LineReader } from './line-reader.ts';

const LF = 10;
const NOT_WANTED = -1;
const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

interface WantedColumn {
  readonly field: Field;
  readonly key: Uint8Array;
  readonly builder: ColumnBuilder;
  /** The row that has a value already: of keys that come twice the last counts. */
  row: number;
}

/** Up to VECTOR_SIZE rows; the columns are good until the next batch. */
export interface NdjsonBatch {
  readonly columns: readonly Column[];
  readonly rows: number;
}

/**
 * Reads columns out of NDJSON (one JSON object a line; blank lines do not count). A missing key and null are NULL. A
 * text column takes any value: strings decoded, others as they are written. Other types take what SQL would read from
 * the value's text.
 */
export class NdjsonColumns {
  readonly #source: ByteSource;
  readonly #wanted: readonly WantedColumn[];
  readonly #reader: LineReader;
  readonly #scanner = new JsonScanner();
  #bytes: Uint8Array = new Uint8Array(0);
  #row = 0;

  /** `columns` are indexes of the schema; batches have them in this order. */
  constructor(source: ByteSource, schema: Schema, columns: readonly number[], aborted: () => boolean) {
    this.#source = source;
    this.#reader = new LineReader(source, aborted);
    this.#wanted = columns.map((index) => {
      const field = schema[index];
      if (!field) throw new RangeError(`column ${index} is not in the schema`);
      const key = encoder.encode(field.name);
      return { field, key, builder: new ColumnBuilder(field.type, VECTOR_SIZE), row: -1 };
    });
  }

  get bytesRead(): number {
    return this.#reader.bytesRead;
  }

  /** The rows that belong to a chunk. Throws `bad-data` with the place of the line. */
  async *batches(
    { start, end }: Extract<TaskPart, { kind: 'ndjson-chunk' }>,
    dataStart: number,
  ): AsyncGenerator<NdjsonBatch, void, undefined> {
    for await (const block of this.#reader.blocks(start, end, dataStart)) {
      this.#bytes = block.bytes;
      for (let line = block.start; line < block.end; ) {
        const newline = block.bytes.subarray(0, block.end).indexOf(LF, line);
        const stop = newline < 0 ? block.end : newline;
        if (this.#takeLine(block, line, stop) && this.#row === VECTOR_SIZE) yield this.#finish();
        line = stop + 1;
      }
    }
    if (this.#row > 0) yield this.#finish();
  }

  #finish(): NdjsonBatch {
    const rows = this.#row;
    this.#row = 0;
    const columns = this.#wanted.map((wanted) => {
      wanted.row = -1;
      return wanted.builder.finish(rows);
    });
    return { columns, rows };
  }

  /** Adds a row; gives false for a blank line. */
  #takeLine(block: LineBlock, start: number, end: number): boolean {
    const scanner = this.#scanner;
    scanner.begin(block.bytes, start, end);
    if (scanner.done) return false;
    try {
      scanner.object(this.#column, this.#value);
      if (!scanner.done) throw new JsonSyntaxError('there is more behind the object');
    } catch (error) {
      if (!(error instanceof JsonSyntaxError) && !(error instanceof SluiceError)) throw error;
      throw badRow(this.#source.name, block.offset + start - block.start, error.message);
    }
    for (const wanted of this.#wanted) if (wanted.row !== this.#row) wanted.builder.setNull(this.#row);
    this.#row++;
    return true;
  }

  /** Which of the wanted columns a key names. */
  readonly #column = (start: number, end: number, escaped: boolean): number => {
    const bytes = escaped ? encoder.encode(this.#unescape(start - 1, end + 1)) : this.#bytes;
    const from = escaped ? 0 : start;
    const length = escaped ? bytes.length : end - start;
    for (let i = 0; i < this.#wanted.length; i++) {
      const { key } = this.#wanted[i]!;
      if (key.length !== length) continue;
      let at = 0;
      while (at < length && key[at] === bytes[from + at]) at++;
      if (at === length) return i;
    }
    return NOT_WANTED;
  };

  readonly #value = (column: number): void => {
    const wanted = this.#wanted[column]!;
    const { builder, field } = wanted;
    const { kind, start, end, escaped } = this.#scanner.token;
    const row = this.#row;
    if (wanted.row === row) throw new JsonSyntaxError(`the key "${field.name}" comes twice`);
    if (kind === 'null') return;
    wanted.row = row;
    const quoted = kind === 'string' ? 1 : 0;
    if (field.type.kind === 'utf8') {
      if (escaped) {
        const text = encoder.encode(this.#unescape(start, end));
        builder.setText(row, text, 0, text.length);
      } else builder.setText(row, this.#bytes, start + quoted, end - quoted);
    } else if (field.type.kind === 'float64' && kind === 'number')
      builder.setNumber(row, Number(this.#text(start, end)));
    else {
      const text = escaped ? this.#unescape(start, end) : this.#text(start + quoted, end - quoted);
      builder.setScalar(row, this.#parse(text, field));
    }
  };

  #parse(text: string, field: Field) {
    try {
      return parseScalar(text, field.type);
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      throw new JsonSyntaxError(notOfType(field, text));
    }
  }

  #text(start: number, end: number): string {
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + start, end - start).toString();
  }

  /** The string whose quotes stand at `start` and before `end`. */
  #unescape(start: number, end: number): string {
    try {
      return JSON.parse(decoder.decode(this.#bytes.subarray(start, end))) as string;
    } catch {
      throw new JsonSyntaxError(`${this.#text(start, Math.min(end, start + 60))} is not a valid JSON string`);
    }
  }
}
