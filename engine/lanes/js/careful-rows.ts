import type { SluiceError } from '../../../query/error.ts';
import type { Field, Scalar, Schema } from '../../../query/types.ts';
import type { CsvFormat } from '../../csv-format.ts';
import { CsvFieldValues } from '../../formats/csv/field-value.ts';
import { badRow, notOfType, wrongWidth } from '../../formats/csv/row-errors.ts';
import { CsvRowReader } from '../../formats/csv/row-reader.ts';

const decoder = new TextDecoder();

/** What the exact variant of a scanner reads rows with: each checked for its width, its fields given as values. */
export class CarefulRows {
  /** Offset in the object of the buffer's first byte. */
  base = 0;
  /** Whether what was read is no row: a comment, or a blank line where there are several columns. */
  skipped = false;
  readonly #name: string;
  readonly #schema: Schema;
  readonly #reader: CsvRowReader;
  readonly #values: CsvFieldValues;
  /** Only an empty field means NULL. */
  readonly #plainNulls: boolean;
  #row = 0;

  constructor(name: string, schema: Schema, format: CsvFormat) {
    this.#name = name;
    this.#schema = schema;
    this.#reader = new CsvRowReader(format, schema.length);
    this.#values = new CsvFieldValues(format);
    this.#plainNulls = format.nulls.length === 1 && format.nulls[0] === '';
  }

  /** Reads what begins at `row`; gives where the next row begins, or -1 when this one ends behind `valid`. */
  read(bytes: Uint8Array, row: number, valid: number): number {
    const reader = this.#reader;
    const next = reader.read(bytes, row, valid);
    this.#row = row;
    if (reader.fault !== undefined) throw this.#bad(reader.fault);
    if (next < 0) return -1;
    const columns = this.#schema.length;
    this.skipped = reader.kind === 'comment' || (reader.kind === 'blank' && columns > 1);
    if (!this.skipped && reader.width !== columns) throw this.#bad(wrongWidth(columns, reader.width));
    return next;
  }

  isNull(field: number): boolean {
    if (this.#plainNulls) return this.#reader.empty(field);
    return !this.#reader.quoted(field) && this.#values.isNull(this.#string(field), this.#column(field).type);
  }

  text(field: number): Uint8Array {
    return this.#reader.text(field);
  }

  /** The value of a field that is not NULL and not text. */
  value(field: number): Scalar {
    const column = this.#column(field);
    const text = this.#string(field);
    const value = this.#values.value(text, this.#reader.quoted(field), column.type);
    if (value === undefined) throw this.#bad(notOfType(column, text));
    return value;
  }

  #string(field: number): string {
    return decoder.decode(this.#reader.text(field));
  }

  #column(field: number): Field {
    return this.#schema[field] as Field;
  }

  #bad(what: string): SluiceError {
    return badRow(this.#name, this.base + this.#row, what);
  }
}
