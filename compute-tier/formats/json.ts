import type { Batch } from '../../engine/column.ts';
import { scalarAt } from '../../engine/scalars.ts';
import { formatScalar } from '../../query/format-value.ts';
import type { DataType, Scalar, Schema } from '../../query/types.ts';

/** Text is given in pieces of about so many characters, however large a batch is. */
const PIECE = 1 << 18;

/** An array of objects, one row a line. Numbers stand in full digits; inf and nan, which JSON lacks, as strings. */
export async function* jsonText(schema: Schema, batches: AsyncIterable<Batch>): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const batch of batches) {
    let text = '';
    for (const object of rowObjects(schema, batch)) {
      text += separator + object;
      separator = ',\n';
      if (text.length > PIECE) {
        yield text;
        text = '';
      }
    }
    if (text !== '') yield text;
  }
  yield separator === ',\n' ? '\n]\n' : '[]\n';
}

/** One object a line. */
export async function* ndjsonText(schema: Schema, batches: AsyncIterable<Batch>): AsyncGenerator<string> {
  for await (const batch of batches) {
    let text = '';
    for (const object of rowObjects(schema, batch)) {
      text += `${object}\n`;
      if (text.length > PIECE) {
        yield text;
        text = '';
      }
    }
    if (text !== '') yield text;
  }
}

function* rowObjects(schema: Schema, { length, columns }: Batch): Generator<string> {
  const keys = schema.map(({ name }, index) => `${index > 0 ? ',' : ''}${JSON.stringify(name)}:`);
  for (let row = 0; row < length; row++) {
    let text = '{';
    for (const [index, column] of columns.entries())
      text += keys[index] + jsonValue(scalarAt(column, row), column.type);
    yield `${text}}`;
  }
}

function jsonValue(value: Scalar, type: DataType): string {
  if (value === null) return 'null';
  switch (type.kind) {
    case 'bool':
    case 'int32':
    case 'int64':
    case 'decimal':
      return formatScalar(value, type);
    case 'float64':
      return Number.isFinite(value) ? formatScalar(value, type) : JSON.stringify(formatScalar(value, type));
    default:
      return JSON.stringify(formatScalar(value, type));
  }
}
