import type { SluiceError } from '../../../query/error.ts';
import { parseScalar } from '../../../query/format-value.ts';
import type { Scalar, Schema } from '../../../query/types.ts';
import { runtime } from '../../compile/js/runtime.ts';
import { type CsvFormat, NO_BYTE } from '../../csv-format.ts';
import { badRow, notOfType, wrongWidth } from '../../formats/csv/row-errors.ts';

const LF = 10;
const CR = 13;
const decoder = new TextDecoder();

/** Strict reader of one CSV row (RFC 4180) at a time: slow, and precise about what is wrong. */
export class CsvRow {
  /** Offset in the object of the buffer's first byte. */
  base = 0;
  readonly #name: string;
  readonly #schema: Schema;
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #quoted: Uint8Array;
  #bytes: Uint8Array = new Uint8Array(0);
  #row = 0;

  constructor(name: string, schema: Schema, format: CsvFormat) {
    this.#name = name;
    this.#schema = schema;
    this.#delimiter = format.delimiter;
    this.#quote = format.quote ?? NO_BYTE;
    this.#starts = new Int32Array(schema.length);
    this.#ends = new Int32Array(schema.length);
    this.#quoted = new Uint8Array(schema.length);
  }

  /** Splits the row at `row` into fields; gives where the next row begins, or -1 when this one ends behind `valid`. */
  read(bytes: Uint8Array, row: number, valid: number): number {
    this.#bytes = bytes;
    this.#row = row;
    let p = row;
    for (let field = 0; ; field++) {
      const quoted = p < valid && bytes[p] === this.#quote;
      let start = p;
      let end: number;
      if (quoted) {
        start = p + 1;
        end = this.#closingQuote(start, valid);
        if (end < 0) return -1;
        p = end + 1;
      } else {
        while (p < valid && bytes[p] !== this.#delimiter && bytes[p] !== LF) {
          if (bytes[p] === this.#quote) throw this.#bad(`field ${field + 1} has a quote inside unquoted text`);
          p++;
        }
        end = p;
        if (bytes[p] === LF && end > start && bytes[end - 1] === CR) end--;
      }
      if (p >= valid) return -1;
      let next = bytes[p];
      if (quoted && next === CR) {
        if (p + 1 >= valid) return -1;
        if (bytes[p + 1] === LF) next = bytes[++p];
      }
      if (next !== this.#delimiter && next !== LF)
        throw this.#bad(`field ${field + 1} has text after its closing quote`);
      if (field < this.#schema.length) {
        this.#starts[field] = start;
        this.#ends[field] = end;
        this.#quoted[field] = quoted ? 1 : 0;
      }
      p++;
      if (next === LF) {
        if (field + 1 !== this.#schema.length) throw this.#bad(wrongWidth(this.#schema.length, field + 1));
        return p;
      }
    }
  }

  #closingQuote(start: number, valid: number): number {
    let p = start;
    for (;;) {
      while (p < valid && this.#bytes[p] !== this.#quote) p++;
      // Whether a quote at the very end is doubled is not known yet.
      if (p + 1 >= valid) return -1;
      if (this.#bytes[p + 1] !== this.#quote) return p;
      p += 2;
    }
  }

  /** An unquoted empty field. */
  isNull(field: number): boolean {
    return this.#quoted[field] === 0 && this.#starts[field] === this.#ends[field];
  }

  text(field: number): Uint8Array {
    const start = this.#starts[field] as number;
    const end = this.#ends[field] as number;
    if (this.#quoted[field] === 0) return this.#bytes.subarray(start, end);
    const bytes = runtime.withoutDoubledQuotes(this.#bytes, start, end, this.#quote);
    return bytes === this.#bytes ? bytes.subarray(start, end) : bytes;
  }

  /** The value of a field that is not NULL and not text. */
  value(field: number): Scalar {
    const column = this.#schema[field];
    if (!column) throw new RangeError(`field ${field}`);
    const text = decoder.decode(this.text(field));
    try {
      return parseScalar(text, column.type);
    } catch {
      throw this.#bad(notOfType(column, text));
    }
  }

  #bad(what: string): SluiceError {
    return badRow(this.#name, this.base + this.#row, what);
  }
}
