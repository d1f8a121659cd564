import type { ChunkToRead } from '../../formats/parquet/column-chunks.ts';
import { VECTOR_SIZE } from '../../task.ts';
import { RUN_HEADER_BYTES, writeAsRun } from './bit-packed-levels.ts';
import type { ChunkBytes } from './chunk-bytes.ts';
import { CodeReader, type UnpackTables } from './code-reader.ts';
import type { ColumnPage, ColumnPages } from './column-pages.ts';
import type { AreaPool } from './growing-area.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import { PageAreas } from './page-areas.ts';
import type { PageCodec } from './page-codec.ts';
import { PageValueDecoder, type PageValues } from './page-values.ts';
import { holdDictionary, type ParquetDictionary } from './parquet-dictionary.ts';
import { UnreadableFeature } from './unreadable-feature.ts';

/** What the columns of a scan share. */
export interface ParquetParts {
  readonly memory: EngineMemory;
  readonly kernels: Kernels;
  readonly codec: PageCodec;
  readonly tables: UnpackTables;
  readonly pool: AreaPool;
}

// Numbers of parquet.thrift's Encoding enum.
const PLAIN = 0;
const PLAIN_DICTIONARY = 2;
const RLE = 3;
const BIT_PACKED = 4;
const RLE_DICTIONARY = 8;

type DictionaryPage = NonNullable<ColumnPages['dictionary']>;

/** A page whose values are being read. Rows are counted from its first. */
export interface OpenPage {
  readonly page: ColumnPage;
  /** The next row, and how many values stand before it. */
  row: number;
  rank: number;
  /** Absent: no row is NULL. */
  readonly levels: CodeReader | undefined;
  /** Codes of the dictionary, or values; neither where all rows are NULL. */
  readonly codes: CodeReader | undefined;
  readonly values: PageValues | undefined;
}

/**
 * Opens the pages of one column chunk after another, and reads the levels of their rows. One page is open at a time. Throws
 * plain Errors, and UnreadableFeature where another reader may know more.
 */
export class PageReader {
  /** Areas for as long as the chunk is read. */
  readonly chunkAreas: PageAreas;
  readonly #parts: ParquetParts;
  readonly #pageAreas: PageAreas;
  readonly #levels: CodeReader;
  readonly #codeReader: CodeReader;
  readonly #pageValues: PageValueDecoder;
  readonly #dictionaryValues: PageValueDecoder;
  readonly #scratch: number;
  #toRead!: ChunkToRead;
  #bytes!: ChunkBytes;
  #dictionary: ParquetDictionary | undefined;

  constructor(parts: ParquetParts) {
    const { memory, kernels, tables, pool } = parts;
    this.#parts = parts;
    this.#levels = new CodeReader(memory, kernels, tables);
    this.#codeReader = new CodeReader(memory, kernels, tables);
    this.#pageAreas = new PageAreas(pool);
    this.chunkAreas = new PageAreas(pool);
    this.#pageValues = new PageValueDecoder(kernels, this.#pageAreas);
    this.#dictionaryValues = new PageValueDecoder(kernels, this.chunkAreas);
    this.#scratch = memory.allocate(VECTOR_SIZE);
  }

  openChunk(toRead: ChunkToRead, bytes: ChunkBytes): void {
    this.#toRead = toRead;
    this.#bytes = bytes;
    this.#dictionary = undefined;
  }

  /** Nothing points to pages before the open one any more. */
  endBatch(): void {
    this.#pageAreas.endBatch();
  }

  /** Gives back all memory of the chunk. */
  closeChunk(): void {
    this.#pageAreas.clear();
    this.chunkAreas.clear();
  }

  /** The chunk's dictionary, if it has been opened. */
  get dictionary(): ParquetDictionary | undefined {
    return this.#dictionary;
  }

  /** The chunk's dictionary, decoded when it is first asked for. */
  openDictionary(page: DictionaryPage): ParquetDictionary {
    if (this.#dictionary) return this.#dictionary;
    const { memory, kernels } = this.#parts;
    const { column } = this.#toRead;
    const { values: count, encoding } = page.header;
    if (encoding !== PLAIN && encoding !== PLAIN_DICTIONARY)
      throw new UnreadableFeature(`a dictionary with encoding ${encoding}`);
    const start = this.#unpack(page, this.chunkAreas);
    const values = this.#dictionaryValues.decode(column, PLAIN, start, start + page.unpackedSize, count);
    this.#dictionary = holdDictionary(memory, kernels, this.chunkAreas, column.type, values, count);
    return this.#dictionary;
  }

  /** Decompresses a whole page; gives its address. */
  #unpack({ start, size, unpackedSize }: ColumnPage<unknown>, areas: PageAreas): number {
    return this.#unpackBytes(this.#bytes.need(start, start + size), size, unpackedSize, areas);
  }

  #unpackBytes(address: number, size: number, unpackedSize: number, areas: PageAreas): number {
    const { codec } = this.#toRead.chunk;
    if (codec === 0 && size === unpackedSize) return address;
    const target = areas.allocate(Math.max(unpackedSize, 1));
    this.#parts.codec.decompress(codec, address, size, target, unpackedSize);
    return target;
  }

  /**
   * Opens a page of the chunk at its first row; the one before must not be read any more. `dictionary` is asked where the
   * page has codes.
   */
  openPage(page: ColumnPage, dictionary: () => ParquetDictionary | undefined): OpenPage {
    this.#pageAreas.endPage();
    const { column } = this.#toRead;
    const { header, start, size, unpackedSize } = page;
    const rows = page.endRow - page.firstRow;
    let levels: CodeReader | undefined;
    let at: number;
    let end: number;
    if (header.kind === 'v1') {
      at = this.#unpack(page, this.#pageAreas);
      end = at + unpackedSize;
      if (column.nullable) ({ levels, end: at } = this.#openLevelsV1(header.levelEncoding, at, end, rows));
    } else {
      const { definitionSize, repetitionSize, isCompressed } = header;
      const levelSize = definitionSize + repetitionSize;
      if (levelSize > size || levelSize > unpackedSize)
        throw new Error(`its levels claim ${levelSize} bytes of ${size}`);
      const address = this.#bytes.need(start, start + size);
      if (column.nullable) levels = this.#openLevels(address + repetitionSize, address + levelSize, rows);
      at = address + levelSize;
      let valueSize = size - levelSize;
      if (isCompressed) {
        const unpackedValues = unpackedSize - levelSize;
        at = this.#unpackBytes(at, valueSize, unpackedValues, this.#pageAreas);
        valueSize = unpackedValues;
      }
      end = at + valueSize;
    }
    const opened = { page, row: 0, rank: 0, levels, codes: undefined, values: undefined };
    if (isCoded(header.encoding)) {
      if (!dictionary()) throw new Error('its dictionary is missing');
      return { ...opened, codes: this.#openCodes(at, end, opened) };
    }
    const count = levels ? this.#countValues(levels, rows) : rows;
    return { ...opened, values: this.#pageValues.decode(column, header.encoding, at, end, count) };
  }

  /** The levels of a V1 page, which begin at `start`, and where they end. */
  #openLevelsV1(
    encoding: number,
    start: number,
    end: number,
    rows: number,
  ): { levels: CodeReader | undefined; end: number } {
    const { memory } = this.#parts;
    if (encoding === BIT_PACKED) {
      const size = Math.ceil(rows / 8);
      if (size > end - start) throw new Error(`its definition levels take ${size} bytes of ${end - start}`);
      const run = this.#pageAreas.allocate(size + RUN_HEADER_BYTES);
      const levels = this.#openLevels(run, writeAsRun(memory.u8, start, start + size, run), rows);
      return { levels, end: start + size };
    }
    if (encoding !== RLE) throw new Error(`its definition levels are in encoding ${encoding}`);
    if (end - start < 4) throw new Error('its definition levels are missing');
    const length = new DataView(memory.memory.buffer).getUint32(start, true);
    const first = start + 4;
    if (length > end - first) throw new Error(`its definition levels claim ${length} bytes of ${end - first}`);
    return { levels: this.#openLevels(first, first + length, rows), end: first + length };
  }

  #openLevels(start: number, end: number, rows: number): CodeReader | undefined {
    this.#levels.open(1, start, end);
    return this.#levels.same(rows) === 1 ? undefined : this.#levels;
  }

  #openCodes(start: number, end: number, { page, levels }: OpenPage): CodeReader | undefined {
    if (start === end) {
      // A page of NULLs alone may leave out the width too.
      const rows = page.endRow - page.firstRow;
      if (levels && this.#countValues(levels, rows) === 0) return this.#openWidth(0, start, end);
      throw new Error('its dictionary codes are missing');
    }
    return this.#openWidth(this.#parts.memory.u8[start] as number, start + 1, end);
  }

  #openWidth(width: number, start: number, end: number): CodeReader {
    if (width > 32) throw new Error(`its dictionary codes claim ${width} bits, at most 32 are possible`);
    this.#codeReader.open(width, start, end);
    return this.#codeReader;
  }

  /** How many of the next `rows` rows are not NULL. The reader is where it was before. */
  #countValues(levels: CodeReader, rows: number): number {
    const place = levels.place();
    const values = this.#skipLevels(levels, rows);
    levels.returnTo(place);
    return values;
  }

  #skipLevels(levels: CodeReader, rows: number): number {
    let values = 0;
    for (let row = 0; row < rows; ) {
      const step = Math.min(rows - row, VECTOR_SIZE);
      values += step - this.readLevels(levels, step, this.#scratch);
      row += step;
    }
    return values;
  }

  /** Writes validity bytes; gives the number of NULLs. */
  readLevels(levels: CodeReader, rows: number, out: number): number {
    if (!levels.read(1, rows, out)) throw new Error('its definition levels end too early');
    return rows - this.#parts.kernels.countOnes(out, rows);
  }

  /** Goes on to the row `to` of the page. */
  skipRows(opened: OpenPage, to: number): void {
    const { levels, codes } = opened;
    const rows = to - opened.row;
    if (rows <= 0) return;
    const values = levels ? this.#skipLevels(levels, rows) : rows;
    if (codes && !codes.skip(values)) throw new Error('its dictionary codes end too early');
    opened.row = to;
    opened.rank += values;
  }
}

/** Whether values in this encoding are codes of the dictionary. */
export function isCoded(encoding: number): boolean {
  return encoding === RLE_DICTIONARY || encoding === PLAIN_DICTIONARY;
}
