import type { Schema } from '../query/types.ts';
import type { Batch } from './column.ts';

/** An Arrow IPC stream of the batches: the schema first, then one record batch each. */
export async function* arrowStream(schema: Schema, batches: AsyncIterable<Batch>): AsyncGenerator<Uint8Array> {
  throw new Error(`not yet ${schema} ${batches}`);
}

/** Reads an Arrow IPC stream that `arrowStream` wrote. Throws `bad-data`. */
export async function* readArrowStream(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Batch> {
  throw new Error(`not yet ${bytes}`);
}
