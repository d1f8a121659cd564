import { once } from 'node:events';
import { encodeResult, type ResultFormat } from '../compute-tier/formats/result-format.ts';
import type { Batch } from '../engine/column.ts';

/** Writes a result to stdout as its batches come; the first batch tells the schema. */
export async function writeResult(format: ResultFormat, source: AsyncIterable<Batch> | Iterable<Batch>): Promise<void> {
  const batches = toAsync(source);
  const first = await batches.next();
  if (first.done) return;
  for await (const bytes of encodeResult(format, first.value.schema, withFirst(first.value, batches)))
    if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
}

async function* toAsync(batches: AsyncIterable<Batch> | Iterable<Batch>): AsyncGenerator<Batch, void> {
  yield* batches;
}

async function* withFirst(first: Batch, rest: AsyncIterable<Batch>): AsyncGenerator<Batch> {
  yield first;
  yield* rest;
}
