import { SluiceError } from '../../../query/error.ts';
import type { CsvFormat } from '../../csv-format.ts';
import { beginsQuoted } from '../../formats/csv/quoted-start.ts';
import { badRow, LONGEST_ROW, tooLong, UNCLOSED_QUOTE, wrongWidth } from '../../formats/csv/row-errors.ts';
import { CsvRowReader } from '../../formats/csv/row-reader.ts';
import type { ByteSource, TaskPart, TaskResult } from '../../task.ts';
import type { CsvRows } from './csv-rows.ts';
import { CsvStructure, type MisshapenRow } from './csv-structure.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import { RowReshaper } from './row-reshaper.ts';

const READ_BYTES = 1 << 20;
/** Bytes read at a time while the last row's end is looked for, behind the chunk's end. */
const STEP_BYTES = 1 << 14;
/** Bytes that one read takes at most: what little is wanted behind the chunk's end is no read of its own. */
const LONGEST_READ = READ_BYTES + 2 * STEP_BYTES;
/** Marks of fields come in words for so many bytes, at addresses that are multiples of it. */
const BLOCK = 64;

type CsvChunk = Extract<TaskPart, { kind: 'csv-chunk' }>;
type TakeRows = (rows: CsvRows) => boolean;

/** Reads CSV chunks into linear memory and cuts them into batches of rows. Its areas live as long as the plan. */
export class CsvBatches {
  #memory: EngineMemory;
  #kernels: Kernels;
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
  /** Whether nobody knows what the chunk begins within. */
  #guessing = false;
  /** From where on the end of a line is looked for that is left out; 0 where there is none. */
  #skipping = 0;
  #rowsSkipped = 0;
  #valuesNulled = 0;
  #reshaper: RowReshaper | undefined;

  constructor(memory: EngineMemory, kernels: Kernels, format: CsvFormat, columns: number) {
    this.#memory = memory;
    this.#kernels = kernels;
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
  ): Promise<Pick<TaskResult, 'bytesRead' | 'rowBounds' | 'rejected'>> {
    if (firstRow !== undefined && firstRow > end) return { bytesRead: 0 };
    const from = firstRow ?? start;
    const startsRow = firstRow !== undefined || start === this.#format.dataStart;
    this.#object = source.name;
    this.#offset = from - this.#base;
    this.#indexed = this.#base;
    this.#filled = this.#base;
    this.#firstRow = startsRow ? from : undefined;
    this.#nextRow = from;
    this.#skipping = this.#rowsSkipped = this.#valuesNulled = 0;
    this.#structure.begin(this.#base, startsRow ? 'row start' : 'plain');
    this.#guessing = !startsRow;
    const bytesRead = await this.#scan(source, end, aborted, take);
    const rowBounds = this.#firstRow === undefined ? {} : { rowBounds: { first: this.#firstRow, next: this.#nextRow } };
    const rejected = { rowsSkipped: this.#rowsSkipped, valuesNulled: this.#valuesNulled };
    return { bytesRead, rejected, ...rowBounds };
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
      if (this.#guessing) this.#guessStart();
      if (atEnd) this.#endLastRow();
      if (!this.#index(end, take)) return bytesRead;
    }
    while (this.#structure.isQuoted) {
      this.#leaveOut(UNCLOSED_QUOTE);
      if (!this.#index(end, take)) break;
    }
    return bytesRead;
  }

  /** The chunk may begin within quotes, as its first bytes tell. */
  #guessStart(): void {
    this.#guessing = false;
    if (beginsQuoted(this.#memory.u8, this.#base, this.#filled, this.#format))
      this.#structure.begin(this.#base, 'quoted');
  }

  /** Finds the rows of all whole blocks and hands them out; gives false when no more are wanted. */
  #index(chunkEnd: number, take: TakeRows): boolean {
    const limit = blockOf(this.#filled);
    for (;;) {
      if (this.#skipping !== 0) this.#skipLine(limit);
      if (this.#indexed >= limit) return true;
      this.#indexed = this.#structure.index(this.#indexed, limit);
      if (!this.#deliver(chunkEnd - this.#offset, take)) return false;
    }
  }

  /** Hands out the rows found that begin at address `end` or before; gives false when no more are wanted. */
  #deliver(end: number, take: TakeRows): boolean {
    const { starts, count, misshapen, misplacedQuote, isAscii, isGapless } = this.#structure.found;
    const { openRow } = this.#structure;
    const startOf = (row: number) => this.#memory.u32[(starts >> 2) + row] as number;
    const takeRows = (from: number, to: number): boolean => {
      if (from === to) return true;
      const bytes = openRow - startOf(from);
      const [offset, width] = [this.#offset, this.#columns];
      return take({
        starts: starts + 4 * from,
        count: to - from,
        bitmap: this.#bitmap,
        bytes,
        offset,
        width,
        isAscii,
        isGapless,
      });
    };
    let last = count;
    while (last > 0 && startOf(last - 1) > end) last--;
    let row = startOf(0) === 0 && last > 0 ? 1 : 0;
    const owned = misshapen.filter(({ start }) => start !== 0 && start <= end);
    const behind = misshapen.find(({ start }) => start > end)?.start ?? openRow;
    const first = Math.min(row < last ? startOf(row) : openRow, owned[0]?.start ?? openRow);
    if (row < last || owned.length > 0) this.#firstRow ??= first + this.#offset;
    this.#nextRow = Math.min(startOf(last), behind) + this.#offset;
    if (this.#format.badRows === 'skip') this.#rowsSkipped += owned.length;
    else
      for (const bad of owned) {
        let next = row;
        while (next < last && startOf(next) < bad.start) next++;
        if (!takeRows(row, next) || !take(this.#reshape(bad))) return false;
        row = next;
      }
    if (!takeRows(row, last)) return false;
    if (openRow > end || (openRow === 0 && this.#indexed > end)) return false;
    if (misplacedQuote !== undefined) this.#leaveOut(undefined);
    return true;
  }

  /** A batch of one row of wrong width, with NULLs for the fields that it has not, or without those that it should not have. */
  #reshape(row: MisshapenRow): CsvRows {
    if (this.#format.badRows === 'error') this.#refuse(row.start, wrongWidth(this.#columns, row.fields));
    this.#valuesNulled += Math.abs(this.#columns - row.fields);
    this.#reshaper ??= new RowReshaper(this.#memory, this.#kernels, this.#format, this.#columns);
    return this.#reshaper.reshape(row, this.#bitmap, this.#offset);
  }

  /** The open row, whose quotes are out of place, has no fields, and ends at its first line end, within quotes or not. */
  #leaveOut(fault: string | undefined): void {
    const { openRow } = this.#structure;
    const row = openRow || this.#base;
    if (this.#format.badRows === 'error' || openRow === 0) {
      const reader = new CsvRowReader(this.#format, this.#columns);
      reader.read(this.#memory.u8, row, this.#filled);
      this.#refuse(row, reader.fault ?? fault ?? 'a quote is out of place');
    }
    this.#firstRow ??= row + this.#offset;
    this.#rowsSkipped++;
    this.#skipping = row;
  }

  /** Goes on behind the next line end; where it has not been read yet, with the bytes that will be. */
  #skipLine(limit: number): void {
    const { u8 } = this.#memory;
    const found = u8.subarray(0, this.#filled).indexOf(this.#format.lineEnd, this.#skipping);
    this.#indexed = found < 0 ? limit : blockOf(found);
    this.#skipping = found < 0 ? this.#filled : 0;
    // What stands before the line end in its block is looked at again, as the end of a row before the chunk.
    if (found >= 0) u8.fill(this.#meaningless, this.#indexed, found);
    this.#structure.begin(this.#indexed, 'plain');
  }

  #refuse(row: number, what: string): never {
    throw badRow(this.#object, row + this.#offset, what);
  }

  /** Moves what is still needed to the front of the buffer, or of a larger one. */
  #makeRoom(): void {
    const openRow = this.#structure.openRow;
    const keep = blockOf(openRow || this.#indexed);
    const tail = this.#filled - keep;
    if (tail > LONGEST_ROW) this.#refuse(openRow, tooLong(LONGEST_ROW));
    const [base, bitmap] = [this.#base, this.#bitmap];
    if (tail + LONGEST_READ > this.#capacity) this.#reserve(2 * (tail + LONGEST_READ));
    else if (keep === base) return;
    const { u8 } = this.#memory;
    u8.copyWithin(this.#base - BLOCK, keep - BLOCK, this.#filled);
    u8.copyWithin(this.#bitmap + (this.#base >> 3), bitmap + (keep >> 3), bitmap + (blockOf(this.#indexed) >> 3));
    const by = this.#base - keep;
    this.#structure.move(by);
    this.#offset -= by;
    this.#filled += by;
    this.#indexed += by;
    if (this.#skipping !== 0) this.#skipping += by;
  }

  /**
   * The end of the object also ends its last row: where no line end stands there, one is put behind it. The rest of the
   * block is filled with bytes that mean nothing.
   */
  #endLastRow(): void {
    const { u8 } = this.#memory;
    const { lineEnd } = this.#format;
    if (u8[this.#filled - 1] !== lineEnd) u8[this.#filled++] = lineEnd;
    while (this.#filled % BLOCK !== 0) u8[this.#filled++] = this.#meaningless;
  }

  /** A byte that is but text. */
  get #meaningless(): number {
    const { delimiter, quote, escape: escapeByte, comment } = this.#format;
    return [0, 1, 2, 3, 4].find((byte) => ![delimiter, quote, escapeByte, comment].includes(byte)) ?? 0;
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
