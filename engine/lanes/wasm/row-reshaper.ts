import type { CsvFormat } from '../../csv-format.ts';
import type { CsvRows } from './csv-rows.ts';
import { CsvStructure, type MisshapenRow } from './csv-structure.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';

const LF = 10;
const CR = 13;
const BLOCK = 64;

/** Copies rows of a wrong number of fields into batches of one row, without the surplus fields, or with empty ones. */
export class RowReshaper {
  readonly #memory: EngineMemory;
  readonly #format: CsvFormat;
  readonly #columns: number;
  readonly #structure: CsvStructure;
  #base = 0;
  #capacity = 0;

  constructor(memory: EngineMemory, kernels: Kernels, format: CsvFormat, columns: number) {
    this.#memory = memory;
    this.#format = format;
    this.#columns = columns;
    this.#structure = new CsvStructure(memory, kernels, format, columns);
  }

  /** `bitmap` and `offset` are those of the row's bytes. The batch lives until the next call. */
  reshape(row: MisshapenRow, bitmap: number, offset: number): CsvRows {
    const { delimiter, lineEnd } = this.#format;
    const missing = Math.max(0, this.#columns - row.fields);
    const end = missing > 0 ? this.#endOfText(row) : this.#mark(row.start, bitmap);
    const length = end - row.start + missing;
    this.#reserve(length + 2 + BLOCK);
    const { u8 } = this.#memory;
    const stop = this.#base + length;
    u8.copyWithin(this.#base, row.start, end);
    u8.fill(delimiter, stop - missing, stop);
    u8.fill(lineEnd, stop, blockBehind(stop + 1));
    // One that is dropped, so that a carriage return at the end of the last field is not.
    if (lineEnd === LF) u8[stop] = CR;
    const structure = this.#structure;
    structure.begin(this.#base, 'row start');
    structure.index(this.#base, blockBehind(stop + 1));
    return {
      starts: structure.found.starts,
      count: 1,
      bitmap: structure.bitmap,
      bytes: length,
      offset: row.start + offset - this.#base,
      width: Math.min(row.fields, this.#columns),
      isAscii: structure.found.isAscii,
      isGapless: false,
    };
  }

  #endOfText({ start, end }: MisshapenRow): number {
    return this.#format.lineEnd === LF && end > start && this.#memory.u8[end - 1] === CR ? end - 1 : end;
  }

  /** Address of the mark behind the last column's field of the row at `start`. */
  #mark(start: number, bitmap: number): number {
    const { u8 } = this.#memory;
    for (let at = start, marks = 0; ; at++) {
      const isMark = ((u8[bitmap + (at >> 3)] as number) >> (at & 7)) & 1;
      if (isMark && ++marks === this.#columns) return at;
    }
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#capacity) return;
    this.#capacity = Math.max(2 * this.#capacity, blockBehind(bytes));
    // The byte before the first is looked at, as are a block behind the last one and two words behind its marks.
    this.#base = this.#memory.allocate(this.#capacity + 3 * BLOCK) + BLOCK;
    this.#structure.bitmap = this.#memory.allocate((this.#capacity >> 3) + BLOCK) - (this.#base >> 3);
  }
}

/** The first address of a block that stands behind `address`. */
function blockBehind(address: number): number {
  return (address & ~(BLOCK - 1)) + BLOCK;
}
