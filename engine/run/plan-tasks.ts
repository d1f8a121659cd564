import { planChunks } from '../formats/byte-chunks.ts';
import { readFooter } from '../formats/parquet/footer.ts';
import { pruneRowGroups } from '../formats/parquet/prune.ts';
import { type ScanPlan, type TaskPart, UNKNOWN_SIZE } from '../task.ts';
import { openSource } from './byte-source.ts';

/** Rows of a task over columns in memory: so many that groups seldom have to be merged. */
const TASK_ROWS = 1 << 22;

/** The tasks of a scan. */
export interface PlannedTasks {
  readonly parts: readonly TaskPart[];
  /** Row groups whose statistics say that no row of theirs can match. */
  readonly pruned: number;
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
  const unpruned = (parts: readonly TaskPart[]) => ({ parts, pruned: 0, bytesRead: 0 });
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
  const groups = format.groupRows.map((_, index): TaskPart => ({ kind: 'row-group', index }));
  if (fragment.conjuncts.length === 0) return { parts: groups, pruned: 0, bytesRead: 0 };
  const source = openSource(location);
  try {
    const { footer, bytesRead } = await readFooter(source, location.version);
    const needed = pruneRowGroups(footer.metadata, footer, fragment.conjuncts);
    const parts = groups.filter((_, index) => needed[index]);
    return { parts, pruned: groups.length - parts.length, bytesRead };
  } finally {
    source.close();
  }
}

function planRows(rows: number): TaskPart[] {
  const parts: TaskPart[] = [];
  for (let first = 0; first < rows; first += TASK_ROWS)
    parts.push({ kind: 'rows', first, count: Math.min(TASK_ROWS, rows - first) });
  return parts;
}
