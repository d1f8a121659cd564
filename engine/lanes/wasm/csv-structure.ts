import { type CsvBorder, type CsvFormat, NO_BYTE } from '../../csv-format.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';

const STATE_BYTES = 32;

/** What the kernels are in the middle of, by the numbers that engine/kernels/csv-rows.ts gives it. */
const MODE = { unquoted: 0, quoted: 1, escaped: 2, comment: 3, closed: 4, fieldStart: 6, rowStart: 7 } as const;

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
}

/** Finds rows and marks of fields in linear memory; its state lives through a chunk. */
export class CsvStructure {
  readonly #memory: EngineMemory;
  readonly #kernels: Kernels;
  readonly #format: CsvFormat;
  readonly #columns: number;
  readonly #careful: boolean;
  /** The scan state, and room for a copy of it. */
  readonly #state: number;
  readonly #starts: number;
  readonly #misshapen: number;
  /** Address of the marks of the bytes at address 0. */
  bitmap = 0;

  constructor(memory: EngineMemory, kernels: Kernels, format: CsvFormat, columns: number) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#format = format;
    this.#columns = columns;
    const { quote, comment, trim } = format;
    this.#careful = comment !== null || (quote !== null && (format.escape !== quote || trim));
    this.#state = memory.allocateCleared(2 * STATE_BYTES);
    this.#starts = memory.allocate(4 * (VECTOR_SIZE + 2));
    this.#misshapen = memory.allocate(12 * VECTOR_SIZE);
  }

  /** The start of the row that has not ended yet; 0 when it begins before the chunk. */
  get openRow(): number {
    return this.#cell(1);
  }

  get border(): CsvBorder {
    return borderOf(this.#cell(0));
  }

  /** Starts at a chunk's first byte, of which `border` is known and the byte before it; `row` as in `openRow`. */
  begin(border: CsvBorder, before: number, row: number): void {
    const { u32 } = this.#memory;
    u32[this.#state >> 2] = border === 'plain' ? this.#modeBehind(before) : MODE[border];
    u32[(this.#state >> 2) + 1] = row;
    u32[(this.#state >> 2) + 2] = this.#columns;
  }

  /** The bytes have moved. */
  move(by: number): void {
    if (this.openRow !== 0) this.#memory.u32[(this.#state >> 2) + 1] = this.openRow + by;
  }

  /** Goes on from `from` to `to` at most, both multiples of 64; gives where it stopped. */
  index(from: number, to: number): number {
    return this.#index(this.#state, from, to);
  }

  /** What address `to` lies within, fewer than 64 bytes behind `from`, of which the state is. */
  borderAt(from: number, to: number): CsvBorder {
    if (this.#careful) {
      const copy = this.#state + STATE_BYTES;
      this.#memory.u8.copyWithin(copy, this.#state, copy);
      this.#index(copy, from, to);
      return borderOf(this.#memory.u32[copy >> 2] as number);
    }
    let quoted = this.border === 'quoted';
    for (let at = from; at < to; at++) if (this.#memory.u8[at] === this.#format.quote) quoted = !quoted;
    return quoted ? 'quoted' : 'plain';
  }

  /** What the last `index` found. */
  get found(): FoundRows {
    const { u32 } = this.#memory;
    const cell = (index: number) => u32[(this.#misshapen >> 2) + index] as number;
    const misshapen = Array.from({ length: this.#cell(4) }, (_, i) => ({
      start: cell(3 * i),
      end: cell(3 * i + 1),
      fields: cell(3 * i + 2),
    }));
    return { starts: this.#starts, count: this.#cell(3), misshapen, misplacedQuote: this.#cell(5) || undefined };
  }

  #index(state: number, from: number, to: number): number {
    const { delimiter, quote, lineEnd, escape: escapeByte, comment, trim } = this.#format;
    const [starts, misshapen] = [this.#starts, this.#misshapen];
    const places = [state, from, to, this.bitmap, starts, misshapen, VECTOR_SIZE, this.#columns] as const;
    const bytes = [delimiter, quote ?? NO_BYTE, lineEnd] as const;
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

  #cell(index: number): number {
    return this.#memory.u32[(this.#state >> 2) + index] as number;
  }

  #modeBehind(before: number): number {
    const { delimiter, quote, lineEnd, trim } = this.#format;
    if (before === lineEnd) return MODE.rowStart;
    // A blank may also stand within a field; but a quote behind it would be out of place then.
    if (before === delimiter || (trim && (before === 0x20 || before === 0x09))) return MODE.fieldStart;
    return before === quote ? MODE.closed : MODE.unquoted;
  }
}

function borderOf(mode: number): CsvBorder {
  if (mode === MODE.quoted) return 'quoted';
  if (mode === MODE.escaped) return 'escaped';
  return mode === MODE.comment ? 'comment' : 'plain';
}
