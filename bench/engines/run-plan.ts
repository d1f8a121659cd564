import type { Batch } from '../../engine/column.ts';
import { openSource } from '../../engine/run/byte-source.ts';
import { finalizeGroups, mergePartials } from '../../engine/run/merge.ts';
import { planTasks } from '../../engine/run/plan-tasks.ts';
import type { Lane, ObjectDescription, ScanPlan } from '../../engine/task.ts';
import { bindFragment } from '../../query/bind.ts';
import { SluiceError } from '../../query/error.ts';
import type { LaneName } from '../../query/fragment.ts';
import { planFragment } from '../../query/plan.ts';
import { parseSql } from '../../query/sql/parse-sql.ts';

/**
 * Plans a query of which nothing is left to do behind its scan.
 * @throws SluiceError `bad-request` when there is.
 */
export async function planQuery(sql: string, object: ObjectDescription, lane: LaneName): Promise<ScanPlan> {
  const { fragment, residual } = planFragment(await parseSql(sql), object.schema, lane);
  const plain = residual.columns.every(({ expression }, i) => expression.kind === 'column' && expression.index === i);
  if (!plain || residual.having || residual.orderBy.length > 0)
    throw new SluiceError('bad-request', `to be measured, a query selects its keys, then aggregates: ${sql}`);
  return { object, fragment: bindFragment(fragment, object.schema), lane };
}

/** Runs all tasks of a plan in this thread, one after the other; `chunkSize` as for `planTasks`. */
export async function runPlan(lane: Lane, plan: ScanPlan, chunkSize?: number): Promise<readonly Batch[]> {
  const { output } = plan.fragment;
  const source = openSource(plan.object.location);
  try {
    const partials: Batch[] = [];
    for (const part of (await planTasks(plan, chunkSize)).parts)
      partials.push(...(await lane.run(plan, part, source, () => false)).batches);
    if (output.kind === 'rows') return partials;
    const [only, ...others] = partials;
    return [finalizeGroups(output, only && others.length === 0 ? only : mergePartials(output, partials))];
  } finally {
    source.close();
  }
}
