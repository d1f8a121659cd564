import type { BoundOutput } from '../../query/fragment.ts';
import type { Batch } from '../column.ts';

/** Merges batches of partial groups into one, groups in the order of their first appearance. */
export function mergePartials(output: BoundOutput, batches: Iterable<Batch>): Batch {
  throw new Error(`not yet ${output} ${batches}`);
}

/** Turns merged partial groups into final values: keys, then one column an aggregate. */
export function finalizeGroups(output: BoundOutput, batch: Batch): Batch {
  throw new Error(`not yet ${output} ${batch}`);
}
