import {
  type DataPageV1,
  type DataPageV2,
  type PageHeader,
  readPageHeader,
  TruncatedHeader,
} from '../../formats/parquet/page-header.ts';
import type { PageLocation } from '../../formats/parquet/page-index.ts';
import type { ChunkBytes } from './chunk-bytes.ts';
import type { EngineMemory } from './memory.ts';

/** A page of a chunk; its bytes have not been touched. */
export interface ColumnPage<Header = DataPageV1 | DataPageV2> {
  /** Its number among all pages of the chunk, and where its header begins in the object. */
  readonly ordinal: number;
  readonly offset: number;
  readonly header: Header;
  /** Place of its bytes in the chunk. */
  readonly start: number;
  readonly size: number;
  readonly unpackedSize: number;
  /** Rows of the row group, from the first of the page to the one behind its last. */
  readonly firstRow: number;
  readonly endRow: number;
}

type DictionaryHeader = Extract<PageHeader['page'], { kind: 'dictionary' }>;

/** More than any page unpacks to: a few damaged bytes must not claim all memory. */
const MAX_PAGE = 1 << 29;
/** Bytes in which most headers lie. */
const HEADER_BYTES = 1024;

/** Walks through the pages of a chunk by their headers (Parquet README, "Data Pages"). */
export class ColumnPages {
  /** The dictionary's page, once it has been passed. */
  dictionary: ColumnPage<DictionaryHeader> | undefined;
  /** Where the walk is: for the place of an error. */
  ordinal = 0;
  readonly #memory: EngineMemory;
  readonly #bytes: ChunkBytes;
  readonly #offset: number;
  readonly #rows: number;
  /** All data pages, by the offset index. */
  readonly #index: readonly PageLocation[] | undefined;
  /** The page in it that was read last. */
  #indexed = 0;
  #at = 0;
  #row = 0;

  /** `offset` is the chunk's in the object, `rows` those of the row group. */
  constructor(
    memory: EngineMemory,
    bytes: ChunkBytes,
    offset: number,
    rows: number,
    index: readonly PageLocation[] | undefined,
  ) {
    this.#memory = memory;
    this.#bytes = bytes;
    this.#offset = offset;
    this.#rows = rows;
    this.#index = index;
  }

  /** Where the next header begins in the object. */
  get offset(): number {
    return this.#offset + this.#at;
  }

  /** Passes the dictionary's page, if the chunk begins with one. */
  passDictionary(): void {
    if (this.#at > 0 || this.#index?.[0]?.offset === this.#offset) return;
    const header = this.#readHeader();
    if (header.page.kind === 'dictionary') this.#take(header);
  }

  /** The next data page that has rows, or with an index the one that has row `wanted`, which may lie behind it. Throws a
   * plain Error on damage, and where no page is left. */
  next(wanted: number): ColumnPage {
    for (;;) {
      this.passDictionary();
      const location = this.#jumpTo(wanted);
      const page = this.#take(this.#readHeader());
      if (!page) continue;
      if (location && page.endRow !== pageEnd(location))
        throw new Error(`a page has the rows ${page.firstRow} to ${page.endRow}, its index says otherwise`);
      if (page.endRow > page.firstRow) return page;
    }
  }

  /** With an index, goes to the page that has a row, if it lies ahead; gives its entry. */
  #jumpTo(row: number): PageLocation | undefined {
    const index = this.#index;
    if (!index) return undefined;
    const behind = Math.max(row, this.#row);
    while (this.#indexed < index.length - 1 && pageEnd(index[this.#indexed]!) <= behind) this.#indexed++;
    const location = index[this.#indexed];
    if (!location) return undefined;
    this.#at = location.offset - this.#offset;
    this.#row = location.firstRow;
    this.ordinal = this.#indexed + (this.dictionary ? 1 : 0);
    return location;
  }

  /** Passes a page; gives it if it is one of data. */
  #take({ headerSize, size, unpackedSize, page }: PageHeader): ColumnPage | undefined {
    const [ordinal, offset] = [this.ordinal, this.offset];
    const start = this.#at + headerSize;
    const rest = this.#bytes.size - start;
    if (size > rest) throw new Error(`a page claims ${size} bytes where ${rest} are left`);
    if (unpackedSize > MAX_PAGE) throw new Error(`a page claims ${unpackedSize} bytes, more than ${MAX_PAGE}`);
    const firstRow = this.#row;
    const place = { ordinal, offset, start, size, unpackedSize, firstRow };
    if (page.kind === 'dictionary') {
      if (this.dictionary) throw new Error('a chunk has a second dictionary');
      this.dictionary = { ...place, header: page, endRow: firstRow };
    }
    if (page.kind === 'dictionary' || page.kind === 'index') {
      this.#pass(start + size);
      return undefined;
    }
    const missing = this.#rows - firstRow;
    if (page.values > missing) throw new Error(`a page claims ${page.values} rows where ${missing} are expected`);
    this.#row += page.values;
    this.#pass(start + size);
    return { ...place, header: page, endRow: this.#row };
  }

  #pass(to: number): void {
    this.#at = to;
    this.ordinal++;
  }

  #readHeader(): PageHeader {
    const at = this.#at;
    const limit = this.#bytes.pieceEnd(at);
    for (let end = Math.min(limit, at + HEADER_BYTES); ; end = Math.min(limit, at + 8 * (end - at))) {
      if (at >= limit) throw new Error(`its pages end after row ${this.#row} of ${this.#rows}`);
      const address = this.#bytes.need(at, end);
      try {
        return readPageHeader(this.#memory.u8, address, address + end - at);
      } catch (error) {
        if (!(error instanceof TruncatedHeader) || end === limit) throw error;
      }
    }
  }
}

function pageEnd({ firstRow, rows }: PageLocation): number {
  return firstRow + rows;
}
