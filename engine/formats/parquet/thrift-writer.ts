import { BINARY, I32, I64, LIST, STRUCT } from './thrift-types.ts';

/**
 * Writes structs in Thrift's compact protocol (thrift-compact-protocol.md), as much of it as a Parquet footer needs.
 * Fields of a struct must be written in the order of their ids. Numbers are non-negative safe integers.
 */
export class ThriftWriter {
  readonly #bytes: number[] = [];
  #lastField = 0;

  struct(fields: () => void): void {
    const outer = this.#lastField;
    this.#lastField = 0;
    fields();
    this.#bytes.push(0);
    this.#lastField = outer;
  }

  structField(id: number, fields: () => void): void {
    this.#header(id, STRUCT);
    this.struct(fields);
  }

  i32(id: number, value: number): void {
    this.#header(id, I32);
    this.#varint(value * 2);
  }

  i64(id: number, value: number): void {
    this.#header(id, I64);
    this.#varint(value * 2);
  }

  binary(id: number, text: string): void {
    this.#header(id, BINARY);
    this.#text(text);
  }

  /** A list of structs; `fields(i)` writes the fields of the i-th. */
  list(id: number, length: number, fields: (index: number) => void): void {
    this.#listHeader(id, length, STRUCT);
    for (let i = 0; i < length; i++) this.struct(() => fields(i));
  }

  i32List(id: number, values: readonly number[]): void {
    this.#listHeader(id, values.length, I32);
    for (const value of values) this.#varint(value * 2);
  }

  binaryList(id: number, texts: readonly string[]): void {
    this.#listHeader(id, texts.length, BINARY);
    for (const text of texts) this.#text(text);
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #header(id: number, type: number): void {
    this.#bytes.push(((id - this.#lastField) << 4) | type);
    this.#lastField = id;
  }

  #listHeader(id: number, length: number, type: number): void {
    this.#header(id, LIST);
    if (length < 15) this.#bytes.push((length << 4) | type);
    else {
      this.#bytes.push(0xf0 | type);
      this.#varint(length);
    }
  }

  #text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.#varint(bytes.length);
    for (const byte of bytes) this.#bytes.push(byte);
  }

  #varint(value: number): void {
    this.#bytes.push(...varint(value));
  }
}

/** A non-negative safe integer, seven bits a byte. Division, not shifts: offsets go beyond 32 bits. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
