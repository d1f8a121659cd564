import { planChunks } from '../formats/csv/plan-chunks.ts';
import type { ScanPlan, TaskPart } from '../task.ts';

/** The tasks of a scan; `pruned` is the number of row groups that need not be read. */
export interface PlannedTasks {
  readonly parts: readonly TaskPart[];
  readonly pruned: number;
}

/** Cuts a scan into tasks, by the object alone: CSV by bytes, Parquet by row group. */
export async function planTasks({ object }: ScanPlan, chunkSize?: number): Promise<PlannedTasks> {
  const { format, location } = object;
  if (format.kind === 'csv') return { parts: planChunks(format.dataStart, location.size, chunkSize), pruned: 0 };
  return { parts: format.groupRows.map((_, index) => ({ kind: 'row-group', index })), pruned: 0 };
}
