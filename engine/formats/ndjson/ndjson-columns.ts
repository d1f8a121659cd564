import { SluiceError } from '../../../query/error.ts';
import type { DataType, Field, Scalar } from '../../../query/types.ts';
import type { Column } from '../../column.ts';
import { runtime } from '../../compile/js/runtime.ts';
import { RFC_4180 } from '../../csv-format.ts';
import { type ByteSource, type TaskPart, VECTOR_SIZE } from '../../task.ts';
import { CsvFieldValues } from '../csv/field-value.ts';
import { badRow, notOfType } from '../csv/row-errors.ts';
import { ColumnBuilder } from './column-builder.ts';
import { JsonScanner, JsonSyntaxError, type JsonToken, unescapeJson } from './json-scanner.ts';
import { type LineBlock, LineReader } from './line-reader.ts';
import { type NdjsonObject, ndjsonPaths } from './paths.ts';

const LF = 10;
const encoder = new TextEncoder();

interface WantedColumn {
  readonly field: Field;
  /** The type is guessed: nothing may be lost in it. */
  readonly guessed: boolean;
  readonly builder: ColumnBuilder;
  /** The row that has a value already. */
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
  readonly #scanner: JsonScanner;
  readonly #values = new CsvFieldValues(RFC_4180);
  #bytes: Uint8Array = new Uint8Array(0);
  #row = 0;

  /** `columns` are indexes of the schema; batches have them in this order. */
  constructor(source: ByteSource, object: NdjsonObject, columns: readonly number[], aborted: () => boolean) {
    this.#source = source;
    this.#reader = new LineReader(source, aborted);
    this.#wanted = columns.map((index) => {
      const field = object.schema[index];
      if (!field) throw new RangeError(`column ${index} is not in the schema`);
      const guessed = object.guessed?.includes(index) ?? false;
      return { field, guessed, builder: new ColumnBuilder(field.type, VECTOR_SIZE), row: -1 };
    });
    this.#scanner = new JsonScanner(ndjsonPaths(object, columns), this);
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
    try {
      if (!this.#scanner.line(block.bytes, start, end)) return false;
    } catch (error) {
      if (!(error instanceof JsonSyntaxError) && !(error instanceof SluiceError)) throw error;
      throw badRow(this.#source.name, block.offset + start - block.start, error);
    }
    for (const wanted of this.#wanted) if (wanted.row !== this.#row) wanted.builder.setNull(this.#row);
    this.#row++;
    return true;
  }

  /** Takes a value from the scanner. */
  value(slot: number, { kind, start, end, escaped }: JsonToken): void {
    if (kind === 'null') return;
    const wanted = this.#wanted[slot]!;
    const { builder, field } = wanted;
    const row = this.#row;
    wanted.row = row;
    const quoted = kind === 'string' ? 1 : 0;
    if (field.type.kind === 'utf8') {
      if (escaped) {
        const text = encoder.encode(unescapeJson(this.#bytes, start, end));
        builder.setText(row, text, 0, text.length);
      } else builder.setText(row, this.#bytes, start + quoted, end - quoted);
    } else if (field.type.kind === 'bool' && (kind === 'true' || kind === 'false'))
      builder.setNumber(row, kind === 'true' ? 1 : 0);
    else if (field.type.kind === 'float64' && kind === 'number') builder.setNumber(row, Number(this.#text(start, end)));
    else {
      if (!escaped) {
        const number = readNumber(field.type, this.#bytes, start + quoted, end - quoted);
        if (!Number.isNaN(number)) {
          builder.setInteger(row, number);
          return;
        }
      }
      const text = escaped ? unescapeJson(this.#bytes, start, end) : this.#text(start + quoted, end - quoted);
      builder.setScalar(row, this.#parse(text, wanted));
    }
  }

  #parse(text: string, { field, guessed }: WantedColumn): Scalar {
    const value = this.#values.value(text, true, field.type, guessed);
    if (value !== undefined) return value;
    const { message, misfit } = notOfType(field, text);
    throw new SluiceError('bad-data', message, undefined, misfit);
  }

  #text(start: number, end: number): string {
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + start, end - start).toString();
  }
}

/**
 * The value of a text in its usual form as the integer that its column stores, within ±2^53; NaN for any other form,
 * and for types that store no integers.
 */
function readNumber(type: DataType, bytes: Uint8Array, start: number, end: number): number {
  switch (type.kind) {
    case 'int32': {
      const value = runtime.integer(bytes, start, end);
      return value === (value | 0) ? value : Number.NaN;
    }
    case 'int64':
      return runtime.integer(bytes, start, end);
    case 'decimal':
      return readDecimal(bytes, start, end, type.scale, type.precision);
    case 'date':
      return end - start === 10 ? readDays(bytes, start) : Number.NaN;
    case 'timestamp':
      return runtime.timestamp(bytes, start, end, readDays(bytes, start));
    default:
      return Number.NaN;
  }
}

/** Days of YYYY-MM-DD; NaN for any other text. */
function readDays(bytes: Uint8Array, start: number): number {
  const year = runtime.integer(bytes, start, start + 4);
  const month = runtime.integer(bytes, start + 5, start + 7);
  const day = runtime.integer(bytes, start + 8, start + 10);
  const valid = year > 0 && month > 0 && day > 0 && bytes[start + 4] === 0x2d && bytes[start + 7] === 0x2d;
  const days = valid ? runtime.days(year, month, day) : -2147483648;
  return days === -2147483648 ? Number.NaN : days;
}

/** Digits with at most `scale` behind the point. */
function readDecimal(bytes: Uint8Array, start: number, end: number, scale: number, precision: number): number {
  const minus = bytes[start] === 0x2d;
  let value = 0;
  let digits = 0;
  let fraction = -1;
  for (let at = minus ? start + 1 : start; at < end; at++) {
    const digit = bytes[at]! - 48;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits++;
      if (fraction >= 0) fraction++;
    } else if (digit === -2 && fraction < 0 && digits > 0) fraction = 0;
    else return Number.NaN;
  }
  const missing = scale - Math.max(fraction, 0);
  if (fraction === 0 || digits === 0 || missing < 0 || digits + missing > Math.min(precision, 15)) return Number.NaN;
  for (let i = 0; i < missing; i++) value *= 10;
  return minus ? -value : value;
}
