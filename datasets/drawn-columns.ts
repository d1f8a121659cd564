import {
  allocateValues,
  type Batch,
  type ColumnSpec,
  type FixedVector,
  type Utf8Vector,
  type Vector,
} from './column.ts';
import type { Generation } from './dataset.ts';
import { Random } from './random.ts';

const BATCH_ROWS = 2048;

export type DrawnValue = boolean | number | bigint | string;

/** A column and the rule that draws its values: bigints for columns of 64 bits, else what the type says. */
export interface DrawnColumn extends ColumnSpec {
  /** How many of a thousand rows are NULL, about. */
  readonly nullsPerMille: number;
  readonly draw: (random: Random, row: number) => DrawnValue;
}

/** The rows of a table whose values are drawn one by one. Each column has a stream of its own: a new one leaves the others as they are. */
export function* drawBatches(
  columns: readonly DrawnColumn[],
  rowsPerScale: number,
  { scale, seed }: Generation,
): Generator<Batch> {
  const total = Math.max(1, Math.round(scale * rowsPerScale));
  const randoms = columns.map((_, index) => new Random(seed, index));
  for (let first = 0; first < total; first += BATCH_ROWS) {
    const rows = Math.min(BATCH_ROWS, total - first);
    yield { rows, vectors: columns.map((column, index) => drawVector(column, randoms[index]!, first, rows)) };
  }
}

function drawVector(column: DrawnColumn, random: Random, firstRow: number, rows: number): Vector {
  const validity = new Uint8Array(rows);
  const drawn: (DrawnValue | null)[] = [];
  const nullable = column.nullsPerMille > 0;
  for (let row = 0; row < rows; row++) {
    const value = column.draw(random, firstRow + row);
    const valid = !nullable || random.below(1000) >= column.nullsPerMille;
    validity[row] = valid ? 1 : 0;
    drawn.push(valid ? value : null);
  }
  const vector = column.type.kind === 'utf8' ? utf8Vector(drawn) : fixedVector(column, drawn);
  return nullable ? { ...vector, validity } : vector;
}

function fixedVector({ type }: DrawnColumn, drawn: readonly (DrawnValue | null)[]): FixedVector {
  const values = allocateValues(type, drawn.length);
  for (let row = 0; row < drawn.length; row++) {
    const value = drawn[row]!;
    if (value === null) continue;
    if (values instanceof BigInt64Array) values[row] = value as bigint;
    else values[row] = Number(value);
  }
  return { kind: 'fixed', values };
}

const encoder = new TextEncoder();

function utf8Vector(drawn: readonly (DrawnValue | null)[]): Utf8Vector {
  const texts = drawn.map((value) => (value === null ? '' : String(value)));
  const bytes = encoder.encode(texts.join(''));
  const offsets = new Int32Array(drawn.length + 1);
  for (let row = 0; row < texts.length; row++) offsets[row + 1] = offsets[row]! + Buffer.byteLength(texts[row]!);
  return { kind: 'utf8', offsets, bytes };
}
