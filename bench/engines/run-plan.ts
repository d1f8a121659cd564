import type { Batch } from '../../engine/column.ts';
import { openSource } from '../../engine/run/byte-source.ts';
import { finalizeGroups, mergePartials } from '../../engine/run/merge.ts';
import { planTasks } from '../../engine/run/plan-tasks.ts';
import type { Lane, ScanPlan } from '../../engine/task.ts';

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
