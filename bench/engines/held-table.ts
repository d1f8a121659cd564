import { join } from 'node:path';
import type { Column } from '../../engine/column.ts';
import { ParquetColumns } from '../../engine/lanes/js/parquet-columns.ts';
import { openSource } from '../../engine/run/byte-source.ts';
import { describeObject } from '../../engine/run/describe-object.ts';
import { locateFile } from '../../engine/run/locate.ts';
import type { ObjectDescription } from '../../engine/task.ts';
import { SluiceError } from '../../query/error.ts';

/** A table whose columns are in memory, as lanes take hold of it. */
export interface HeldTable {
  readonly object: ObjectDescription;
  readonly columns: readonly Column[];
}

/** Decodes all columns of a Parquet file. */
export async function readTable(folder: string, file: string): Promise<HeldTable> {
  const location = await locateFile(join(folder, file));
  const description = await describeObject(location);
  const { format, schema } = description;
  if (format.kind !== 'parquet') throw new SluiceError('internal', `${file} is no Parquet file`);
  const source = openSource(location);
  try {
    const reader = new ParquetColumns();
    const indexes = schema.map((_, index) => index);
    const groups: Column[][] = [];
    for (const index of format.groupRows.keys())
      groups.push((await reader.read(source, description, index, indexes)).columns);
    const columns = indexes.map((index) => joined(groups.map((group) => group[index]!)));
    const rows = format.groupRows.reduce((sum, count) => sum + count, 0);
    const { name, size, version } = location;
    return {
      object: { location: { kind: 'memory', name, size, version }, format: { kind: 'columns', rows }, schema },
      columns,
    };
  } finally {
    source.close();
  }
}

/** The pieces of a column without NULLs as one. */
function joined(pieces: readonly Column[]): Column {
  const [first] = pieces;
  if (!first || pieces.some(({ validity }) => validity))
    throw new SluiceError('internal', 'columns to be measured have rows, and no NULLs');
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (first.kind === 'fixed') {
    const arrays = pieces.map((piece) => (piece as typeof first).values);
    const values = new (arrays[0]!.constructor as new (length: number) => Float64Array)(length);
    let at = 0;
    for (const array of arrays) {
      values.set(array as Float64Array, at);
      at += array.length;
    }
    return { kind: 'fixed', type: first.type, length, values };
  }
  const texts = pieces as (typeof first)[];
  const offsets = new Int32Array(length + 1);
  const bytes = new Uint8Array(texts.reduce((sum, text) => sum + text.offsets[text.length]!, 0));
  let row = 0;
  let at = 0;
  for (const text of texts) {
    const end = text.offsets[text.length]!;
    bytes.set(text.bytes.subarray(0, end), at);
    for (let i = 1; i <= text.length; i++) offsets[row + i] = at + text.offsets[i]!;
    row += text.length;
    at += end;
  }
  return { kind: 'utf8', type: first.type, length, offsets, bytes };
}
