import type { Batch } from '../engine/column.ts';
import { finalizeGroups, GroupMerger } from '../engine/run/merge.ts';
import { SluiceError } from '../query/error.ts';
import type { BoundOutput } from '../query/fragment.ts';
import { partialSchema } from '../query/partial-states.ts';
import { formatType, type Schema } from '../query/types.ts';

/**
 * What scans of one fragment gave, as the residual wants it: rows as they are, partial groups merged and finished.
 * Throws `schema-changed` when a batch is not what the fragment must give: its object is not as it was described.
 */
export async function* gather(
  object: string,
  output: BoundOutput,
  batches: AsyncIterable<Batch>,
): AsyncGenerator<Batch> {
  const expected = shape(partialSchema(output));
  const merger = output.kind === 'groups' ? new GroupMerger(output) : undefined;
  for await (const batch of batches) {
    if (shape(batch.schema) !== expected)
      throw new SluiceError('schema-changed', `${object}: is not what it was planned as; run the query again`);
    if (merger) merger.add(batch);
    else yield batch;
  }
  if (merger) for (const groups of merger.finish()) yield finalizeGroups(output, groups);
}

function shape(schema: Schema): string {
  return schema.map(({ type }) => formatType(type)).join();
}
