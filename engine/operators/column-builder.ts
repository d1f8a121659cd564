import type { DataType } from '../../query/types.ts';
import type { Column } from '../column.ts';
import { resized } from '../resized.ts';
import { damaged } from './state-bytes.ts';
import { fixed, text, valueWords, wordsOf } from './words.ts';

/**
 * A column that grows value by value, and the bytes of a value in the states of aggregates: 32-bit words, low word
 * first (bool one word; float64 as its bits), or the length of a text as u32 and its bytes. NULLs have no bytes.
 */
export abstract class ColumnBuilder {
  readonly type: DataType;
  length = 0;
  #validity: Uint8Array | undefined;

  constructor(type: DataType) {
    this.type = type;
  }

  abstract readonly bytes: number;

  /** Appends a value that is not NULL. */
  abstract append(column: Column, row: number): void;

  /** Bytes of the value of a row. */
  abstract encodedSize(row: number): number;

  /** Writes the value of a row; gives the place behind it. */
  abstract encode(row: number, view: DataView, at: number): number;

  /** Appends the value that stands at `at`; gives the place behind it. Throws `bad-data` when that is beyond `end`. */
  abstract decode(view: DataView, at: number, end: number): number;

  /** All values, as views of what the builder holds. */
  abstract column(): Column;

  appendNull(): void {
    this.appendEmpty();
    const known = this.#validity ?? new Uint8Array(64).fill(1);
    const length = known.length;
    this.#validity = this.length > length ? resized(known, Math.max(this.length, 2 * length)).fill(1, length) : known;
    this.#validity[this.length - 1] = 0;
  }

  protected abstract appendEmpty(): void;

  protected validity(): { readonly validity?: Uint8Array } {
    const known = this.#validity;
    if (!known) return {};
    const { length } = this;
    return {
      validity: known.length >= length ? known.subarray(0, length) : resized(known, length).fill(1, known.length),
    };
  }
}

/** An empty builder of a type's columns. */
export function openColumnBuilder(type: DataType): ColumnBuilder {
  return type.kind === 'utf8' || type.kind === 'binary' ? new TextBuilder(type) : new FixedBuilder(type);
}

class FixedBuilder extends ColumnBuilder {
  readonly #width: number;
  #words = new Int32Array(64);

  constructor(type: DataType) {
    super(type);
    this.#width = wordsOf(type);
  }

  get bytes(): number {
    return this.#words.byteLength;
  }

  append(column: Column, row: number): void {
    const words = valueWords(fixed(column));
    const width = this.#width;
    const at = this.#grow();
    for (let word = 0; word < width; word++) this.#words[at + word] = words[width * row + word]!;
  }

  encodedSize(): number {
    return 4 * this.#width;
  }

  encode(row: number, view: DataView, at: number): number {
    const width = this.#width;
    for (let word = 0; word < width; word++) view.setInt32(at + 4 * word, this.#words[width * row + word]!, true);
    return at + 4 * width;
  }

  decode(view: DataView, at: number, end: number): number {
    const next = at + 4 * this.#width;
    if (next > end) throw damaged('it ends within a value');
    const place = this.#grow();
    for (let word = 0; word < this.#width; word++) this.#words[place + word] = view.getInt32(at + 4 * word, true);
    return next;
  }

  column(): Column {
    const { type, length } = this;
    const words = this.#words.subarray(0, this.#width * length);
    return { kind: 'fixed', type, length, values: valuesOf(type, words), ...this.validity() };
  }

  protected appendEmpty(): void {
    this.#words.fill(0, this.#grow(), this.#width * this.length);
  }

  /** Makes room for one more value; gives its first word. */
  #grow(): number {
    const at = this.#width * this.length++;
    if (at + this.#width > this.#words.length) this.#words = resized(this.#words, 2 * this.#words.length);
    return at;
  }
}

function valuesOf(type: DataType, words: Int32Array<ArrayBuffer>) {
  switch (type.kind) {
    case 'bool':
      return Uint8Array.from(words, (word) => word & 1);
    case 'int32':
    case 'date':
      return words;
    case 'float64':
      return new Float64Array(words.buffer, 0, words.length / 2);
    default:
      return new BigInt64Array(words.buffer, 0, words.length / 2);
  }
}

class TextBuilder extends ColumnBuilder {
  #text = new Uint8Array(1024);
  #offsets = new Int32Array(64);

  get bytes(): number {
    return this.#text.byteLength + this.#offsets.byteLength;
  }

  append(column: Column, row: number): void {
    const { bytes, offsets } = text(column);
    this.#appendBytes(bytes, offsets[row]!, offsets[row + 1]!);
  }

  encodedSize(row: number): number {
    return 4 + this.#offsets[row + 1]! - this.#offsets[row]!;
  }

  encode(row: number, view: DataView, at: number): number {
    const start = this.#offsets[row]!;
    const length = this.#offsets[row + 1]! - start;
    view.setUint32(at, length, true);
    new Uint8Array(view.buffer, view.byteOffset).set(this.#text.subarray(start, start + length), at + 4);
    return at + 4 + length;
  }

  decode(view: DataView, at: number, end: number): number {
    if (at + 4 > end) throw damaged('it ends within a value');
    const next = at + 4 + view.getUint32(at, true);
    if (next > end) throw damaged('it ends within a text');
    this.#appendBytes(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), at + 4, next);
    return next;
  }

  column(): Column {
    const { type, length } = this;
    const offsets = this.#offsets.subarray(0, length + 1);
    return { kind: 'utf8', type, length, offsets, bytes: this.#text.subarray(0, offsets[length]), ...this.validity() };
  }

  protected appendEmpty(): void {
    this.#appendBytes(this.#text, 0, 0);
  }

  #appendBytes(bytes: Uint8Array, start: number, end: number): void {
    const row = this.length++;
    if (row + 2 > this.#offsets.length) this.#offsets = resized(this.#offsets, 2 * this.#offsets.length);
    const from = this.#offsets[row]!;
    const to = from + end - start;
    if (to > this.#text.length) this.#text = resized(this.#text, Math.max(to, 2 * this.#text.length));
    if (end > start) this.#text.set(bytes.subarray(start, end), from);
    this.#offsets[row + 1] = to;
  }
}
