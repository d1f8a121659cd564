import { SluiceError } from '../../../query/error.ts';
import type { CsvFormat } from '../../csv-format.ts';
import { badRow, tooLong, UNCLOSED_QUOTE, wrongWidth } from '../../formats/csv/row-errors.ts';
import type { ByteSource, TaskPart, TaskResult } from '../../task.ts';
import { CsvStructure } from './csv-structure.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';

const READ_BYTES = 1 << 20;
/** A row that does not fit a buffer of this size is refused. */
const LONGEST_BUFFER = 1 << 28;
/** Bytes read at a time while the last row's end is looked for, behind the chunk's end. */
const STEP_BYTES = 1 << 14;
/** Bytes that one read takes at most: what little is wanted behind the chunk's end is no read of its own. */
const LONGEST_READ = READ_BYTES + 2 * STEP_BYTES;
/** Marks of fields come in words for so many bytes, at addresses that are multiples of it. */
const BLOCK = 64;

/** Up to VECTOR_SIZE rows in linear memory, each with as many fields as the table has columns. */
export interface CsvRows {
  /** Address of the rows' starts, u32 addresses. */
  readonly starts: number;
  readonly count: number;
  /** Address of the words that mark the ends of fields; the word of the bytes at address a is at bitmap + a / 8. */
  readonly bitmap: number;
  /** The length of the rows' text at most. */
  readonly bytes: number;
  /** What to add to an address to get the byte's offset in the object. */
  readonly offset: number;
}

type CsvChunk = Extract<TaskPart, { kind: 'csv-chunk' }>;
type TakeRows = (rows: CsvRows) => boolean;

/** Reads CSV chunks into linear memory and cuts them into batches of rows. Its areas live as long as the plan. */
export class CsvBatches {
  #memory: EngineMemory;
  #structure: CsvStructure;
  #format: CsvFormat;
  #columns: number;
  /** The buffer, `#capacity` bytes; a block before it holds the bytes that were there last. */
  #base = 0;
  #capacity = 0;
  #bitmap = 0;
  // Of the chunk that is being scanned. Addresses: [base, filled) holds bytes of the object, of which those before
  // `indexed` have been looked at; `#offset` added to an address gives the offset in the object.
  #object = '';
  #offset = 0;
  #filled = 0;
  #indexed = 0;
  // Offsets: where the first row that the chunk owns begins, and the first behind its last, as far as known.
  #firstRow: number | undefined;
  #nextRow = 0;

  constructor(memory: EngineMemory, kernels: Kernels, format: CsvFormat, columns: number) {
    this.#memory = memory;
    this.#format = format;
    this.#columns = columns;
    this.#structure = new CsvStructure(memory, kernels, format, columns);
    this.#reserve(2 * LONGEST_READ);
  }

  /** Calls `take` with each batch of rows that the chunk owns, until it answers false. */
  async scan(
    source: ByteSource,
    { start, end, firstRow }: CsvChunk,
    aborted: () => boolean,
    take: TakeRows,
  ): Promise<Pick<TaskResult, 'bytesRead' | 'rowBounds'>> {
    if (firstRow !== undefined && firstRow > end) return { bytesRead: 0 };
    const from = firstRow ?? start;
    const startsRow = firstRow !== undefined || start === this.#format.dataStart;
    this.#object = source.name;
    this.#offset = from - this.#base;
    this.#indexed = this.#base;
    this.#filled = this.#base;
    this.#firstRow = startsRow ? from : undefined;
    this.#nextRow = from;
    this.#structure.begin(this.#base, startsRow);
    const bytesRead = await this.#scan(source, end, aborted, take);
    const rowBounds = this.#firstRow === undefined ? {} : { rowBounds: { first: this.#firstRow, next: this.#nextRow } };
    return { bytesRead, ...rowBounds };
  }

  /** Scans up to the end of the row that holds the byte at `end`; gives the number of bytes read. */
  async #scan(source: ByteSource, end: number, aborted: () => boolean, take: TakeRows): Promise<number> {
    let bytesRead = 0;
    for (let atEnd = false; !atEnd; ) {
      if (aborted()) throw new SluiceError('cancelled', `the scan of "${source.name}" was cancelled`);
      this.#makeRoom();
      const offset = this.#filled + this.#offset;
      // Behind the chunk's end only the rest of its last row is wanted.
      const ahead = Math.min(Math.max(end - offset, 0) + STEP_BYTES, source.size - offset);
      const wanted = ahead <= LONGEST_READ ? ahead : READ_BYTES;
      const reading =
        wanted > 0 ? source.read(offset, this.#memory.u8.subarray(this.#filled, this.#filled + wanted)) : 0;
      const got = typeof reading === 'number' ? reading : await reading;
      bytesRead += got;
      this.#filled += got;
      atEnd = got < wanted || offset + got >= source.size;
      if (atEnd) this.#endLastRow();
      const limit = blockOf(this.#filled);
      while (this.#indexed < limit) {
        this.#indexed = this.#structure.index(this.#indexed, limit);
        if (!this.#deliver(end - this.#offset, take)) return bytesRead;
      }
    }
    if (this.#structure.isQuoted) this.#refuse(this.#structure.openRow || this.#base, UNCLOSED_QUOTE);
    return bytesRead;
  }

  /** Hands out the rows found that begin at address `end` or before; gives false when no more are wanted. */
  #deliver(end: number, take: TakeRows): boolean {
    const { starts, count, misshapen, misplacedQuote } = this.#structure.found;
    const { openRow } = this.#structure;
    const startOf = (row: number) => this.#memory.u32[(starts >> 2) + row] as number;
    const takeRows = (from: number, to: number): boolean => {
      if (from === to) return true;
      const bytes = openRow - startOf(from);
      return take({ starts: starts + 4 * from, count: to - from, bitmap: this.#bitmap, bytes, offset: this.#offset });
    };
    let last = count;
    while (last > 0 && startOf(last - 1) > end) last--;
    let row = startOf(0) === 0 && last > 0 ? 1 : 0;
    const owned = misshapen.filter(({ start }) => start !== 0 && start <= end);
    const behind = misshapen.find(({ start }) => start > end)?.start ?? openRow;
    const first = Math.min(row < last ? startOf(row) : openRow, owned[0]?.start ?? openRow);
    if (row < last || owned.length > 0) this.#firstRow ??= first + this.#offset;
    this.#nextRow = Math.min(startOf(last), behind) + this.#offset;
    for (const { start, fields } of owned) {
      let next = row;
      while (next < last && startOf(next) < start) next++;
      if (!takeRows(row, next)) return false;
      row = next;
      this.#refuse(start, wrongWidth(this.#columns, fields));
    }
    if (!takeRows(row, last)) return false;
    if (openRow > end || (openRow === 0 && this.#indexed > end)) return false;
    if (misplacedQuote !== undefined)
      this.#refuse(
        openRow || misplacedQuote,
        `a quote is out of place before byte ${misplacedQuote + this.#offset + 1}`,
      );
    return true;
  }

  /** The one place where rows are found to be bad, by the address of the row's start. */
  #refuse(row: number, what: string): never {
    throw badRow(this.#object, row + this.#offset, what);
  }

  /** Moves what is still needed to the front of the buffer, or of a larger one. */
  #makeRoom(): void {
    const openRow = this.#structure.openRow;
    const keep = blockOf(openRow || this.#indexed);
    const tail = this.#filled - keep;
    const [base, bitmap] = [this.#base, this.#bitmap];
    if (tail + LONGEST_READ > this.#capacity) {
      if (tail > LONGEST_BUFFER) this.#refuse(openRow, tooLong(LONGEST_BUFFER));
      this.#reserve(2 * (tail + LONGEST_READ));
    } else if (keep === base) return;
    const { u8 } = this.#memory;
    u8.copyWithin(this.#base - BLOCK, keep - BLOCK, this.#filled);
    u8.copyWithin(this.#bitmap + (this.#base >> 3), bitmap + (keep >> 3), bitmap + (blockOf(this.#indexed) >> 3));
    const by = this.#base - keep;
    this.#structure.move(by);
    this.#offset -= by;
    this.#filled += by;
    this.#indexed += by;
  }

  /**
   * The end of the object also ends its last row: where no line end stands there, one is put behind it. The rest of the
   * block is filled with bytes that mean nothing.
   */
  #endLastRow(): void {
    const { u8 } = this.#memory;
    const { delimiter, quote, lineEnd } = this.#format;
    if (u8[this.#filled - 1] !== lineEnd) u8[this.#filled++] = lineEnd;
    const meaningless = [0, 1, 2].find((byte) => byte !== delimiter && byte !== quote) ?? 0;
    while (this.#filled % BLOCK !== 0) u8[this.#filled++] = meaningless;
  }

  #reserve(bytes: number): void {
    this.#base = this.#memory.allocate(2 * BLOCK + bytes) + BLOCK;
    this.#capacity = bytes;
    // Two words behind the last one are read.
    this.#bitmap = this.#memory.allocate((bytes >> 3) + 64) - (this.#base >> 3);
    this.#structure.bitmap = this.#bitmap;
  }
}

function blockOf(address: number): number {
  return address & ~(BLOCK - 1);
}
