import {
  BINARY,
  BYTE,
  DOUBLE,
  FALSE,
  I16,
  I32,
  I64,
  LIST,
  SET,
  STRUCT,
  TRUE,
  UUID,
} from '../formats/parquet/thrift-types.ts';
import { varint } from '../formats/parquet/thrift-writer.ts';

/** A struct of Thrift's compact protocol as it stands on the wire: fields by id, in ascending order. */
export type ThriftStruct = Map<number, ThriftField>;

/** `type` is the wire's; integers, binaries and the like stay the bytes that they are. */
export interface ThriftField {
  readonly type: number;
  readonly value: ThriftValue;
}

export type ThriftValue = Uint8Array | ThriftStruct | ThriftList;

export interface ThriftList {
  readonly kind: 'list';
  readonly elementType: number;
  readonly elements: readonly ThriftValue[];
}

/** Reads a struct that our own writer made, to be changed and written again. Throws a plain Error where it is none. */
export function readThrift(bytes: Uint8Array): ThriftStruct {
  return new ThriftReader(bytes).struct();
}

class ThriftReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  struct(): ThriftStruct {
    const fields: ThriftStruct = new Map();
    let id = 0;
    for (let header = this.#byte(); header !== 0; header = this.#byte()) {
      const delta = header >> 4;
      id = delta === 0 ? unzigzag(this.#number()) : id + delta;
      const type = header & 15;
      fields.set(id, { type, value: this.#value(type) });
    }
    return fields;
  }

  #value(type: number): ThriftValue {
    switch (type) {
      case TRUE:
      case FALSE:
        return new Uint8Array(0);
      case BYTE:
        return this.#take(1);
      case I16:
      case I32:
      case I64: {
        const start = this.#at;
        while (this.#byte() >= 128);
        return this.#bytes.subarray(start, this.#at);
      }
      case DOUBLE:
        return this.#take(8);
      case UUID:
        return this.#take(16);
      case BINARY: {
        const start = this.#at;
        const length = this.#number();
        this.#take(length);
        return this.#bytes.subarray(start, this.#at);
      }
      case LIST:
      case SET:
        return this.#list();
      case STRUCT:
        return this.struct();
      default:
        throw new Error(`Thrift type ${type} is not expected in a Parquet footer`);
    }
  }

  #list(): ThriftList {
    const header = this.#byte();
    const length = header >> 4 === 15 ? this.#number() : header >> 4;
    const elementType = header & 15;
    // A bool in a list has a byte of its own.
    const read = elementType === TRUE || elementType === FALSE ? BYTE : elementType;
    return { kind: 'list', elementType, elements: Array.from({ length }, () => this.#value(read)) };
  }

  #number(): number {
    const start = this.#at;
    while (this.#byte() >= 128);
    return varintAt(this.#bytes, start);
  }

  #byte(): number {
    return this.#take(1)[0]!;
  }

  #take(length: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#at, this.#at + length);
    if (taken.length < length) throw new Error('a Thrift struct ends early');
    this.#at += length;
    return taken;
  }
}

/** The bytes of a struct. */
export function writeThrift(struct: ThriftStruct): Uint8Array {
  const pieces: Uint8Array[] = [];
  putStruct(struct, pieces);
  return Buffer.concat(pieces);
}

function putStruct(struct: ThriftStruct, pieces: Uint8Array[]): void {
  let last = 0;
  for (const [id, { type, value }] of [...struct].sort(([a], [b]) => a - b)) {
    const delta = id - last;
    if (delta < 16) pieces.push(Uint8Array.of((delta << 4) | type));
    else pieces.push(Uint8Array.of(type), varint(2 * id));
    putValue(value, pieces);
    last = id;
  }
  pieces.push(Uint8Array.of(0));
}

function putValue(value: ThriftValue, pieces: Uint8Array[]): void {
  if (value instanceof Uint8Array) pieces.push(value);
  else if (value instanceof Map) putStruct(value, pieces);
  else {
    const { elementType, elements } = value;
    if (elements.length < 15) pieces.push(Uint8Array.of((elements.length << 4) | elementType));
    else pieces.push(Uint8Array.of(0xf0 | elementType), varint(elements.length));
    for (const element of elements) putValue(element, pieces);
  }
}

/** The integer of a field; undefined where the field is absent. */
export function numberAt(struct: ThriftStruct, id: number): number | undefined {
  const field = struct.get(id);
  return field && unzigzag(varintAt(field.value as Uint8Array, 0));
}

/** Gives the field `id` a new integer of 16 bits, not negative. */
export function setI16(struct: ThriftStruct, id: number, value: number): void {
  struct.set(id, { type: I16, value: varint(2 * value) });
}

/** Gives the field `id` a new integer of 32 bits, not negative. */
export function setI32(struct: ThriftStruct, id: number, value: number): void {
  struct.set(id, { type: I32, value: varint(2 * value) });
}

/** Gives the field `id` a new integer of 64 bits, not negative. */
export function setI64(struct: ThriftStruct, id: number, value: number): void {
  struct.set(id, { type: I64, value: varint(2 * value) });
}

/** The struct in a field; undefined where the field is absent. */
export function structAt(struct: ThriftStruct, id: number): ThriftStruct | undefined {
  return struct.get(id)?.value as ThriftStruct | undefined;
}

/** The structs of a list in a field, none where the field is absent. */
export function structsAt(struct: ThriftStruct, id: number): readonly ThriftStruct[] {
  return ((struct.get(id)?.value as ThriftList | undefined)?.elements ?? []) as readonly ThriftStruct[];
}

/** Gives the field `id` a list of structs. */
export function setStructs(struct: ThriftStruct, id: number, elements: readonly ThriftStruct[]): void {
  struct.set(id, { type: LIST, value: { kind: 'list', elementType: STRUCT, elements } });
}

function varintAt(bytes: Uint8Array, start: number): number {
  let value = 0;
  let unit = 1;
  for (let at = start; ; at++, unit *= 128) {
    const byte = bytes[at]!;
    value += (byte & 127) * unit;
    if (byte < 128) break;
  }
  return value;
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
