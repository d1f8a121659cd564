import { type CsvDialect, NO_BYTE } from '../../csv-format.ts';
import { CsvStructure } from './structure.ts';

const LF = 10;
const CR = 13;
const SPACE = 32;
const TAB = 9;
const QUOTED = 1;
const ESCAPED = 2;

/** Reads CSV of any dialect one row at a time: slow, and precise about what is wrong. */
export class CsvRowReader {
  /** Fields of the row that was read. */
  width = 0;
  /** What the row is; a blank line has one empty field, a comment none. */
  kind: 'row' | 'blank' | 'comment' = 'row';
  /** What is wrong with the quotes of the row, known before its end may be; its fields are then of no use. */
  fault: string | undefined;
  /** What was read from. */
  bytes: Uint8Array = new Uint8Array(0);
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #escape: number;
  readonly #lineEnd: number;
  readonly #comment: number;
  readonly #trim: boolean;
  readonly #kept: number;
  readonly #dialect: CsvDialect;
  #starts = new Int32Array(16);
  #ends = new Int32Array(16);
  #flags = new Uint8Array(16);

  /** Fields beyond the first `kept` are counted, and not remembered. */
  constructor(dialect: CsvDialect, kept = Number.POSITIVE_INFINITY) {
    this.#delimiter = dialect.delimiter;
    this.#quote = dialect.quote ?? NO_BYTE;
    this.#escape = dialect.escape ?? NO_BYTE;
    this.#lineEnd = dialect.lineEnd;
    this.#comment = dialect.comment ?? NO_BYTE;
    this.#trim = dialect.trim;
    this.#kept = kept;
    this.#dialect = dialect;
  }

  /** Splits the row at `from` into fields; gives where the next row begins, or -1 when this one ends behind `valid`. */
  read(bytes: Uint8Array, from: number, valid: number): number {
    this.bytes = bytes;
    this.width = 0;
    this.fault = undefined;
    this.kind = bytes[from] === this.#comment ? 'comment' : 'row';
    if (this.kind === 'comment') {
      const end = bytes.indexOf(this.#lineEnd, from);
      return end < 0 || end >= valid ? -1 : end + 1;
    }
    for (let p = from; ; p++) {
      p = this.#field(bytes, p, valid);
      if (p < 0 || p >= valid) return -1;
      if (this.fault !== undefined) return this.#behindRow(from, valid);
      if (bytes[p] === this.#lineEnd) {
        if (this.#isBlank(from, p)) this.kind = 'blank';
        return p + 1;
      }
    }
  }

  quoted(field: number): boolean {
    return this.#flags[field] !== 0;
  }

  /** Bounds of a field within its quotes, escapes as they stand. */
  start(field: number): number {
    return this.#starts[field] as number;
  }

  end(field: number): number {
    return this.#ends[field] as number;
  }

  /** An unquoted field of no bytes. */
  empty(field: number): boolean {
    return this.#flags[field] === 0 && this.#starts[field] === this.#ends[field];
  }

  /** The bytes of a field without its quotes, escapes resolved; a view of the row where none are. */
  text(field: number): Uint8Array {
    const start = this.#starts[field] as number;
    const end = this.#ends[field] as number;
    if (this.#flags[field] !== (QUOTED | ESCAPED)) return this.bytes.subarray(start, end);
    const text = new Uint8Array(end - start);
    let length = 0;
    for (let p = start; p < end; p++) {
      if (this.bytes[p] === this.#escape) p++;
      text[length++] = this.bytes[p] as number;
    }
    return text.subarray(0, length);
  }

  /** Gives the position of the delimiter or line end behind the field at `at`; -1 when it is not there. */
  #field(bytes: Uint8Array, at: number, valid: number): number {
    const start = this.#trim ? this.#behindBlanks(at, valid) : at;
    if (start >= valid) return -1;
    if (bytes[start] === this.#quote) return this.#quotedField(bytes, start + 1, valid);
    let p = start;
    for (; p < valid; p++) {
      const byte = bytes[p];
      if (byte === this.#delimiter || byte === this.#lineEnd) break;
      if (byte === this.#quote) this.fault ??= `field ${this.width + 1} has a quote inside unquoted text`;
    }
    let end = p;
    if (this.#lineEnd === LF && bytes[p] === LF && end > start && bytes[end - 1] === CR) end--;
    if (this.#trim) while (end > start && this.#isSpace(bytes[end - 1])) end--;
    this.#add(start, end, 0);
    return p;
  }

  #quotedField(bytes: Uint8Array, start: number, valid: number): number {
    let flags = QUOTED;
    let end = start;
    for (; ; end += 2) {
      while (end < valid && bytes[end] !== this.#quote && bytes[end] !== this.#escape) end++;
      // Whether a quote at the very end is doubled is not known yet.
      if (end + 1 >= valid) return -1;
      if (bytes[end] !== this.#escape) break;
      if (this.#escape === this.#quote && bytes[end + 1] !== this.#quote) break;
      flags |= ESCAPED;
    }
    this.#add(start, end, flags);
    let p = this.#trim ? this.#behindBlanks(end + 1, valid) : end + 1;
    if (bytes[p] === CR && this.#lineEnd === LF) {
      if (p + 1 >= valid) return -1;
      if (bytes[p + 1] === LF) p++;
    }
    if (p < valid && bytes[p] !== this.#delimiter && bytes[p] !== this.#lineEnd)
      this.fault = `field ${this.width} has text after its closing quote`;
    return p;
  }

  #add(start: number, end: number, flags: number): void {
    const field = this.width++;
    if (field >= this.#kept) return;
    if (field >= this.#starts.length) this.#grow();
    this.#starts[field] = start;
    this.#ends[field] = end;
    this.#flags[field] = flags;
  }

  #grow(): void {
    const room = 2 * this.#starts.length;
    const [starts, ends, flags] = [this.#starts, this.#ends, this.#flags];
    this.#starts = new Int32Array(room);
    this.#ends = new Int32Array(room);
    this.#flags = new Uint8Array(room);
    this.#starts.set(starts);
    this.#ends.set(ends);
    this.#flags.set(flags);
  }

  /** Where a row with quotes out of place ends: as for the scans, every quote opens or closes. */
  #behindRow(from: number, valid: number): number {
    return new CsvStructure(this.#dialect, 'row start').rowEnd(this.bytes, from, valid);
  }

  /** Nothing but the line end, LF with a CR before it or not. */
  #isBlank(from: number, end: number): boolean {
    return end === from || (end === from + 1 && this.#lineEnd === LF && this.bytes[from] === CR);
  }

  #behindBlanks(from: number, valid: number): number {
    let p = from;
    while (p < valid && this.#isSpace(this.bytes[p])) p++;
    return p;
  }

  #isSpace(byte: number | undefined): boolean {
    return byte === SPACE || (byte === TAB && this.#delimiter !== TAB);
  }
}
