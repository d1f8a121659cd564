import type { DataType, Schema } from '../../../query/types.ts';
import { type Batch, type Column, isWide } from '../../column.ts';
import { isLong } from '../../compile/js/representation.ts';
import { encodeInto } from '../../compile/js/strings.ts';
import { wordsOf } from '../../compile/js/words.ts';
import type { TopK } from '../../operators/top-k.ts';

type Values = Uint8Array | Int32Array | Float64Array;

/** Rows of a top-k that wait before the best are kept and the others dropped. */
const TOP_K_ROWS = 16_384;

/**
 * Collects rows column by column. Generated code writes `values` and `validity` itself; integers of 64 bits as words.
 * With `topK` only the first rows of an order are kept.
 */
export class RowsSink {
  length = 0;
  capacity: number;
  /** Rows looked at. */
  rows = 0;
  /** The limit is reached. */
  done = false;
  readonly values: Values[];
  readonly validity: Uint8Array[];
  /** Columns in which a NULL has been seen. */
  readonly nulls: boolean[];
  readonly #schema: Schema;
  readonly #bytes: Uint8Array[];
  readonly #topK: TopK | undefined;

  constructor(schema: Schema, { topK, capacity = 1024 }: { topK?: TopK; capacity?: number } = {}) {
    this.#schema = schema;
    this.#topK = topK;
    this.capacity = capacity;
    this.values = schema.map(({ type }) => room(type, this.capacity));
    this.validity = schema.map(() => new Uint8Array(this.capacity));
    this.nulls = schema.map(() => false);
    this.#bytes = schema.map(({ type }) => new Uint8Array(type.kind === 'utf8' ? 16384 : 0));
  }

  grow(): void {
    this.capacity *= 2;
    this.#schema.forEach(({ type }, k) => {
      const values = room(type, this.capacity);
      values.set(this.values[k] as Values);
      this.values[k] = values;
      const validity = new Uint8Array(this.capacity);
      validity.set(this.validity[k] as Uint8Array);
      this.validity[k] = validity;
    });
  }

  /** Row `row` of text column `k`; `values[k]` holds where each row ends. */
  appendText(k: number, row: number, bytes: Uint8Array, start: number, end: number): void {
    const at = this.#endOf(k, row);
    const target = this.#room(k, at + end - start);
    if (end - start > 48) target.set(bytes.subarray(start, end), at);
    else for (let i = start, o = at; i < end; i++, o++) target[o] = bytes[i] as number;
    (this.values[k] as Int32Array)[row] = at + end - start;
  }

  /** As `appendText`, of a string. */
  appendString(k: number, row: number, text: string): void {
    const at = this.#endOf(k, row);
    const target = this.#room(k, at + 3 * text.length);
    (this.values[k] as Int32Array)[row] = at + encodeInto(text, target, at);
  }

  /** Where the rows before end. */
  #endOf(k: number, row: number): number {
    return row === 0 ? 0 : ((this.values[k] as Int32Array)[row - 1] as number);
  }

  #room(k: number, size: number): Uint8Array {
    const bytes = this.#bytes[k] as Uint8Array;
    if (size <= bytes.length) return bytes;
    const grown = new Uint8Array(Math.max(2 * bytes.length, size));
    grown.set(bytes);
    this.#bytes[k] = grown;
    return grown;
  }

  /** Between two calls of generated code. */
  settle(): void {
    if (this.#topK && this.length >= TOP_K_ROWS) this.#topK.add(this.#batch());
  }

  finish(): Batch[] {
    if (!this.#topK) return this.length === 0 ? [] : [this.#batch()];
    this.#topK.add(this.#batch());
    const best = this.#topK.finish();
    return best.length === 0 ? [] : [best];
  }

  #batch(): Batch {
    const { length } = this;
    return { schema: this.#schema, length, columns: this.take() };
  }

  /** The rows so far; the sink is empty afterwards. */
  take(): Column[] {
    const { length } = this;
    const columns = this.#schema.map(({ type }, k): Column => {
      const validity = this.nulls[k] ? { validity: (this.validity[k] as Uint8Array).slice(0, length) } : {};
      this.nulls[k] = false;
      const values = this.values[k] as Values;
      if (type.kind === 'utf8') {
        const offsets = new Int32Array(length + 1);
        offsets.set(values.subarray(0, length) as Int32Array, 1);
        const bytes = (this.#bytes[k] as Uint8Array).slice(0, offsets[length]);
        return { kind: 'utf8', type, length, offsets, bytes, ...validity };
      }
      const used = values.slice(0, length * (values.length / this.capacity));
      return { kind: 'fixed', type, length, values: isLong(type) ? new BigInt64Array(used.buffer) : used, ...validity };
    });
    this.length = 0;
    return columns;
  }
}

function room(type: DataType, rows: number): Values {
  if (type.kind === 'bool') return new Uint8Array(rows);
  if (type.kind === 'float64') return new Float64Array(rows);
  return new Int32Array(rows * (isLong(type) || isWide(type) ? wordsOf(type) : 1));
}
