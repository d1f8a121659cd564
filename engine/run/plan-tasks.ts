import type { BoundOutput } from '../../query/fragment.ts';
import { planChunks } from '../formats/byte-chunks.ts';
import { readFooter } from '../formats/parquet/footer.ts';
import { planRowGroups } from '../formats/parquet/plan-row-groups.ts';
import { columnsOf } from '../operators/filter-stages.ts';
import { outputExpressions } from '../operators/output-expressions.ts';
import { type ScanPlan, type TaskPart, UNKNOWN_SIZE } from '../task.ts';
import { openSource } from './byte-source.ts';
import type { TaskCounts } from './scan.ts';

/** Rows of a task over columns in memory: so many that groups seldom have to be merged. */
const TASK_ROWS = 1 << 22;

/** The tasks of a scan. */
export interface PlannedTasks {
  readonly parts: readonly TaskPart[];
  /** Those and the ones that need not run. */
  readonly counts: TaskCounts;
  /** Bytes read to know so. */
  readonly bytesRead: number;
}

/**
 * Cuts a scan into tasks, by the object and the filter alone: CSV and NDJSON by bytes, Parquet by row group, columns in
 * memory by rows.
 * Throws what reading the Parquet footer throws.
 */
export async function planTasks({ object, fragment }: ScanPlan, chunkSize?: number): Promise<PlannedTasks> {
  const { format, location } = object;
  const { conjuncts, output } = fragment;
  const unpruned = (parts: readonly TaskPart[]) => ({
    parts,
    counts: { total: parts.length, pruned: 0 },
    bytesRead: 0,
  });
  if (format.kind === 'columns') return unpruned(planRows(format.rows));
  if (format.kind !== 'parquet') {
    const { coding, dataStart } = format;
    // Coded text can only be read from its start, by one task.
    const chunks = coding ? [{ start: dataStart, end: UNKNOWN_SIZE }] : planChunks(dataStart, location.size, chunkSize);
    return unpruned(
      chunks.map((chunk) =>
        format.kind === 'csv' ? { kind: 'csv-chunk', ...chunk } : { kind: 'ndjson-chunk', ...chunk },
      ),
    );
  }
  if (conjuncts.length === 0 && !isLimited(output)) {
    const groups = format.groupRows.map((_, index): TaskPart => ({ kind: 'row-group', index }));
    return unpruned(groups);
  }
  const source = openSource(location);
  try {
    const { footer, bytesRead } = await readFooter(source, location.version);
    const columns = new Set([...conjuncts, ...outputExpressions(output)].flatMap((each) => [...columnsOf(each)]));
    const plan = await planRowGroups(source, footer, fragment, [...columns]);
    const { groups, pages, bytes } = plan.pruned;
    const counts = { total: format.groupRows.length, pruned: groups, pages, bytesPruned: bytes };
    return { parts: plan.parts, counts, bytesRead: bytesRead + plan.bytesRead };
  } finally {
    source.close();
  }
}

/** Whether some rows suffice, whatever they hold. */
export function isLimited(output: BoundOutput): boolean {
  return output.kind === 'rows' && output.limit !== undefined && !output.orderBy;
}

function planRows(rows: number): TaskPart[] {
  const parts: TaskPart[] = [];
  for (let first = 0; first < rows; first += TASK_ROWS)
    parts.push({ kind: 'rows', first, count: Math.min(TASK_ROWS, rows - first) });
  return parts;
}
