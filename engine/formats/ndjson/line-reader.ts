import { SluiceError } from '../../../query/error.ts';
import type { ByteSource } from '../../task.ts';
import { badRow } from '../csv/row-errors.ts';

const READ_SIZE = 1 << 20;
/** Bytes of a line that are read at most. */
export const LONGEST_LINE = 256 << 20;
const LF = 10;

/** Whole lines in a buffer: `bytes[start .. end)`, the byte `start` at `offset` in the object. */
export interface LineBlock {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/** Reads the lines that belong to a chunk: those that begin in (start, end], and the one at `start` when it is the first. */
export class LineReader {
  bytesRead = 0;
  readonly #source: ByteSource;
  readonly #aborted: () => boolean;
  #buffer = new Uint8Array(2 * READ_SIZE);

  constructor(source: ByteSource, aborted: () => boolean) {
    this.#source = source;
    this.#aborted = aborted;
  }

  /** The blocks of one chunk; a block's bytes are good until the next is asked for. */
  async *blocks(start: number, end: number, first: number): AsyncGenerator<LineBlock, void, undefined> {
    const source = this.#source;
    let base = start; // offset of the buffer's first byte
    let filled = 0;
    let skipping = start !== first;
    for (;;) {
      if (this.#aborted()) throw new SluiceError('cancelled', `the scan of ${source.name} was cancelled`);
      if (filled > LONGEST_LINE) throw badRow(source.name, base, lineTooLong());
      if (filled + READ_SIZE > this.#buffer.length) this.#grow(filled);
      const offset = base + filled;
      const wanted = Math.min(READ_SIZE, source.size - offset);
      const got = wanted > 0 ? await source.read(offset, this.#buffer.subarray(filled, filled + wanted)) : 0;
      this.bytesRead += got;
      filled += got;
      const atEnd = got < wanted || base + filled >= source.size;
      let from = 0;
      if (skipping) {
        const newline = this.#buffer.subarray(0, filled).indexOf(LF);
        if (newline < 0 && !atEnd) {
          if (base + filled > end) return;
          base += filled;
          filled = 0;
          continue;
        }
        if (newline < 0 || base + newline + 1 > end) return;
        from = newline + 1;
        skipping = false;
      }
      // The last line of the chunk is the one that begins at or before `end`.
      const until =
        base + filled > end ? this.#buffer.subarray(0, filled).indexOf(LF, Math.max(from, end - base)) + 1 : 0;
      const last = until > 0;
      const whole = last ? until : atEnd ? filled : this.#buffer.subarray(0, filled).lastIndexOf(LF) + 1;
      if (whole > from) yield { bytes: this.#buffer, start: from, end: whole, offset: base + from };
      if (last || atEnd) return;
      const keep = Math.max(whole, from);
      this.#buffer.copyWithin(0, keep, filled);
      base += keep;
      filled -= keep;
    }
  }

  #grow(filled: number): void {
    const grown = new Uint8Array(2 * this.#buffer.length);
    grown.set(this.#buffer.subarray(0, filled));
    this.#buffer = grown;
  }
}

export function lineTooLong(): string {
  return `a line is longer than ${LONGEST_LINE >> 20} MiB`;
}
