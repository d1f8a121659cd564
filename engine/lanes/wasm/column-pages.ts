import {
  type DataPageV1,
  type DataPageV2,
  type PageHeader,
  readPageHeader,
  TruncatedHeader,
} from '../../formats/parquet/page-header.ts';
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
  #at = 0;
  #row = 0;

  /** `offset` is the chunk's in the object, `rows` those of the row group. */
  constructor(memory: EngineMemory, bytes: ChunkBytes, offset: number, rows: number) {
    this.#memory = memory;
    this.#bytes = bytes;
    this.#offset = offset;
    this.#rows = rows;
  }

  /** Where the next header begins in the object. */
  get offset(): number {
    return this.#offset + this.#at;
  }

  /** The next data page that has rows. Throws a plain Error on damage, and where no page is left. */
  next(): ColumnPage {
    for (;;) {
      const [ordinal, offset] = [this.ordinal, this.offset];
      const { headerSize, size, unpackedSize, page } = this.#readHeader();
      const start = this.#at + headerSize;
      const rest = this.#bytes.size - start;
      if (size > rest) throw new Error(`a page claims ${size} bytes where ${rest} are left`);
      if (unpackedSize > MAX_PAGE) throw new Error(`a page claims ${unpackedSize} bytes, more than ${MAX_PAGE}`);
      const firstRow = this.#row;
      const place = { ordinal, offset, start, size, unpackedSize, firstRow };
      if (page.kind === 'dictionary') {
        if (this.dictionary) throw new Error('a chunk has a second dictionary');
        this.dictionary = { ...place, header: page, endRow: firstRow };
      } else if (page.kind !== 'index') {
        const missing = this.#rows - firstRow;
        if (page.values > missing) throw new Error(`a page claims ${page.values} rows where ${missing} are expected`);
        this.#row += page.values;
        if (page.values > 0) {
          this.#pass(start + size);
          return { ...place, header: page, endRow: this.#row };
        }
      }
      this.#pass(start + size);
    }
  }

  #pass(to: number): void {
    this.#at = to;
    this.ordinal++;
  }

  #readHeader(): PageHeader {
    const at = this.#at;
    const { size } = this.#bytes;
    for (let end = Math.min(size, at + HEADER_BYTES); ; end = Math.min(size, at + 8 * (end - at))) {
      if (at >= size) throw new Error(`its pages end after row ${this.#row} of ${this.#rows}`);
      const address = this.#bytes.need(at, end);
      try {
        return readPageHeader(this.#memory.u8, address, address + end - at);
      } catch (error) {
        if (!(error instanceof TruncatedHeader) || end === size) throw error;
      }
    }
  }
}
