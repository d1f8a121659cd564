import type { Batch } from '../../../engine/column.ts';
import { type CsvDialect, RFC_4180 } from '../../../engine/csv-format.ts';
import { planChunks } from '../../../engine/formats/byte-chunks.ts';
import { openLane } from '../../../engine/lanes/lane-registry.ts';
import { oneByOne, runInOrder } from '../../../engine/run/run-in-order.ts';
import { scalarAt } from '../../../engine/scalars.ts';
import type { ByteSource, Lane, RejectedCounts, ScanPlan } from '../../../engine/task.ts';
import { bindFragment } from '../../../query/bind.ts';
import type { Fragment, LaneName } from '../../../query/fragment.ts';
import type { Scalar, Schema } from '../../../query/types.ts';
import { memorySource } from '../memory-source.ts';

export interface CsvScan {
  readonly lane: LaneName;
  /** The rows alone: no header, no byte order mark. */
  readonly content: string | Uint8Array | ByteSource;
  readonly schema: Schema;
  readonly dialect?: Partial<CsvDialect>;
  readonly filter?: Fragment['filter'];
  /** All columns if absent. */
  readonly output?: Fragment['output'];
  /** Bytes; chunks of the usual size if absent. */
  readonly chunk?: number;
}

export interface CsvScanOutcome {
  readonly rows: readonly (readonly Scalar[])[];
  readonly rowsScanned: number;
  readonly rejected: RejectedCounts;
}

/** One lane for each name, kept so that tests see whether it lives on after an error. */
const lanes = new Map<LaneName, Promise<Lane>>();

/** Scans CSV text in chunks, one after the other, each guessed at and verified; gives all rows of the output. */
export async function scanCsv(scan: CsvScan): Promise<CsvScanOutcome> {
  const { content, chunk } = scan;
  if (!lanes.has(scan.lane)) lanes.set(scan.lane, openLane(scan.lane));
  const lane = (await lanes.get(scan.lane)) as Lane;
  const source = isSource(content) ? content : memorySource(content);
  const plan = planOf(scan, source);
  const parts = planChunks(0, source.size, chunk).map((bytes) => ({ kind: 'csv-chunk', ...bytes }) as const);
  const batches: Batch[] = [];
  let rowsScanned = 0;
  let rowsSkipped = 0;
  let valuesNulled = 0;
  for await (const result of runInOrder(
    parts,
    oneByOne(parts, (part) => lane.run(plan, part, source, () => false)),
    () => 1,
  )) {
    batches.push(...result.batches);
    rowsScanned += result.rowsScanned;
    rowsSkipped += result.rejected?.rowsSkipped ?? 0;
    valuesNulled += result.rejected?.valuesNulled ?? 0;
  }
  const rows = batches.flatMap((batch) =>
    Array.from({ length: batch.length }, (_, row) => batch.columns.map((column) => scalarAt(column, row))),
  );
  return { rows, rowsScanned, rejected: { rowsSkipped, valuesNulled } };
}

function planOf({ lane, schema, dialect, filter, output }: CsvScan, source: ByteSource): ScanPlan {
  const columns = schema.map(({ name }) => ({ name, expression: { kind: 'column', name } as const }));
  const fragment: Fragment = {
    version: 1,
    object: source.name,
    lane,
    ...(filter && { filter }),
    output: output ?? { kind: 'rows', columns },
  };
  return {
    lane,
    fragment: bindFragment(fragment, schema),
    object: {
      location: { kind: 'file', name: source.name, path: '', size: source.size, version: '1' },
      format: { kind: 'csv', ...RFC_4180, ...dialect, dataStart: 0, header: false },
      schema,
    },
  };
}

function isSource(content: CsvScan['content']): content is ByteSource {
  return typeof content === 'object' && 'read' in content;
}
