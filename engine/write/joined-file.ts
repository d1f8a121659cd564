import {
  numberAt,
  readThrift,
  setI16,
  setI32,
  setI64,
  setStructs,
  structAt,
  structsAt,
  type ThriftStruct,
  writeThrift,
} from './thrift-tree.ts';

const MAGIC = Buffer.from('PAR1');

// Ids of fields in parquet.thrift.
const FILE = { rows: 3, rowGroups: 4 };
const GROUP = { columns: 1, fileOffset: 5, ordinal: 7 };
const CHUNK = { fileOffset: 2, metadata: 3, offsetIndex: 4, offsetIndexSize: 5, columnIndex: 6, columnIndexSize: 7 };
const METADATA = { dataPage: 9, indexPage: 10, dictionaryPage: 11, bloomFilter: 14 };
const OFFSET_INDEX = { pages: 1 };
const PAGE = { offset: 1 };
/** Ordinals have 16 bits: a file with more row groups has none. */
const MOST_ORDINALS = 32_767;

interface PageIndex {
  readonly chunk: ThriftStruct;
  readonly columnIndex: Uint8Array | undefined;
  /** Its offsets are those of the joined file. */
  readonly offsetIndex: ThriftStruct | undefined;
}

/**
 * One Parquet file made of several of the same schema: pages and Bloom filters are copied as they stand, behind them
 * stand the page indexes of all, then a footer that holds their row groups, with every offset moved. All else in the
 * footer is the first file's. Only for files that a writer of ours made: they are not checked as those of others are.
 */
export class JoinedFile {
  #at = MAGIC.length;
  #rows = 0;
  #footer: ThriftStruct | undefined;
  readonly #groups: ThriftStruct[] = [];
  readonly #indexes: PageIndex[] = [];

  /** What the file begins with. */
  start(): Uint8Array {
    return MAGIC;
  }

  /** Adds the row groups of a file. Returns the bytes that come next. Throws a plain Error where it is no Parquet file. */
  add(file: Uint8Array): Uint8Array {
    const view = new DataView(file.buffer, file.byteOffset, file.length);
    const footerStart = file.length - 8 - view.getUint32(file.length - 8, true);
    // A copy: footers outlive their files.
    const footer = readThrift(file.slice(footerStart, file.length - 8));
    const shift = this.#at - MAGIC.length;
    let dataEnd = footerStart;
    for (const group of structsAt(footer, FILE.rowGroups)) {
      move(group, [GROUP.fileOffset], shift);
      this.#groups.push(group);
      for (const chunk of structsAt(group, GROUP.columns)) {
        const columnIndex = sliceAt(file, chunk, CHUNK.columnIndex, CHUNK.columnIndexSize);
        const offsetIndex = sliceAt(file, chunk, CHUNK.offsetIndex, CHUNK.offsetIndexSize);
        for (const index of [columnIndex, offsetIndex])
          if (index) dataEnd = Math.min(dataEnd, index.byteOffset - file.byteOffset);
        this.#indexes.push({
          chunk,
          // Copies: indexes outlive their file.
          columnIndex: columnIndex?.slice(),
          offsetIndex: offsetIndex && movedIndex(offsetIndex.slice(), shift),
        });
        move(chunk, [CHUNK.fileOffset], shift);
        const metadata = structAt(chunk, CHUNK.metadata)!;
        const { dataPage, indexPage, dictionaryPage, bloomFilter } = METADATA;
        move(metadata, [dataPage, indexPage, dictionaryPage, bloomFilter], shift);
      }
    }
    this.#rows += numberAt(footer, FILE.rows) ?? 0;
    this.#footer ??= footer;
    const data = file.subarray(MAGIC.length, dataEnd);
    this.#at += data.length;
    return data;
  }

  /** What the file ends with. At least one file must have been added. */
  finish(): Uint8Array {
    const pieces: Uint8Array[] = [];
    let at = this.#at;
    const put = (bytes: Uint8Array, chunk: ThriftStruct, offsetField: number, sizeField: number): void => {
      setI64(chunk, offsetField, at);
      setI32(chunk, sizeField, bytes.length);
      pieces.push(bytes);
      at += bytes.length;
    };
    for (const { chunk, columnIndex } of this.#indexes)
      if (columnIndex) put(columnIndex, chunk, CHUNK.columnIndex, CHUNK.columnIndexSize);
    for (const { chunk, offsetIndex } of this.#indexes)
      if (offsetIndex) put(writeThrift(offsetIndex), chunk, CHUNK.offsetIndex, CHUNK.offsetIndexSize);
    for (const [i, group] of this.#groups.entries()) {
      if (this.#groups.length > MOST_ORDINALS) group.delete(GROUP.ordinal);
      else if (group.has(GROUP.ordinal)) setI16(group, GROUP.ordinal, i);
    }
    const footer = this.#footer!;
    setI64(footer, FILE.rows, this.#rows);
    setStructs(footer, FILE.rowGroups, this.#groups);
    const bytes = writeThrift(footer);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([...pieces, bytes, length, MAGIC]);
  }
}

/** Moves offsets by `shift` bytes. 0 stands for an offset that is not given. */
function move(struct: ThriftStruct, fields: readonly number[], shift: number): void {
  for (const id of fields) {
    const offset = numberAt(struct, id);
    if (offset) setI64(struct, id, offset + shift);
  }
}

function movedIndex(bytes: Uint8Array, shift: number): ThriftStruct {
  const index = readThrift(bytes);
  for (const page of structsAt(index, OFFSET_INDEX.pages)) move(page, [PAGE.offset], shift);
  return index;
}

function sliceAt(
  file: Uint8Array,
  chunk: ThriftStruct,
  offsetField: number,
  sizeField: number,
): Uint8Array | undefined {
  const offset = numberAt(chunk, offsetField);
  const size = numberAt(chunk, sizeField);
  return offset && size ? file.subarray(offset, offset + size) : undefined;
}
