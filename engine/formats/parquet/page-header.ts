import {
  BINARY,
  BYTE,
  DOUBLE,
  FALSE,
  I16,
  I32,
  I64,
  LIST,
  MAP,
  SET,
  STOP,
  STRUCT,
  TRUE,
  UUID,
} from './thrift-types.ts';
/** What stands before each page of a column chunk. Sizes and counts are non-negative; nothing else is checked. */
export interface PageHeader {
  /** Bytes of the header itself. */
  readonly headerSize: number;
  /** Bytes of the page as it is stored, and when it is decompressed; both without the header. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly page: DictionaryPage | DataPageV1 | DataPageV2 | IndexPage;
}

/** `encoding` is a number of parquet.thrift's Encoding enum, here and below. */
interface DictionaryPage {
  readonly kind: 'dictionary';
  readonly values: number;
  readonly encoding: number;
}

export interface DataPageV1 {
  readonly kind: 'v1';
  /** Values, NULLs among them. */
  readonly values: number;
  readonly encoding: number;
  readonly levelEncoding: number;
}

export interface DataPageV2 {
  readonly kind: 'v2';
  readonly values: number;
  readonly encoding: number;
  /** Bytes of the levels, which are never compressed. */
  readonly definitionSize: number;
  readonly repetitionSize: number;
  readonly isCompressed: boolean;
}

interface IndexPage {
  readonly kind: 'index';
}

/** The bytes end within a header: with more of them it might be whole. */
export class TruncatedHeader extends Error {
  constructor() {
    super('a page header ends too early');
  }
}

/** Deeper nesting than any header has. */
const MAX_DEPTH = 8;

/** Numbers of a struct by field; those of a nested struct too. */
type Fields = Map<number, number | Fields>;

/**
 * Reads the PageHeader struct (parquet.thrift, Thrift compact protocol) that begins at `start`, before `end`. Throws
 * TruncatedHeader, or a plain Error that says what is wrong with it.
 */
export function readPageHeader(bytes: Uint8Array, start: number, end: number): PageHeader {
  const reader = new StructReader(bytes, start, end);
  const fields = reader.struct(0);
  const headerSize = reader.position - start;
  const unpackedSize = count(fields, 2, 'unpacked size');
  const size = count(fields, 3, 'size');
  return { headerSize, size, unpackedSize, page: pageOf(fields) };
}

function pageOf(fields: Fields): PageHeader['page'] {
  const type = count(fields, 1, 'type');
  switch (type) {
    case 0: {
      const page = nested(fields, 5, 'data page');
      const [values, encoding] = [count(page, 1, 'number of values'), count(page, 2, 'encoding')];
      return { kind: 'v1', values, encoding, levelEncoding: count(page, 3, 'encoding of levels') };
    }
    case 1:
      return { kind: 'index' };
    case 2: {
      const page = nested(fields, 7, 'dictionary page');
      return { kind: 'dictionary', values: count(page, 1, 'number of values'), encoding: count(page, 2, 'encoding') };
    }
    case 3: {
      const page = nested(fields, 8, 'data page');
      return {
        kind: 'v2',
        values: count(page, 1, 'number of values'),
        encoding: count(page, 4, 'encoding'),
        definitionSize: count(page, 5, 'size of definition levels'),
        repetitionSize: count(page, 6, 'size of repetition levels'),
        isCompressed: page.get(7) !== 0,
      };
    }
    default:
      throw new Error(`a page is of the unknown type ${type}`);
  }
}

function nested(fields: Fields, id: number, what: string): Fields {
  const value = fields.get(id);
  if (value instanceof Map) return value;
  throw new Error(`the header of a ${what} says nothing of it`);
}

function count(fields: Fields, id: number, what: string): number {
  const value = fields.get(id);
  if (typeof value === 'number' && value >= 0) return value;
  throw new Error(`a page header claims ${value === undefined ? 'no' : String(value)} ${what}`);
}

class StructReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  position: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.position = start;
    this.#end = end;
  }

  /** Integers, booleans and structs; other fields are skipped. */
  struct(depth: number): Fields {
    if (depth > MAX_DEPTH) throw new Error('a page header is nested too deeply');
    const fields: Fields = new Map();
    for (let id = 0; ; ) {
      const head = this.#byte();
      const type = head & 15;
      if (type === STOP) return fields;
      id = head >> 4 === 0 ? this.#integer() : id + (head >> 4);
      if (type === STRUCT) fields.set(id, this.struct(depth + 1));
      else if (type === TRUE || type === FALSE) fields.set(id, Number(type === TRUE));
      else if (type === I16 || type === I32 || type === I64) fields.set(id, this.#integer());
      else this.#skip(type, depth);
    }
  }

  #skip(type: number, depth: number): void {
    if (depth > MAX_DEPTH) throw new Error('a page header is nested too deeply');
    switch (type) {
      case TRUE:
      case FALSE:
      case BYTE:
        this.#byte();
        return;
      case I16:
      case I32:
      case I64:
        this.#varint();
        return;
      case DOUBLE:
        this.#advance(8);
        return;
      case UUID:
        this.#advance(16);
        return;
      case BINARY:
        this.#advance(this.#varint());
        return;
      case STRUCT:
        this.struct(depth + 1);
        return;
      case LIST:
      case SET: {
        const head = this.#byte();
        const length = head >> 4 === 15 ? this.#varint() : head >> 4;
        for (let i = 0; i < length; i++) this.#skip(head & 15, depth + 1);
        return;
      }
      case MAP: {
        const length = this.#varint();
        const types = length > 0 ? this.#byte() : 0;
        for (let i = 0; i < length; i++) {
          this.#skip(types >> 4, depth + 1);
          this.#skip(types & 15, depth + 1);
        }
        return;
      }
      default:
        throw new Error(`a page header has a field of the unknown type ${type}`);
    }
  }

  /** Zigzag; exact for all that a safe integer holds. */
  #integer(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      if (scale > 2 ** 56) throw new Error('a number of a page header has too many bytes');
    }
  }

  #advance(bytes: number): void {
    if (bytes > this.#end - this.position) throw new TruncatedHeader();
    this.position += bytes;
  }

  #byte(): number {
    if (this.position >= this.#end) throw new TruncatedHeader();
    return this.#bytes[this.position++] as number;
  }
}
