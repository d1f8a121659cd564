import { allocateValues, type Batch, type ColumnSpec, type Vector } from './column.ts';

const BATCH_ROWS = 8192;

/** Every row of `batches`, in the order of one fixed-width column, NULL last, ties as they came. Holds all in memory. */
export function* sortRows(columns: readonly ColumnSpec[], batches: Iterable<Batch>, by: string): Generator<Batch> {
  const key = columns.findIndex(({ name }) => name === by);
  if (key < 0 || columns[key]!.type.kind === 'utf8')
    throw new RangeError(`cannot sort by "${by}": it is not a column of numbers, dates or timestamps`);
  const all = concatenate(columns, [...batches]);
  const order = sortedOrder(all.vectors[key]!, all.rows);
  for (let first = 0; first < order.length; first += BATCH_ROWS) {
    const rows = order.subarray(first, first + BATCH_ROWS);
    yield { rows: rows.length, vectors: all.vectors.map((vector, i) => gather(columns[i]!, vector, rows)) };
  }
}

function sortedOrder(vector: Vector, rows: number): Uint32Array {
  if (vector.kind === 'utf8') throw new TypeError('texts are not a sort key');
  const { values, validity } = vector;
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  return order.sort((a, b) => {
    const byNull = validity ? validity[b]! - validity[a]! : 0;
    if (byNull !== 0) return byNull;
    if (!validity || validity[a]) {
      const x = values[a]!;
      const y = values[b]!;
      if (x < y) return -1;
      if (x > y) return 1;
    }
    return a - b;
  });
}

function concatenate(columns: readonly ColumnSpec[], batches: readonly Batch[]): Batch {
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
  return { rows, vectors: columns.map((column, i) => concatenateVectors(column, batches, i, rows)) };
}

function concatenateVectors(column: ColumnSpec, batches: readonly Batch[], index: number, rows: number): Vector {
  const parts = batches.map((batch) => ({ rows: batch.rows, vector: batch.vectors[index]! }));
  const validity = parts.some(({ vector }) => vector.validity) ? new Uint8Array(rows).fill(1) : undefined;
  let row = 0;
  if (column.type.kind !== 'utf8') {
    const values = allocateValues(column.type, rows);
    for (const { rows: count, vector } of parts) {
      // Vectors of one column have one kind of array.
      if (vector.kind === 'fixed') (values as Int32Array).set(vector.values as Int32Array, row);
      if (vector.validity) validity?.set(vector.validity, row);
      row += count;
    }
    return { kind: 'fixed', values, ...(validity && { validity }) };
  }
  const texts = parts.map(({ rows: count, vector }) => ({
    count,
    vector: vector as Extract<Vector, { kind: 'utf8' }>,
  }));
  const bytes = new Uint8Array(texts.reduce((sum, { count, vector }) => sum + vector.offsets[count]!, 0));
  const offsets = new Int32Array(rows + 1);
  let at = 0;
  for (const { count, vector } of texts) {
    for (let i = 0; i < count; i++) offsets[row + i + 1] = at + vector.offsets[i + 1]!;
    bytes.set(vector.bytes.subarray(0, vector.offsets[count]), at);
    if (vector.validity) validity?.set(vector.validity, row);
    at += vector.offsets[count]!;
    row += count;
  }
  return { kind: 'utf8', offsets, bytes, ...(validity && { validity }) };
}

function gather(column: ColumnSpec, vector: Vector, rows: Uint32Array): Vector {
  const validity = vector.validity && { validity: Uint8Array.from(rows, (row) => vector.validity![row]!) };
  if (vector.kind === 'fixed') {
    const values = allocateValues(column.type, rows.length);
    for (let i = 0; i < rows.length; i++) values[i] = vector.values[rows[i]!]!;
    return { kind: 'fixed', values, ...validity };
  }
  const offsets = new Int32Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++)
    offsets[i + 1] = offsets[i]! + vector.offsets[rows[i]! + 1]! - vector.offsets[rows[i]!]!;
  const bytes = new Uint8Array(offsets[rows.length]!);
  for (let i = 0; i < rows.length; i++)
    bytes.set(vector.bytes.subarray(vector.offsets[rows[i]!], vector.offsets[rows[i]! + 1]), offsets[i]);
  return { kind: 'utf8', offsets, bytes, ...validity };
}
