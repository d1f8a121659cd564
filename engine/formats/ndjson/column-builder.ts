import type { DataType, Scalar } from '../../../query/types.ts';
import { type Column, isWide } from '../../column.ts';
import { zeroValues } from '../../zero-values.ts';

/** Collects the values of one column, row by row, into vectors of up to `capacity` rows. */
export class ColumnBuilder {
  readonly type: DataType;
  readonly #validity: Uint8Array;
  readonly #values: Uint8Array | Int32Array | BigInt64Array | Float64Array;
  /** The same in words of 32 bits. */
  readonly #words: Uint32Array;
  readonly #offsets: Int32Array;
  #bytes = new Uint8Array(1 << 12);
  #nulls = 0;

  constructor(type: DataType, capacity: number) {
    this.type = type;
    this.#validity = new Uint8Array(capacity);
    this.#values = type.kind === 'utf8' ? new Uint8Array(0) : zeroValues(type, capacity);
    this.#words = this.#values instanceof BigInt64Array ? new Uint32Array(this.#values.buffer) : new Uint32Array(0);
    this.#offsets = new Int32Array(type.kind === 'utf8' ? capacity + 1 : 0);
  }

  setNull(row: number): void {
    this.#nulls++;
    this.#validity[row] = 0;
    if (this.type.kind === 'utf8') this.#offsets[row + 1] = this.#offsets[row]!;
  }

  /** A bool, int32, date or float64. */
  setNumber(row: number, value: number): void {
    this.#validity[row] = 1;
    this.#values[row] = value;
  }

  /** What a column of integers stores (of 128 bits too), within ±2^53. */
  setInteger(row: number, value: number): void {
    const values = this.#values;
    this.#validity[row] = 1;
    if (!(values instanceof BigInt64Array)) values[row] = value;
    else if (isWide(this.type)) this.#setBigint(row, BigInt(value));
    else {
      // No bigint a value.
      const high = Math.floor(value / 0x1_0000_0000);
      this.#words[2 * row] = value - high * 0x1_0000_0000;
      this.#words[2 * row + 1] = high;
    }
  }

  /** A value as `Scalar` documents it, not text. */
  setScalar(row: number, value: Scalar): void {
    if (value === null) this.setNull(row);
    else if (typeof value === 'bigint') this.#setBigint(row, value);
    else this.setNumber(row, Number(value));
  }

  setText(row: number, source: Uint8Array, start: number, end: number): void {
    const at = this.#offsets[row]!;
    const length = end - start;
    if (at + length > this.#bytes.length) {
      const grown = new Uint8Array(2 * (at + length));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
    }
    if (length > 32) this.#bytes.set(source.subarray(start, end), at);
    else for (let i = 0; i < length; i++) this.#bytes[at + i] = source[start + i]!;
    this.#offsets[row + 1] = at + length;
    this.#validity[row] = 1;
  }

  /** The first `length` rows; the builder begins anew, and what it gave stays good until its next value. */
  finish(length: number): Column {
    const nulls = this.#nulls > 0 ? { validity: this.#validity.subarray(0, length) } : {};
    this.#nulls = 0;
    const { type } = this;
    if (type.kind === 'utf8') {
      const offsets = this.#offsets.subarray(0, length + 1);
      return { kind: 'utf8', type, length, offsets, bytes: this.#bytes.subarray(0, offsets[length]), ...nulls };
    }
    const values = this.#values.subarray(0, isWide(type) ? 2 * length : length);
    return { kind: 'fixed', type, length, values, ...nulls };
  }

  #setBigint(row: number, value: bigint): void {
    const values = this.#values as BigInt64Array;
    this.#validity[row] = 1;
    if (isWide(this.type)) {
      values[2 * row] = BigInt.asIntN(64, value);
      values[2 * row + 1] = value >> 64n;
    } else values[row] = value;
  }
}
