import type { Batch, Column } from '../column.ts';
import { isWide } from '../column.ts';

/** The first `count` rows of a batch, as views of its vectors. */
export function firstRows(batch: Batch, count: number): Batch {
  if (count >= batch.length) return batch;
  return { schema: batch.schema, length: count, columns: batch.columns.map((column) => firstOf(column, count)) };
}

function firstOf(column: Column, count: number): Column {
  const validity = column.validity && { validity: column.validity.subarray(0, count) };
  if (column.kind === 'utf8') {
    const offsets = column.offsets.subarray(0, count + 1);
    return { ...column, ...validity, length: count, offsets, bytes: column.bytes.subarray(0, offsets[count]) };
  }
  const words = isWide(column.type) ? 2 * count : count;
  return { ...column, ...validity, length: count, values: column.values.subarray(0, words) };
}
