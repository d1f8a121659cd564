import { join } from 'node:path';
import type { Batch } from '../../engine/column.ts';
import { openLane } from '../../engine/lanes/lane-registry.ts';
import { describeObject } from '../../engine/run/describe-object.ts';
import { locateFile } from '../../engine/run/locate.ts';
import { rowsOf } from '../contenders/sluice.ts';
import { planQuery } from '../engines/plan-query.ts';
import { runPlan } from '../engines/run-plan.ts';
import type { Work, WorkRequest } from './work.ts';

/** A query over a file from its text to its last row: parsed, planned, compiled, and the file read, at every call. */
export async function prepareQuery({
  sql,
  folder,
  file,
  lane: name,
}: Extract<WorkRequest, { kind: 'query' }>): Promise<Work> {
  const object = await describeObject(await locateFile(join(folder, file)));
  const lane = await openLane(name);
  let batches: readonly Batch[] = [];
  return {
    async call() {
      batches = await runPlan(lane, await planQuery(sql, object, name));
    },
    rows: () => batches.flatMap(rowsOf).sort(),
  };
}
