import { arrowStream } from '../../engine/arrow.ts';
import type { Batch } from '../../engine/column.ts';
import type { Schema } from '../../query/types.ts';
import { csvText } from './csv.ts';
import { jsonText, ndjsonText } from './json.ts';
import { tableText } from './table.ts';

export const RESULT_FORMATS = ['table', 'csv', 'json', 'ndjson', 'arrow'] as const;
export type ResultFormat = (typeof RESULT_FORMATS)[number];

type TextFormat = (schema: Schema, batches: AsyncIterable<Batch>) => AsyncIterable<string>;

const TEXT: Record<Exclude<ResultFormat, 'arrow'>, TextFormat> = {
  table: tableText,
  csv: csvText,
  json: jsonText,
  ndjson: ndjsonText,
};

/** A result as bytes, UTF-8 where it is text; made as batches come. */
export async function* encodeResult(
  format: ResultFormat,
  schema: Schema,
  batches: AsyncIterable<Batch>,
): AsyncGenerator<Uint8Array> {
  if (format === 'arrow') {
    yield* arrowStream(schema, batches);
    return;
  }
  for await (const text of TEXT[format](schema, batches)) yield Buffer.from(text);
}
