import { SluiceError } from '../../../query/error.ts';
import type { ChunkToRead } from '../../formats/parquet/column-chunks.ts';
import type { ByteRange } from '../../formats/parquet/fetch-plan.ts';
import type { PageLocation } from '../../formats/parquet/page-index.ts';
import type { ByteSource } from '../../task.ts';
import { VECTOR_SIZE } from '../../task.ts';
import { ChunkBytes } from './chunk-bytes.ts';
import type { CodeReader, CodeWidth } from './code-reader.ts';
import { type ColumnPage, ColumnPages } from './column-pages.ts';
import type { Kernels } from './kernels.ts';
import type { PageValues } from './page-values.ts';
import { magnitudeOf, type ParquetDictionary } from './parquet-dictionary.ts';
import { isCoded, type OpenPage, PageReader, type ParquetParts } from './parquet-page-reader.ts';
import { UnreadableFeature } from './unreadable-feature.ts';
import { LONGEST_BATCH, type Vector, valueWidth } from './vector.ts';

type Gather = (values: number, codes: number, selection: number, count: number, out: number) => number;
/** By bytes of a value, then of a code. */
type Gathers = Readonly<Record<1 | 4 | 8 | 16, Readonly<Record<CodeWidth, Gather>>>>;

/** Looked up once: names that are put together for each batch would cost more than many a gather. */
function gathersOf(kernels: Kernels): Gathers {
  const by = (width: 1 | 4 | 8 | 16) => ({
    1: kernels[`gather1To${width}`],
    2: kernels[`gather2To${width}`],
    4: kernels[`gather4To${width}`],
  });
  return { 1: by(1), 4: by(4), 8: by(8), 16: by(16) };
}

/** Which bytes of a chunk are wanted, and all its data pages. */
export interface ChunkIndex {
  readonly pieces: readonly ByteRange[];
  readonly pages: readonly PageLocation[];
}

/** Consecutive rows of a batch that lie in one page. */
interface Piece {
  /** Rows of the batch, from the first to the one behind the last. */
  readonly first: number;
  readonly end: number;
  /** Absent: rows have codes. Else those of a page, and the number of the value of row `first`. */
  readonly values: PageValues | undefined;
  readonly rank: number;
  readonly nulls: number;
}

/**
 * Reads one column of row groups batch by batch: of batches nobody asks for, only what it takes to find the next. Pages
 * are decoded when the first of their rows is wanted.
 */
export class ParquetColumn {
  readonly #parts: ParquetParts;
  readonly #gathers: Gathers;
  /** By bytes of a value. */
  readonly #copies: Readonly<Record<1 | 4 | 8 | 16, Kernels['copyRows1']>>;
  /** By bytes of a code. */
  readonly #highests: Readonly<Record<CodeWidth, Kernels['highestCode1']>>;
  readonly #reader: PageReader;
  /** Of the current batch: bytes 0 or 1, codes of all rows, and numbers of values. */
  readonly #validity: number;
  readonly #codes: number;
  readonly #ranks: number;
  readonly #scratch: number;
  // ---- Of the chunk:
  #object = '';
  #group = 0;
  #toRead!: ChunkToRead;
  #bytes!: ChunkBytes;
  #walk!: ColumnPages;
  /** Pages from the one that holds the batch's first row on, as far as they are known. */
  #pages: ColumnPage[] = [];
  #open: OpenPage | undefined;
  // ---- Of the batch:
  #first = 0;
  #rows = 0;
  #pieces: Piece[] | undefined;
  #nulls = 0;
  /** The vector whose validity bytes are all 1. */
  #wholeVector: Vector | undefined;

  constructor(parts: ParquetParts) {
    const { memory, kernels } = parts;
    this.#parts = parts;
    this.#gathers = gathersOf(kernels);
    this.#copies = { 1: kernels.copyRows1, 4: kernels.copyRows4, 8: kernels.copyRows8, 16: kernels.copyRows16 };
    this.#highests = { 1: kernels.highestCode1, 2: kernels.highestCode2, 4: kernels.highestCode4 };
    this.#reader = new PageReader(parts);
    this.#validity = memory.allocate(LONGEST_BATCH);
    this.#codes = memory.allocate(4 * LONGEST_BATCH);
    this.#ranks = memory.allocate(4 * LONGEST_BATCH);
    this.#scratch = memory.allocate(4 * LONGEST_BATCH);
  }

  /**
   * Turns to a chunk of a row group of `rows` rows; gives its bytes, of which none have been read. With an index only
   * batches of rows in its pieces may follow.
   */
  openChunk(source: ByteSource, group: number, toRead: ChunkToRead, rows: number, index?: ChunkIndex): ChunkBytes {
    const { memory } = this.#parts;
    const { offset, size } = toRead.chunk;
    this.#object = source.name;
    this.#group = group;
    this.#toRead = toRead;
    const pieces = index?.pieces ?? [{ start: offset, end: offset + size }];
    this.#bytes = new ChunkBytes(memory, this.#reader.chunkAreas, source, { offset, size, pieces });
    this.#reader.openChunk(toRead, this.#bytes);
    this.#walk = new ColumnPages(memory, this.#bytes, offset, rows, index?.pages);
    this.#pages = [];
    this.#open = undefined;
    this.#first = this.#rows = 0;
    this.#pieces = undefined;
    return this.#bytes;
  }

  /** Gives back all memory of the chunk. */
  closeChunk(): void {
    this.#reader.closeChunk();
  }

  get bytes(): ChunkBytes {
    return this.#bytes;
  }

  /**
   * Turns to the rows [first, first + rows), LONGEST_BATCH at most, which lie behind those of the batch before as far as
   * anything of it was read.
   */
  begin(first: number, rows: number): void {
    this.#reader.endBatch();
    this.#first = first;
    this.#rows = rows;
    this.#pieces = undefined;
  }

  /** The chunk's dictionary, if it begins with one. */
  get dictionary(): ParquetDictionary | undefined {
    this.#walkOn(() => this.#walk.passDictionary());
    return this.#openDictionary();
  }

  /** The dictionary, if all rows of the batch lie in pages of its codes. */
  get codedBy(): ParquetDictionary | undefined {
    for (const { header } of this.#batchPages()) if (!isCoded(header.encoding)) return undefined;
    return this.#openDictionary();
  }

  /** Whether the chunk may have a NULL. */
  get mayHaveNulls(): boolean {
    const { column, chunk } = this.#toRead;
    return column.nullable && chunk.statistics?.nullCount !== 0;
  }

  /** Address of the codes of the batch's rows, elements as wide as the dictionary says; only where it is `codedBy` one. */
  get codes(): number {
    this.#read();
    return this.#codes;
  }

  /**
   * Of the `count` rows of the batch listed at `picks` (u32) those stay whose codes have a 1 in `table`; gives how many. Only
   * these codes are looked at, and nothing else of the batch can be read afterwards. Undefined where that cannot be done.
   */
  narrowUnread(picks: number, count: number, table: number): number | undefined {
    const [page, ...others] = this.#batchPages();
    if (this.#pieces || !page || others.length > 0) return undefined;
    try {
      const opened = this.#openAt(page);
      const { levels, codes } = opened;
      if (levels || !codes) return undefined;
      const { size } = this.#reader.dictionary as ParquetDictionary;
      const kept = codes.narrow(this.#rows, picks, count, table, size);
      if (kept < 0) throw new Error(`its codes end too early, or are not of ${size} values`);
      opened.row += this.#rows;
      opened.rank += this.#rows;
      return kept;
    } catch (error) {
      throw this.#damaged(error, page.ordinal, page.offset);
    }
  }

  /** As `VectorLoader.load`. */
  load(vector: Vector, selection: number, count: number): void {
    const pieces = this.#read();
    const dictionary = vector.takesCodes ? this.codedBy : undefined;
    vector.codes = undefined;
    if (dictionary) {
      vector.codes = {
        dictionary,
        size: dictionary.size + 1,
        width: dictionary.codeWidth,
        address: this.#codes,
        rows: this.#rows,
        selection,
        load: () => this.#loadValues(vector, pieces, selection, count),
        loadRows: (target, rows, rowCount) => this.#loadValues(target, pieces, rows, rowCount),
      };
    } else this.#loadValues(vector, pieces, selection, count);
  }

  #loadValues(vector: Vector, pieces: readonly Piece[], selection: number, count: number): void {
    const { kernels } = this.#parts;
    this.#loadValidity(vector, selection, count);
    vector.magnitudeBits = 0;
    if (pieces.length === 1) this.#loadPiece(vector, pieces[0] as Piece, selection, 0, count);
    else this.#loadPieces(vector, pieces, selection, count);
    if (!vector.hasNulls || !pieces.some(({ values, nulls }) => values && nulls > 0)) return;
    const width = valueWidth(vector.type);
    kernels.clearNulls(vector.values, width, vector.validity, count);
    if (vector.type.kind === 'utf8')
      kernels.clearNulls(vector.values + width * VECTOR_SIZE, width, vector.validity, count);
  }

  #loadPieces(vector: Vector, pieces: readonly Piece[], selection: number, count: number): void {
    let done = 0;
    for (const piece of pieces) {
      const end =
        selection === 0 ? piece.end : piece.end >= this.#rows ? count : this.#below(selection, count, piece.end);
      if (end > done) this.#loadPiece(vector, piece, selection, done, end);
      done = end;
    }
  }

  #loadValidity(vector: Vector, selection: number, count: number): void {
    const { memory, kernels } = this.#parts;
    vector.hasNulls = false;
    if (this.#nulls > 0) {
      vector.hasNulls = kernels.gatherValidity(this.#validity, selection, count, vector.validity) === 0;
      if (vector.hasNulls) this.#wholeVector = undefined;
    }
    // Code that others run may ask for the validity because another column has NULLs.
    if (vector.hasNulls || this.#wholeVector === vector) return;
    memory.u8.fill(1, vector.validity, vector.validity + VECTOR_SIZE);
    this.#wholeVector = vector;
  }

  /** Loads the rows `done` to `end` of the selection, or of the batch where there is none: those of a piece. */
  #loadPiece(vector: Vector, piece: Piece, selection: number, done: number, end: number): void {
    const width = valueWidth(vector.type);
    const count = end - done;
    const target = vector.values + width * done;
    const rows = selection === 0 ? 0 : selection + 4 * done;
    const dictionary = piece.values ? undefined : (this.#reader.dictionary as ParquetDictionary);
    const values = piece.values ?? (dictionary as ParquetDictionary).values;
    const codeWidth = dictionary ? dictionary.codeWidth : 4;
    if (piece.values && piece.nulls === 0) {
      // Rows follow upon one another as values do.
      const from = (address: number) => address + width * (selection === 0 ? piece.rank : piece.rank - piece.first);
      if (values.kind === 'text') {
        this.#copyValues(from(values.addresses), rows, count, target, width);
        this.#copyValues(from(values.lengths), rows, count, target + 4 * VECTOR_SIZE, width);
      } else this.#copyValues(from(values.address), rows, count, target, width);
    } else {
      const codes = (dictionary ? this.#codes : this.#ranks) + (rows === 0 ? codeWidth * done : 0);
      const gather = this.#gathers[width][codeWidth];
      if (dictionary && dictionary.bytes !== 0)
        this.#parts.kernels.gatherBytes(dictionary.bytes, codes, rows, count, target);
      else if (values.kind === 'text') {
        gather(values.addresses, codes, rows, count, target);
        gather(values.lengths, codes, rows, count, target + 4 * VECTOR_SIZE);
      } else gather(values.address, codes, rows, count, target);
    }
    const bits = dictionary?.magnitudeBits ?? magnitudeOf(this.#parts.kernels, vector.type, target, count);
    vector.magnitudeBits = Math.max(vector.magnitudeBits, bits);
  }

  #copyValues(from: number, rows: number, count: number, target: number, width: 1 | 4 | 8 | 16): void {
    if (rows === 0) this.#parts.memory.u8.copyWithin(target, from, from + width * count);
    else this.#copies[width](from, rows, count, target);
  }

  /** How many of the rows in a selection lie below `row`. */
  #below(selection: number, count: number, row: number): number {
    const { u32 } = this.#parts.memory;
    let [low, high] = [0, count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((u32[(selection >> 2) + middle] as number) < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // ---- Pages

  /** The pages with rows of the batch. */
  #batchPages(): readonly ColumnPage[] {
    const end = this.#first + this.#rows;
    while (this.#pages.length > 0 && (this.#pages[0] as ColumnPage).endRow <= this.#first) this.#pages.shift();
    while ((this.#pages.at(-1)?.endRow ?? this.#first) < end) {
      this.#nextPage();
      if ((this.#pages[0] as ColumnPage).endRow <= this.#first) this.#pages.shift();
    }
    return this.#pages;
  }

  #nextPage(): void {
    this.#walkOn(() => {
      this.#pages.push(this.#walk.next(this.#pages.length > 0 ? 0 : this.#first));
    });
  }

  #walkOn(step: () => void): void {
    try {
      step();
    } catch (error) {
      throw this.#damaged(error, this.#walk.ordinal, this.#walk.offset);
    }
  }

  #openDictionary(): ParquetDictionary | undefined {
    const page = this.#walk.dictionary;
    if (!page) return undefined;
    try {
      return this.#reader.openDictionary(page);
    } catch (error) {
      throw this.#damaged(error, page.ordinal, page.offset);
    }
  }

  // ---- The rows of a batch

  /** Reads codes, validity and places of the batch's rows. */
  #read(): readonly Piece[] {
    if (this.#pieces) return this.#pieces;
    const { kernels, memory } = this.#parts;
    const pieces: Piece[] = [];
    this.#nulls = 0;
    for (const page of this.#batchPages()) {
      try {
        pieces.push(this.#readPiece(page));
      } catch (error) {
        throw this.#damaged(error, page.ordinal, page.offset);
      }
    }
    if (this.#nulls > 0) {
      for (const { first, end, nulls } of pieces)
        if (nulls === 0) memory.u8.fill(1, this.#validity + first, this.#validity + end);
      for (const { first, end, values, nulls, rank } of pieces)
        if (values && nulls > 0) kernels.rankRows(this.#validity + first, end - first, rank, this.#ranks + 4 * first);
    }
    this.#pieces = pieces;
    return pieces;
  }

  /** The page, read up to the first row of the batch that it has. */
  #openAt(page: ColumnPage): OpenPage {
    if (this.#open?.page !== page) {
      this.#open = undefined;
      this.#open = this.#reader.openPage(page, () => this.#openDictionary());
    }
    this.#reader.skipRows(this.#open, Math.max(page.firstRow, this.#first) - page.firstRow);
    return this.#open;
  }

  #readPiece(page: ColumnPage): Piece {
    const opened = this.#openAt(page);
    const first = Math.max(page.firstRow, this.#first) - this.#first;
    const end = Math.min(page.endRow, this.#first + this.#rows) - this.#first;
    const rows = end - first;
    const { levels, codes, values, rank } = opened;
    const nulls = levels ? this.#reader.readLevels(levels, rows, this.#validity + first) : 0;
    if (codes) this.#readCodes(codes, first, rows, nulls);
    this.#nulls += nulls;
    opened.row += rows;
    opened.rank += rows - nulls;
    return { first, end, values, rank, nulls };
  }

  #readCodes(reader: CodeReader, first: number, rows: number, nulls: number): void {
    const { kernels } = this.#parts;
    const { codeWidth, size } = this.#reader.dictionary as ParquetDictionary;
    const place = this.#codes + codeWidth * first;
    const out = nulls > 0 ? this.#scratch : place;
    const values = rows - nulls;
    if (!reader.read(codeWidth, values, out)) throw new Error(`its codes end too early, or are not of ${size} values`);
    if (reader.limit > size && values > 0) {
      const highest = this.#highests[codeWidth](out, values) >>> 0;
      if (highest >= size) throw new Error(`a code is ${highest}, the dictionary has ${size} values`);
    }
    if (nulls > 0) kernels[`spreadCodes${codeWidth as CodeWidth}`](out, this.#validity + first, rows, size, place);
  }

  #damaged(error: unknown, ordinal: number, offset: number): unknown {
    if (error instanceof SluiceError) return error;
    const message = error instanceof Error ? error.message : String(error);
    const place = `column "${this.#toRead.column.name}" of row group ${this.#group}, page ${ordinal} at byte ${offset}`;
    if (error instanceof UnreadableFeature) return new UnreadableFeature(`${place}: ${message}`);
    return new SluiceError('bad-data', `"${this.#object}": ${place}, is damaged: ${message}`);
  }
}
