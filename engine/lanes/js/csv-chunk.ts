import { isUtf8 } from 'node:buffer';
import { SluiceError } from '../../../query/error.ts';
import type { CsvScanner } from '../../compile/js/csv-scanner.ts';
import { type CsvFormat, NO_BYTE } from '../../csv-format.ts';
import { beginsQuoted } from '../../formats/csv/quoted-start.ts';
import { badRow, LONGEST_ROW, tooLong, UNCLOSED_QUOTE } from '../../formats/csv/row-errors.ts';
import { CsvStructure } from '../../formats/csv/structure.ts';
import type { ByteSource, RejectedCounts, ScanPlan, TaskPart, TaskResult } from '../../task.ts';
import { CarefulRows } from './careful-rows.ts';
import type { GroupsSink } from './groups-sink.ts';
import type { RowsSink } from './rows-sink.ts';

type CsvChunk = TaskPart & { kind: 'csv-chunk' };

const READ_SIZE = 1 << 20;
/** What is read behind a chunk's end at first, to see the end of its last row. */
const OVERHANG = 16 << 10;
const PADDING = 96;
const LONGEST_BUFFER = LONGEST_ROW + 2 * READ_SIZE + PADDING;
/** Bytes that are looked at together where not all of what was read is UTF-8. */
const UTF8_PIECE = 16 << 10;

/** The buffer that a lane keeps from task to task. */
export interface ReadBuffer {
  bytes: Uint8Array;
}

export function newReadBuffer(): ReadBuffer {
  return { bytes: new Uint8Array(2 * READ_SIZE + PADDING) };
}

/** Scans the rows that belong to one chunk into `sink`. */
export class CsvChunkScan {
  bytesRead = 0;
  readonly #scanner: CsvScanner;
  readonly #chunk: CsvChunk;
  readonly #format: CsvFormat;
  readonly #quote: number;
  readonly #source: ByteSource;
  readonly #buffer: ReadBuffer;
  readonly #aborted: () => boolean;
  readonly #fields: CarefulRows;
  /** Offset in the object of the buffer's first byte, and how many bytes of the buffer are the object's. */
  #base: number;
  #valid = 0;
  #atEnd = false;
  /** Rows that the exact variant does before the fast one is tried again. */
  #burst = 1;

  constructor(
    scanner: CsvScanner,
    plan: ScanPlan,
    chunk: CsvChunk,
    source: ByteSource,
    buffer: ReadBuffer,
    aborted: () => boolean,
  ) {
    this.#scanner = scanner;
    this.#chunk = chunk;
    this.#format = plan.object.format as CsvFormat;
    this.#quote = this.#format.quote ?? NO_BYTE;
    this.#source = source;
    this.#buffer = buffer;
    this.#aborted = aborted;
    this.#fields = new CarefulRows(plan.object, this.#format);
    this.#base = chunk.start;
  }

  /** Gives the bounds of the rows that the chunk owns; nothing where it owns none. */
  async run(sink: RowsSink | GroupsSink): Promise<TaskResult['rowBounds']> {
    const { end, firstRow = await this.#findFirstRow() } = this.#chunk;
    if (firstRow === undefined || firstRow > end) return undefined;
    let p = firstRow - this.#base;
    if (p > this.#valid) {
      this.#base = firstRow;
      this.#valid = p = 0;
    }
    for (;;) {
      const stop = end - this.#base + 1;
      const rowLimit = Math.min(this.#valid, stop);
      if (p < rowLimit) {
        p = this.#scan(sink, p, rowLimit);
        sink.settle();
      }
      if (sink.done || p >= stop || (this.#atEnd && p >= this.#valid)) return { first: firstRow, next: this.#base + p };
      if (this.#atEnd) throw this.#bad(p, UNCLOSED_QUOTE);
      const filled = this.#fill(p);
      if (filled) await filled;
      p = 0;
    }
  }

  /** Offset of the first row that begins in (start, end], by a guess at what `start` lies within. */
  async #findFirstRow(): Promise<number | undefined> {
    const { start, end } = this.#chunk;
    if (start === this.#format.dataStart) return start;
    let structure: CsvStructure | undefined;
    for (;;) {
      const filled = this.#fill(this.#valid);
      if (filled) await filled;
      const stop = Math.min(this.#valid, end - this.#base);
      const { bytes } = this.#buffer;
      structure ??= new CsvStructure(
        this.#format,
        beginsQuoted(bytes, 0, this.#valid, this.#format) ? 'quoted' : 'plain',
      );
      const found = structure.rowEnd(bytes, 0, stop);
      if (found >= 0) return this.#base + found;
      if (this.#atEnd || this.#base + stop >= end) return undefined;
    }
  }

  /** What the policy for bad rows did. */
  get rejected(): RejectedCounts {
    const { rowsSkipped, valuesNulled } = this.#fields;
    return { rowsSkipped, valuesNulled };
  }

  /** Scans what the buffer holds; gives the first row not done. */
  #scan(sink: RowsSink | GroupsSink, from: number, rowLimit: number): number {
    if (!this.#scanner.readsText || this.#isUtf8(from, this.#valid))
      return this.#scanRange(sink, from, rowLimit, this.#valid, true);
    // Only rows near bytes that are not UTF-8 go the slow way.
    let p = from;
    for (let size = UTF8_PIECE; p < rowLimit && !sink.done; ) {
      const until = Math.min(p + size, this.#valid);
      const next = this.#scanRange(sink, p, Math.min(rowLimit, until), until, this.#isUtf8(p, until));
      if (next === p && until === this.#valid) break;
      size = next === p ? 2 * size : UTF8_PIECE;
      p = next;
    }
    return p;
  }

  /** Whether all text of rows that begin at `from` and end before `until` is UTF-8; no character spans a line end. */
  #isUtf8(from: number, until: number): boolean {
    const { bytes } = this.#buffer;
    return isUtf8(bytes.subarray(from, bytes.lastIndexOf(this.#format.lineEnd, until - 1) + 1));
  }

  /** As `#scan`, of rows that end before `valid`; `fast` only if all their text is UTF-8. */
  #scanRange(sink: RowsSink | GroupsSink, from: number, rowLimit: number, valid: number, isText: boolean): number {
    const { bytes } = this.#buffer;
    const { exact } = this.#scanner;
    const fast = isText ? this.#scanner.fast : undefined;
    this.#fields.base = this.#base;
    this.#fields.atEnd = this.#atEnd && valid === this.#valid;
    let p = from;
    while (p < rowLimit && !sink.done) {
      if (fast) {
        const next = fast(sink, bytes, p, rowLimit, valid);
        // A row that the object ends within is left to the exact variant too.
        if (next >= 0 && (next >= rowLimit || sink.done || !this.#fields.atEnd)) return next;
        const stuck = next < 0 ? ~next : next;
        this.#burst = p === stuck ? Math.min(1024, 2 * this.#burst) : 1;
        p = stuck;
      }
      const next = exact(sink, bytes, p, rowLimit, valid, this.#fields, fast ? this.#burst : rowLimit);
      if (next === p) break;
      p = next;
    }
    return p;
  }

  /** Moves what begins at `keep` to the front and reads on behind it; gives a promise only where the source does. */
  #fill(keep: number): Promise<void> | undefined {
    if (this.#aborted()) throw new SluiceError('cancelled', `the scan of ${this.#source.name} was cancelled`);
    let { bytes } = this.#buffer;
    bytes.copyWithin(0, keep, this.#valid);
    this.#base += keep;
    this.#valid -= keep;
    if (this.#valid > LONGEST_ROW) throw this.#bad(0, tooLong(LONGEST_ROW));
    if (this.#valid + READ_SIZE + PADDING > bytes.length) {
      const grown = new Uint8Array(Math.min(2 * bytes.length, LONGEST_BUFFER));
      grown.set(bytes.subarray(0, this.#valid));
      bytes = this.#buffer.bytes = grown;
    }
    const offset = this.#base + this.#valid;
    // Of a long row, which is read from its start each time, as much again.
    const wanted = Math.max(Math.min(READ_SIZE, this.#chunk.end + OVERHANG - offset), 4 * OVERHANG, this.#valid);
    const room = Math.min(bytes.length - PADDING, LONGEST_ROW + 1) - this.#valid;
    const length = Math.min(room, wanted, this.#source.size - offset);
    const read = length > 0 ? this.#source.read(offset, bytes.subarray(this.#valid, this.#valid + length)) : 0;
    if (typeof read === 'number') this.#filled(read, length);
    else return read.then((count) => this.#filled(count, length));
    return undefined;
  }

  #filled(read: number, length: number): void {
    const { bytes } = this.#buffer;
    const { delimiter, lineEnd } = this.#format;
    this.bytesRead += read;
    this.#valid += read;
    if (read < length || this.#base + this.#valid >= this.#source.size) {
      this.#atEnd = true;
      // A missing last line end is made up for.
      if (this.#valid > 0 && bytes[this.#valid - 1] !== lineEnd) bytes[this.#valid++] = lineEnd;
    }
    for (let i = 0; i < PADDING - 1; i++) {
      const kind = i % 3;
      bytes[this.#valid + i] = kind === 0 ? this.#quote : kind === 1 ? delimiter : lineEnd;
    }
  }

  #bad(p: number, what: string): SluiceError {
    return badRow(this.#source.name, this.#base + p, what);
  }
}
