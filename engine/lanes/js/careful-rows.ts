import { isUtf8 } from 'node:buffer';
import type { SluiceError } from '../../../query/error.ts';
import type { Field, Scalar, Schema } from '../../../query/types.ts';
import type { CsvFormat } from '../../csv-format.ts';
import { CsvFieldValues } from '../../formats/csv/field-value.ts';
import {
  badRow,
  type FieldFault,
  notOfType,
  notUtf8,
  UNCLOSED_QUOTE,
  wrongWidth,
} from '../../formats/csv/row-errors.ts';
import { CsvRowReader } from '../../formats/csv/row-reader.ts';
import { withoutInvalidUtf8 } from '../../formats/csv/utf8.ts';
import type { ObjectDescription } from '../../task.ts';

/**
 * What the exact variant of a scanner reads rows with: each checked for its width, its fields given as values, and all
 * that is wrong treated as the format's policy says.
 */
export class CarefulRows {
  /** Offset in the object of the buffer's first byte. */
  base = 0;
  /** Whether the object ends with the bytes that `read` is given. */
  atEnd = false;
  /** Whether the row is none: a comment, a blank line where there are several columns, or a bad row that is skipped. */
  skipped = false;
  rowsSkipped = 0;
  valuesNulled = 0;
  readonly #name: string;
  readonly #schema: Schema;
  readonly #format: CsvFormat;
  /** Columns whose types are guessed. */
  readonly #guessed: ReadonlySet<number>;
  readonly #reader: CsvRowReader;
  readonly #values: CsvFieldValues;
  /** Only an empty field means NULL. */
  readonly #plainNulls: boolean;
  #row = 0;

  constructor({ location, schema, guessed }: ObjectDescription, format: CsvFormat) {
    this.#name = location.name;
    this.#guessed = new Set(guessed);
    this.#schema = schema;
    this.#format = format;
    this.#reader = new CsvRowReader(format, schema.length);
    this.#values = new CsvFieldValues(format);
    this.#plainNulls = format.nulls.length === 1 && format.nulls[0] === '';
  }

  /** Reads what begins at `row`; gives where the next row begins, or -1 when this one ends behind `valid`. */
  read(bytes: Uint8Array, row: number, valid: number): number {
    const reader = this.#reader;
    const next = reader.read(bytes, row, valid);
    this.#row = row;
    const fault = reader.fault ?? (next < 0 && this.atEnd ? UNCLOSED_QUOTE : undefined);
    if (fault !== undefined) return this.#skipLine(fault, bytes, valid);
    if (next < 0) return -1;
    const columns = this.#schema.length;
    this.skipped = reader.kind === 'comment' || (reader.kind === 'blank' && columns > 1);
    if (!this.skipped && reader.width !== columns) {
      this.#reject(wrongWidth(columns, reader.width), Math.abs(columns - reader.width));
    }
    return next;
  }

  /** The bytes of a text; null for NULL. */
  text(field: number): Uint8Array | null {
    if (field >= this.#reader.width || this.#isNullText(field)) return null;
    const text = this.#reader.text(field);
    if (isUtf8(text)) return text;
    if (this.#format.invalidUtf8 === 'replace') return withoutInvalidUtf8(text);
    this.#reject(notUtf8(this.#column(field), text), 1);
    return null;
  }

  /** The value of a field that is not text. */
  value(field: number): Scalar {
    if (field >= this.#reader.width) return null;
    const column = this.#column(field);
    const text = this.#string(field);
    const value = this.#values.value(text, this.#reader.quoted(field), column.type, this.#guessed.has(field));
    if (value !== undefined) return value;
    this.#reject(notOfType(column, text), 1);
    return null;
  }

  #isNullText(field: number): boolean {
    if (this.#plainNulls) return this.#reader.empty(field);
    return !this.#reader.quoted(field) && this.#values.isNull(this.#string(field), this.#column(field).type);
  }

  #string(field: number): string {
    return Buffer.from(this.#reader.text(field)).toString();
  }

  #column(field: number): Field {
    return this.#schema[field] as Field;
  }

  /** What is wrong costs `values` values, or the row. */
  #reject(what: string | FieldFault, values: number): void {
    if (this.#format.badRows === 'error') throw this.#bad(what);
    if (this.#format.badRows === 'null') this.valuesNulled += values;
    else if (!this.skipped) {
      this.skipped = true;
      this.rowsSkipped++;
    }
  }

  /** A row whose quotes are out of place has no fields, and ends at its first line end, within quotes or not. */
  #skipLine(fault: string, bytes: Uint8Array, valid: number): number {
    if (this.#format.badRows === 'error') throw this.#bad(fault);
    const end = bytes.indexOf(this.#format.lineEnd, this.#row);
    if (end < 0 || end >= valid) return -1;
    this.skipped = true;
    this.rowsSkipped++;
    return end + 1;
  }

  #bad(what: string | FieldFault): SluiceError {
    return badRow(this.#name, this.base + this.#row, what);
  }
}
