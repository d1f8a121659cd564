import { join } from 'node:path';
import type { Batch } from '../../engine/column.ts';
import { openLane } from '../../engine/lanes/lane-registry.ts';
import { describeObject } from '../../engine/run/describe-object.ts';
import { locateFile } from '../../engine/run/locate.ts';
import { rowsOf } from '../contenders/sluice.ts';
import { planQuery } from '../engines/plan-query.ts';
import { runPlan } from '../engines/run-plan.ts';
import type { Work, WorkRequest } from './work.ts';

/**
 * The scan of a planned query over a file, on this thread: the file is read at every call. A `task` is one of many of the
 * same plan, so that what the lane compiled for it stays; a `query` comes for the first time, and is compiled anew.
 */
export async function prepareQuery({
  kind,
  sql,
  folder,
  file,
  lane: name,
}: Extract<WorkRequest, { kind: 'query' | 'task' }>): Promise<Work> {
  const object = await describeObject(await locateFile(join(folder, file)));
  const lane = await openLane(name);
  const plan = await planQuery(sql, object, name);
  let batches: readonly Batch[] = [];
  return {
    async call() {
      batches = await runPlan(lane, kind === 'query' ? { ...plan } : plan);
    },
    rows: () => batches.flatMap(rowsOf).sort(),
  };
}
