import { SluiceError } from '../../../query/error.ts';
import { type CsvBorder, type CsvFormat, NO_BYTE } from '../../csv-format.ts';
import { badRow, tooLong, UNCLOSED_QUOTE, wrongWidth } from '../../formats/csv/row-errors.ts';
import { type ByteSource, type TaskPart, VECTOR_SIZE } from '../../task.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';

const READ_BYTES = 1 << 20;
/** A row that does not fit a buffer of this size is refused. */
const LONGEST_BUFFER = 1 << 28;
/** Row ends found in one call: a batch of rows at most. */
const INDEX_CAPACITY = VECTOR_SIZE;
/** Bytes indexed at a time while the last row's end is looked for, behind the chunk's end. */
const STEP_BYTES = 1 << 14;

/** The bounds of up to VECTOR_SIZE rows in linear memory (u32 addresses). */
export interface CsvRows {
  readonly starts: number;
  readonly stops: number;
  readonly count: number;
  /** What to add to an address to get the byte's offset in the object. */
  readonly offset: number;
}

export interface CsvChunkOutcome {
  readonly bytesRead: number;
  readonly endBorder: CsvBorder;
}

/** Reads CSV chunks into linear memory and cuts them into batches of row bounds. Its areas live as long as the plan. */
export class CsvBatches {
  #memory: EngineMemory;
  #kernels: Kernels;
  #format: CsvFormat;
  #columns: number;
  #state: number;
  #stateView: number;
  #ends: number;
  #counts: number;
  #starts: number;
  #stops: number;
  #cells: number;
  #base = 0;
  #capacity = 0;

  constructor(memory: EngineMemory, kernels: Kernels, format: CsvFormat, columns: number) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#format = format;
    this.#columns = columns;
    this.#state = memory.allocateCleared(32);
    this.#stateView = this.#state >> 2;
    this.#cells = memory.allocateCleared(16);
    this.#ends = memory.allocate(4 * INDEX_CAPACITY);
    this.#counts = memory.allocate(4 * INDEX_CAPACITY);
    this.#starts = memory.allocate(4 * INDEX_CAPACITY);
    this.#stops = memory.allocate(4 * INDEX_CAPACITY);
    this.#reserve(2 * READ_BYTES);
  }

  /** Calls `take` with each batch of rows that the chunk owns, until it answers false. */
  async scan(
    source: ByteSource,
    part: Extract<TaskPart, { kind: 'csv-chunk' }>,
    aborted: () => boolean,
    take: (rows: CsvRows) => boolean,
  ): Promise<CsvChunkOutcome> {
    const { delimiter, quote, dataStart } = this.#format;
    const kernels = this.#kernels;
    this.#resetState(part.border === 'quoted');
    // Addresses: [base, filled) holds bytes of the object from `fileBase` on; rows end before `indexed` as far as known.
    let fileBase = part.start;
    let filled = this.#base;
    let indexed = this.#base;
    let rowStart = this.#base;
    let separators = 0;
    let skipping = part.start > dataStart;
    let endsQuoted: boolean | undefined;
    let bytesRead = 0;
    const addressOf = (offset: number) => offset - fileBase + this.#base;
    const offsetOf = (address: number) => address - this.#base + fileBase;
    const outcome = (): CsvChunkOutcome => ({
      bytesRead,
      endBorder: (endsQuoted ?? this.#inside) ? 'quoted' : 'plain',
    });

    /** Hands out the rows of the index; gives false when the chunk is done. */
    const deliver = (found: number): boolean => {
      const ends = this.#memory.u32.subarray(this.#ends >> 2, (this.#ends >> 2) + found);
      const counts = this.#memory.u32.subarray(this.#counts >> 2, (this.#counts >> 2) + found);
      let first = 0;
      if (skipping && found > 0) {
        skipping = false;
        rowStart = (ends[0] as number) + 1;
        separators = counts[0] as number;
        first = 1;
        if (offsetOf(ends[0] as number) >= part.end) return false;
      }
      const endAddress = addressOf(part.end);
      let last = found;
      while (last > first && (ends[last - 1] as number) >= endAddress) last--;
      const isLast = last < found;
      if (isLast) last++;
      const wrong = this.#memory.u32[this.#stateView + 7] as number;
      const isWrong = wrong !== 0xffffffff && (!isLast || wrong < (ends[last - 1] as number));
      if (isWrong) while (last > first && (ends[last - 1] as number) > wrong) last--;
      if (last > first) {
        // Read before rows are taken: growth of the memory ends all views.
        const nextStart = (ends[last - 1] as number) + 1;
        const nextSeparators = counts[last - 1] as number;
        if (!this.#takeRows(source.name, first, last - first, rowStart, separators, offsetOf, take)) return false;
        rowStart = nextStart;
        separators = nextSeparators;
      }
      if (isWrong)
        throw badRow(
          source.name,
          offsetOf(skipping ? wrong : rowStart),
          `a quote is out of place before byte ${offsetOf(wrong) + 1}`,
        );
      return !isLast;
    };

    for (;;) {
      while (indexed < filled) {
        const endAddress = addressOf(part.end);
        const limit = indexed < endAddress ? Math.min(filled, endAddress) : Math.min(filled, indexed + STEP_BYTES);
        indexed =
          kernels.csvIndexRows(
            this.#state,
            indexed,
            limit,
            this.#ends,
            this.#counts,
            INDEX_CAPACITY,
            this.#cells,
            delimiter,
            quote ?? NO_BYTE,
          ) >>> 0;
        if (indexed === endAddress) endsQuoted ??= this.#inside;
        if (!deliver(this.#memory.u32[this.#cells >> 2] as number)) return outcome();
      }
      if (aborted()) throw new SluiceError('cancelled', `the scan of "${source.name}" was cancelled`);
      // Make room: what is not yet handed out moves to the front.
      const keep = skipping ? indexed : rowStart;
      const tail = filled - keep;
      if (tail + READ_BYTES > this.#capacity) {
        if (tail > LONGEST_BUFFER) throw badRow(source.name, offsetOf(rowStart), tooLong(LONGEST_BUFFER));
        fileBase += keep - this.#base;
        this.#reserve(2 * (tail + READ_BYTES));
        this.#memory.u8.copyWithin(this.#base, keep, filled);
        rowStart += this.#base - keep;
        indexed += this.#base - keep;
        this.#moveState(this.#base - keep);
        filled = this.#base + tail;
      } else if (keep > this.#base) {
        this.#memory.u8.copyWithin(this.#base, keep, filled);
        const moved = keep - this.#base;
        fileBase += moved;
        rowStart -= moved;
        indexed -= moved;
        filled -= moved;
        this.#moveState(-moved);
      }
      // Behind the chunk's end only the rest of its last row is wanted.
      const ahead = Math.max(part.end - offsetOf(filled), 0) + STEP_BYTES;
      const wanted = Math.max(Math.min(READ_BYTES, ahead, source.size - offsetOf(filled)), 0);
      const reading = wanted > 0 ? source.read(offsetOf(filled), this.#memory.u8.subarray(filled, filled + wanted)) : 0;
      const got = typeof reading === 'number' ? reading : await reading;
      if (got === 0) break;
      bytesRead += got;
      filled += got;
    }
    // The end of the object also ends its last row.
    if (this.#inside) throw badRow(source.name, offsetOf(rowStart), UNCLOSED_QUOTE);
    if (!skipping && rowStart < filled) {
      this.#memory.u32[this.#ends >> 2] = filled;
      this.#memory.u32[this.#counts >> 2] = this.#memory.u32[this.#stateView + 6] as number;
      deliver(1);
    }
    return outcome();
  }

  get #inside(): boolean {
    return this.#memory.u32[this.#stateView] !== 0;
  }

  #resetState(quoted: boolean): void {
    const state = this.#memory.u32.subarray(this.#stateView, this.#stateView + 8);
    state.fill(0);
    if (quoted) state.fill(0xffffffff, 0, 2);
    else state[2] = 1;
    state[7] = 0xffffffff;
  }

  /** A wrong quote is always found and reported before bytes move, but one that belongs to a later row may be noted. */
  #moveState(by: number): void {
    const at = this.#stateView + 7;
    const wrong = this.#memory.u32[at] as number;
    if (wrong !== 0xffffffff) this.#memory.u32[at] = wrong + by;
  }

  #reserve(bytes: number): void {
    // 64 bytes before the first field stay readable: numbers are loaded by the 8 bytes that end them.
    this.#base = this.#memory.allocate(64 + bytes) + 64;
    this.#capacity = bytes;
  }

  #takeRows(
    object: string,
    first: number,
    rows: number,
    rowStart: number,
    separators: number,
    offsetOf: (address: number) => number,
    take: (rows: CsvRows) => boolean,
  ): boolean {
    const consumedAt = this.#cells + 4;
    const count = this.#kernels.csvRowBounds(
      this.#ends + 4 * first,
      this.#counts + 4 * first,
      rows,
      rowStart,
      separators,
      this.#columns - 1,
      this.#starts,
      this.#stops,
      consumedAt,
    );
    if (count > 0 && !take({ starts: this.#starts, stops: this.#stops, count, offset: offsetOf(0) })) return false;
    const consumed = this.#memory.u32[consumedAt >> 2] as number;
    if (consumed < rows) {
      const index = first + consumed;
      const at = index > 0 && consumed > 0 ? (this.#memory.u32[(this.#ends >> 2) + index - 1] as number) + 1 : rowStart;
      const before = consumed > 0 ? (this.#memory.u32[(this.#counts >> 2) + index - 1] as number) : separators;
      const found = ((this.#memory.u32[(this.#counts >> 2) + index] as number) - before + 1) >>> 0;
      throw badRow(object, offsetOf(at), wrongWidth(this.#columns, found));
    }
    return true;
  }
}
