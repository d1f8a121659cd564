import type { Batch } from '../../engine/column.ts';
import { scalarAt } from '../../engine/scalars.ts';
import { formatScalar } from '../../query/format-value.ts';
import type { Schema } from '../../query/types.ts';

/** Text is given in pieces of about so many characters, however large a batch is. */
const PIECE = 1 << 18;

/** The exact form of CLI.md: a header, RFC 4180 quoting where needed, LF; NULL is empty, an empty string `""`. */
export async function* csvText(schema: Schema, batches: AsyncIterable<Batch>): AsyncGenerator<string> {
  yield `${schema.map(({ name }) => quoted(name)).join(',')}\n`;
  for await (const { length, columns } of batches) {
    let text = '';
    for (let row = 0; row < length; row++) {
      for (const [index, column] of columns.entries()) {
        const value = scalarAt(column, row);
        if (index > 0) text += ',';
        if (typeof value === 'string') text += quoted(value);
        else text += formatScalar(value, column.type);
      }
      text += '\n';
      if (text.length > PIECE) {
        yield text;
        text = '';
      }
    }
    if (text !== '') yield text;
  }
}

function quoted(text: string): string {
  if (text === '') return '""';
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
