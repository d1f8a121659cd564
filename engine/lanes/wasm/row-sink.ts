import { SluiceError } from '../../../query/error.ts';
import type { BoundOutput } from '../../../query/fragment.ts';
import { partialSchema } from '../../../query/partial-states.ts';
import type { Schema } from '../../../query/types.ts';
import type { Batch, Column } from '../../column.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { BatchCompiler } from './batch-compiler.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import { OutputVectors } from './output-vectors.ts';
import { type Vector, valueWidth } from './vector.ts';

/** Rows that one result batch holds at most. */
const RESULT_ROWS = 65536;
/** Text that one result batch holds at most per column. */
const RESULT_TEXT = 1 << 26;

interface Growing {
  /** Raw little-endian values, or text bytes. */
  bytes: Uint8Array<ArrayBuffer>;
  length: number;
  offsets: Int32Array<ArrayBuffer>;
  validity: Uint8Array<ArrayBuffer>;
  hasNulls: boolean;
}

/** Collects surviving rows into result batches. */
export class RowSink {
  readonly #schema: Schema;
  readonly #limit: number;
  #memory: EngineMemory;
  #kernels: Kernels;
  #outputs: OutputVectors;
  #batches: Batch[] = [];
  #growing: Growing[] = [];
  #rows = 0;
  #total = 0;
  #endsAt: number;

  constructor(
    memory: EngineMemory,
    kernels: Kernels,
    compiler: BatchCompiler,
    output: Extract<BoundOutput, { kind: 'rows' }>,
    vectors: ReadonlyMap<number, Vector>,
  ) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#schema = partialSchema(output);
    this.#limit = output.limit ?? Number.POSITIVE_INFINITY;
    this.#outputs = new OutputVectors(
      memory,
      compiler,
      output.columns.map(({ expression }) => expression),
      vectors,
    );
    this.#endsAt = memory.allocate(4 * VECTOR_SIZE);
    this.#startBatch();
  }

  /** Takes the rows that stand in the vectors; gives false when the limit is reached. */
  take(count: number): boolean {
    const wanted = Math.min(count, this.#limit - this.#total);
    if (wanted > 0) {
      this.#outputs.compute(wanted);
      for (const [i, vector] of this.#outputs.vectors.entries())
        this.#append(vector, this.#growing[i] as Growing, wanted);
      this.#rows += wanted;
      this.#total += wanted;
      if (this.#rows + VECTOR_SIZE > RESULT_ROWS || this.#growing.some(({ length }) => length > RESULT_TEXT))
        this.#endBatch();
    }
    return this.#total < this.#limit;
  }

  /** All batches of rows. Then it starts anew. */
  finish(): readonly Batch[] {
    if (this.#rows > 0) this.#endBatch();
    const batches = this.#batches;
    this.#batches = [];
    this.#total = 0;
    return batches;
  }

  #append(vector: Vector, growing: Growing, count: number): void {
    const { type } = vector;
    growing.validity = grown(growing.validity, this.#rows + count, Uint8Array);
    if (vector.hasNulls) {
      growing.validity.set(this.#memory.u8.subarray(vector.validity, vector.validity + count), this.#rows);
      growing.hasNulls = true;
    } else growing.validity.fill(1, this.#rows, this.#rows + count);
    if (type.kind !== 'utf8') {
      const bytes = count * valueWidth(type);
      growing.bytes = grown(growing.bytes, growing.length + bytes, Uint8Array);
      growing.bytes.set(this.#memory.u8.subarray(vector.values, vector.values + bytes), growing.length);
      growing.length += bytes;
      return;
    }
    const lengths = vector.values + 4 * VECTOR_SIZE;
    const total = Number(this.#kernels.totalLength(lengths, count));
    if (growing.length + total > 0x7fffffff)
      throw new SluiceError('bad-data', `a batch of rows holds more than 2 GiB of text`);
    const mark = this.#memory.mark();
    const text = this.#memory.allocate(total);
    this.#kernels.concatenateUtf8(vector.values, lengths, count, text, this.#endsAt);
    growing.bytes = grown(growing.bytes, growing.length + total, Uint8Array);
    growing.bytes.set(this.#memory.u8.subarray(text, text + total), growing.length);
    this.#memory.release(mark);
    growing.offsets = grown(growing.offsets, this.#rows + count + 1, Int32Array);
    const ends = this.#memory.u32.subarray(this.#endsAt >> 2, (this.#endsAt >> 2) + count);
    for (let i = 0; i < count; i++) growing.offsets[this.#rows + i + 1] = growing.length + (ends[i] as number);
    growing.length += total;
  }

  #startBatch(): void {
    this.#rows = 0;
    this.#growing = this.#schema.map(() => ({
      bytes: new Uint8Array(0),
      length: 0,
      offsets: new Int32Array(1),
      validity: new Uint8Array(0),
      hasNulls: false,
    }));
  }

  #endBatch(): void {
    const length = this.#rows;
    const columns = this.#growing.map((growing, i): Column => {
      const type = (this.#schema[i] as Schema[number]).type;
      const validity = growing.hasNulls ? { validity: growing.validity.slice(0, length) } : {};
      const bytes = growing.bytes.slice(0, growing.length);
      if (type.kind === 'utf8')
        return { kind: 'utf8', type, length, bytes, offsets: growing.offsets.slice(0, length + 1), ...validity };
      return { kind: 'fixed', type, length, values: typedValues(bytes, type), ...validity };
    });
    this.#batches.push({ schema: this.#schema, length, columns });
    this.#startBatch();
  }
}

function typedValues(
  bytes: Uint8Array<ArrayBuffer>,
  type: Schema[number]['type'],
): Extract<Column, { kind: 'fixed' }>['values'] {
  if (type.kind === 'bool') return bytes;
  if (type.kind === 'int32' || type.kind === 'date') return new Int32Array(bytes.buffer);
  if (type.kind === 'float64') return new Float64Array(bytes.buffer);
  return new BigInt64Array(bytes.buffer);
}

function grown<T extends Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(
  array: T,
  length: number,
  make: new (length: number) => T,
): T {
  if (array.length >= length) return array;
  const larger = new make(Math.max(length, 2 * array.length, 1024));
  larger.set(array);
  return larger;
}
