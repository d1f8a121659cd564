import { daysOf } from './calendar.ts';
import type { Batch, ColumnSpec, ColumnType, FixedVector, Utf8Vector } from './column.ts';
import type { Dataset, Generation } from './dataset.ts';
import { pseudoText } from './pseudo-text.ts';
import { Random } from './random.ts';

const FLOAT: ColumnType = { kind: 'float64' };
const KEY: ColumnType = { kind: 'int32' };
const MONEY: ColumnType = { kind: 'decimal', precision: 12, scale: 2 };
const TEXT: ColumnType = { kind: 'utf8' };

const COLUMNS: readonly ColumnSpec[] = [
  { name: 'price', type: FLOAT },
  { name: 'disc', type: FLOAT },
  { name: 'qty', type: FLOAT },
  { name: 'x', type: FLOAT },
  { name: 'v', type: FLOAT },
  { name: 'k4', type: KEY },
  { name: 'k1000', type: KEY },
  { name: 'k1000000', type: KEY },
  { name: 'quantity', type: MONEY },
  { name: 'extended', type: MONEY },
  { name: 'discount', type: MONEY },
  { name: 'tax', type: MONEY },
  { name: 'shipped', type: { kind: 'date' } },
  { name: 'flag', type: TEXT },
  { name: 's', type: TEXT },
];

const BATCH_ROWS = 8192;
const POOL_BYTES = 1 << 20;
const SHORTEST_TEXT = 10;
const LONGEST_TEXT = 43;
const FLAGS = [...new TextEncoder().encode('ANR')];
const FIRST_DAY = daysOf(1992, 1, 2);
const DAYS = 2526;

class MeasuresGenerator {
  readonly #random: Random;
  readonly #pool: Uint8Array;
  #left: number;

  constructor({ scale, seed }: Generation) {
    this.#random = new Random(seed);
    this.#pool = pseudoText(new Random(seed, 1), POOL_BYTES);
    this.#left = Math.max(1, Math.round(scale * ROWS_PER_SCALE));
  }

  next(): Batch {
    const rows = Math.min(BATCH_ROWS, this.#left);
    this.#left -= rows;
    const random = this.#random;
    const uniform = (low: number, high: number) => low + (random.uint32() / 0x1_0000_0000) * (high - low);
    const floats = (make: () => number): FixedVector => fixed(Float64Array.from({ length: rows }, make));
    const keys = (count: number): FixedVector => fixed(Int32Array.from({ length: rows }, () => random.below(count)));
    const cents = (low: number, high: number): FixedVector =>
      fixed(BigInt64Array.from({ length: rows }, () => BigInt(random.between(low, high))));
    return {
      rows,
      vectors: [
        floats(() => uniform(0, 400)),
        floats(() => uniform(0, 1)),
        floats(() => uniform(0, 50)),
        floats(() => uniform(-7, 7)),
        floats(() => random.below(1000)),
        keys(4),
        keys(1000),
        keys(1_000_000),
        fixed(BigInt64Array.from({ length: rows }, () => BigInt(100 * random.between(1, 50)))),
        cents(90_000, 10_494_950),
        cents(0, 10),
        cents(0, 8),
        fixed(Int32Array.from({ length: rows }, () => FIRST_DAY + random.below(DAYS))),
        this.#flags(rows),
        this.#texts(rows),
      ],
    };
  }

  #flags(rows: number): Utf8Vector {
    const bytes = Uint8Array.from({ length: rows }, () => this.#random.pick(FLAGS));
    return { kind: 'utf8', offsets: Int32Array.from({ length: rows + 1 }, (_, row) => row), bytes };
  }

  #texts(rows: number): Utf8Vector {
    const offsets = new Int32Array(rows + 1);
    const bytes = new Uint8Array(rows * LONGEST_TEXT);
    for (let row = 0; row < rows; row++) {
      const from = this.#random.below(POOL_BYTES - LONGEST_TEXT);
      const length = this.#random.between(SHORTEST_TEXT, LONGEST_TEXT);
      bytes.set(this.#pool.subarray(from, from + length), offsets[row]!);
      offsets[row + 1] = offsets[row]! + length;
    }
    return { kind: 'utf8', offsets, bytes: bytes.slice(0, offsets[rows]) };
  }
}

function fixed(values: FixedVector['values']): FixedVector {
  return { kind: 'fixed', values };
}

const ROWS_PER_SCALE = 1_000_000;

/** Columns without any story, for measuring what an engine computes: sums of `v` are exact in every order. */
export const measures: Dataset = {
  name: 'measures',
  summary: 'numbers, keys of 4, 1,000 and 1,000,000 values, decimals and text: 15 columns, 1,000,000 rows at scale 1',
  columns: COLUMNS,
  rowsPerScale: ROWS_PER_SCALE,
  *batches(options) {
    const generator = new MeasuresGenerator(options);
    for (let batch = generator.next(); batch.rows > 0; batch = generator.next()) yield batch;
  },
};
