import { SluiceError } from '../../query/error.ts';
import type { DataType } from '../../query/types.ts';
import type { Column } from '../column.ts';
import { compareBytes } from '../compare-bytes.ts';
import { resized } from '../resized.ts';
import { GroupValues } from './group-values.ts';
import { text } from './words.ts';

const NULL = -1;
const MOST_BYTES = 2 ** 31 - 1;

/** Strings of bytes, one behind the other; those that were replaced go when room is short. */
export class TextValues extends GroupValues {
  readonly #type: DataType;
  #bytes = new Uint8Array(1024);
  #starts = new Int32Array(1);
  #lengths = new Int32Array(1).fill(NULL);
  /** Bytes that were written, and how many of them still count. */
  #end = 0;
  #used = 0;
  #source = { offsets: new Int32Array(1), bytes: new Uint8Array(0) };
  #validity: Uint8Array | undefined;

  constructor(type: DataType) {
    super();
    this.#type = type;
  }

  get bytes(): number {
    return this.#bytes.byteLength + this.#starts.byteLength + this.#lengths.byteLength;
  }

  read(column: Column): void {
    const { offsets, bytes, validity } = text(column);
    this.#source = { offsets, bytes } as { offsets: Int32Array<ArrayBuffer>; bytes: Uint8Array<ArrayBuffer> };
    this.#validity = validity;
  }

  has(group: number): boolean {
    return group < this.#lengths.length && this.#lengths[group] !== NULL;
  }

  put(group: number, row: number): void {
    if (group >= this.#lengths.length) this.#grow(group);
    const known = this.#lengths[group]!;
    if (known !== NULL) this.#used -= known;
    if (this.#validity && this.#validity[row] === 0) {
      this.#lengths[group] = NULL;
      return;
    }
    const { offsets, bytes } = this.#source;
    const start = offsets[row]!;
    const length = offsets[row + 1]! - start;
    // The new text takes the place of the old one where it fits.
    if (length > known) {
      this.#lengths[group] = NULL;
      this.#reserve(length);
      this.#starts[group] = this.#end;
      this.#end += length;
    }
    this.#lengths[group] = length;
    this.#used += length;
    this.#bytes.set(bytes.subarray(start, start + length), this.#starts[group]);
  }

  compare(row: number, group: number): number {
    const { offsets, bytes } = this.#source;
    const start = this.#starts[group]!;
    return compareBytes(bytes, offsets[row]!, offsets[row + 1]!, this.#bytes, start, start + this.#lengths[group]!);
  }

  column(length: number): Column {
    const offsets = new Int32Array(length + 1);
    const validity = new Uint8Array(length);
    const known = Math.min(length, this.#lengths.length);
    let end = 0;
    for (let group = 0; group < length; group++) {
      const size = group < known ? this.#lengths[group]! : NULL;
      if (size !== NULL) {
        validity[group] = 1;
        end += size;
      }
      offsets[group + 1] = end;
    }
    const bytes = new Uint8Array(end);
    for (let group = 0; group < known; group++) {
      if (validity[group] === 0) continue;
      const start = this.#starts[group]!;
      bytes.set(this.#bytes.subarray(start, start + this.#lengths[group]!), offsets[group]);
    }
    return { kind: 'utf8', type: this.#type, length, offsets, bytes, ...(validity.includes(0) && { validity }) };
  }

  #grow(group: number): void {
    const known = this.#lengths.length;
    const length = Math.max(group + 1, 2 * known, 64);
    this.#starts = resized(this.#starts, length);
    this.#lengths = resized(this.#lengths, length).fill(NULL, known);
  }

  /** Makes room for `size` bytes behind the last text, by moving the texts together where half of the room is waste. */
  #reserve(size: number): void {
    if (this.#end + size <= this.#bytes.length) return;
    if (this.#used + size > MOST_BYTES)
      throw new SluiceError('bad-value', 'the texts that an aggregate keeps take more than 2 GiB');
    const bytes = new Uint8Array(Math.min(MOST_BYTES, Math.max(2 * this.#used + size, 1024)));
    let end = 0;
    for (let group = 0; group < this.#lengths.length; group++) {
      const length = this.#lengths[group]!;
      if (length === NULL) continue;
      const start = this.#starts[group]!;
      bytes.set(this.#bytes.subarray(start, start + length), end);
      this.#starts[group] = end;
      end += length;
    }
    this.#bytes = bytes;
    this.#end = end;
  }
}
