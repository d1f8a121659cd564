import { type CsvFormat, NO_BYTE } from '../../csv-format.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';

const STATE_BYTES = 32;

/** What the kernels are in the middle of, by the numbers that engine/kernels/csv-rows.ts gives it. */
const MODE = { quoted: 1, escaped: 2, fieldStart: 6, rowStart: 7 } as const;

/** What nearly every batch has of them. */
const NONE: readonly MisshapenRow[] = [];

/** A row whose number of fields is not the table's; addresses. */
export interface MisshapenRow {
  readonly start: number;
  /** Of its line end. */
  readonly end: number;
  readonly fields: number;
}

/**
 * Rows that one call found. A start of 0 means that the row begins before the chunk. Valid until the next call.
 */
export interface FoundRows {
  /** Address of the starts (u32 addresses) of `count` rows; the start of the open row stands behind them. */
  readonly starts: number;
  readonly count: number;
  readonly misshapen: readonly MisshapenRow[];
  /** Address of a quote that is out of place, in the open row. */
  readonly misplacedQuote: number | undefined;
  /** Whether the rows, and the open one as far as it goes, are known to be ASCII. */
  readonly isAscii: boolean;
  /** Whether each row is known to end where the next one starts, and the last where the open one does. */
  readonly isGapless: boolean;
}

/** Finds rows and marks of fields in linear memory; its state lives through a chunk. */
export class CsvStructure {
  readonly #memory: EngineMemory;
  readonly #kernels: Kernels;
  readonly #format: CsvFormat;
  readonly #columns: number;
  readonly #careful: boolean;
  readonly #state: number;
  readonly #starts: number;
  readonly #misshapen: number;
  /** Whether the open row may have held a byte beyond ASCII before the last call. */
  #beyondAscii = false;
  /** Address of the marks of the bytes at address 0. */
  bitmap = 0;

  constructor(memory: EngineMemory, kernels: Kernels, format: CsvFormat, columns: number) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#format = format;
    this.#columns = columns;
    const { quote, comment, trim } = format;
    this.#careful = comment !== null || (quote !== null && (format.escape !== quote || trim));
    this.#state = memory.allocateCleared(STATE_BYTES);
    this.#starts = memory.allocate(4 * (VECTOR_SIZE + 2));
    this.#misshapen = memory.allocate(12 * VECTOR_SIZE);
  }

  /** The start of the row that has not ended yet; 0 when it begins before the chunk. */
  get openRow(): number {
    return this.#cell(1);
  }

  /** Whether a quoted field is open. */
  get isQuoted(): boolean {
    return this.#cell(0) === MODE.quoted || this.#cell(0) === MODE.escaped;
  }

  /** Starts at address `from`: with a row that begins there, or within one that began before, in a quoted field or not. */
  begin(from: number, start: 'row start' | 'plain' | 'quoted'): void {
    const { u8, u32 } = this.#memory;
    u8[from - 1] = this.#format.lineEnd;
    const mode = { 'row start': MODE.rowStart, plain: MODE.fieldStart, quoted: MODE.quoted }[start];
    u32.set([mode, start === 'row start' ? from : 0, this.#columns, 0, 0, 0, 0, 0], this.#state >> 2);
    this.#beyondAscii = false;
  }

  /** The bytes have moved. */
  move(by: number): void {
    if (this.openRow !== 0) this.#memory.u32[(this.#state >> 2) + 1] = this.openRow + by;
  }

  /** Goes on from `from` to `to` at most, both multiples of 64; gives where it stopped. */
  index(from: number, to: number): number {
    const { delimiter, quote, lineEnd, escape: escapeByte, comment, trim } = this.#format;
    const places = [this.#state, from, to, this.bitmap, this.#starts, this.#misshapen, VECTOR_SIZE] as const;
    const bytes = [this.#columns, delimiter, quote ?? NO_BYTE, lineEnd] as const;
    // Bytes of the call before may belong to the open row; those of calls in which no row ended do.
    this.#beyondAscii = this.#cell(6) !== 0 || (this.#beyondAscii && this.#cell(3) === 0);
    const stopped = this.#careful
      ? this.#kernels.csvIndexRowsCarefully(
          ...places,
          ...bytes,
          escapeByte ?? NO_BYTE,
          comment ?? NO_BYTE,
          Number(trim),
        )
      : this.#kernels.csvIndexRows(...places, ...bytes);
    return stopped >>> 0;
  }

  /** What the last `index` found. */
  get found(): FoundRows {
    const misshapen = this.#cell(4) === 0 ? NONE : this.#misshapenRows(this.#cell(4));
    return {
      starts: this.#starts,
      count: this.#cell(3),
      misshapen,
      misplacedQuote: this.#cell(5) || undefined,
      isAscii: !this.#careful && !this.#beyondAscii && this.#cell(6) === 0,
      isGapless: !this.#careful && this.#cell(7) === 0,
    };
  }

  #misshapenRows(count: number): MisshapenRow[] {
    const { u32 } = this.#memory;
    const cell = (index: number) => u32[(this.#misshapen >> 2) + index] as number;
    return Array.from({ length: count }, (_, i) => ({
      start: cell(3 * i),
      end: cell(3 * i + 1),
      fields: cell(3 * i + 2),
    }));
  }

  #cell(index: number): number {
    return this.#memory.u32[(this.#state >> 2) + index] as number;
  }
}
