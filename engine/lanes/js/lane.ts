import { SluiceError } from '../../../query/error.ts';
import type { BoundOutput } from '../../../query/fragment.ts';
import { partialSchema } from '../../../query/partial-states.ts';
import type { Column } from '../../column.ts';
import { type ColumnScanner, compileColumnScanner } from '../../compile/js/column-scanner.ts';
import { type CsvScanner, compileCsvScanner, csvShape } from '../../compile/js/csv-scanner.ts';
import { keyOfData } from '../../compile/js/expression-key.ts';
import { NdjsonColumns } from '../../formats/ndjson/ndjson-columns.ts';
import { TopK } from '../../operators/top-k.ts';
import type { ByteSource, ColumnLane, ScanPlan, TaskPart, TaskResult } from '../../task.ts';
import { CsvChunkScan, newReadBuffer } from './csv-chunk.ts';
import { GroupsSink } from './groups-sink.ts';
import { ParquetColumns } from './parquet-columns.ts';
import { RowsSink } from './rows-sink.ts';

const KEPT_SCANNERS = 32;
/** Rows of a row group between two looks at `aborted`. */
const STRIDE = 65_536;

/** Executes scan tasks in plain JavaScript, by functions generated per fragment. */
export class JsLane implements ColumnLane {
  readonly #buffer = newReadBuffer();
  readonly #parquet = new ParquetColumns();
  readonly #held = new Map<string, readonly Column[]>();
  readonly #scanners = new Map<string, CsvScanner | ColumnScanner>();

  readonly #maximumGroupBytes: number | undefined;

  /** `groupBytes`: memory that the groups of a task may take before some leave early. */
  constructor({ groupBytes }: { groupBytes?: number } = {}) {
    this.#maximumGroupBytes = groupBytes;
  }

  async run(plan: ScanPlan, part: TaskPart, source: ByteSource, aborted: () => boolean): Promise<TaskResult> {
    const { output } = plan.fragment;
    const sink = openSink(output, this.#maximumGroupBytes);
    if (part.kind === 'csv-chunk') {
      const scan = new CsvChunkScan(this.#csvScanner(plan), plan, part, source, this.#buffer, aborted);
      const rowBounds = await scan.run(sink);
      const { bytesRead, rejected } = scan;
      const batches = sink.finish();
      return { batches, rowsScanned: sink.rows, bytesRead, rejected, ...(rowBounds && { rowBounds }) };
    }
    if (part.kind === 'ndjson-chunk') {
      const bytesRead = await this.#scanNdjson(plan, part, source, sink, aborted);
      return { batches: sink.finish(), rowsScanned: sink.rows, bytesRead };
    }
    const bytesRead =
      part.kind === 'row-group'
        ? await this.#scanRowGroup(plan, part, source, sink, aborted)
        : this.#scanHeld(plan, part, sink, aborted);
    return { batches: sink.finish(), rowsScanned: sink.rows, bytesRead };
  }

  hold(object: string, columns: readonly Column[]): void {
    this.#held.set(object, columns);
  }

  async #scanRowGroup(
    plan: ScanPlan,
    { index, ranges }: Extract<TaskPart, { kind: 'row-group' }>,
    source: ByteSource,
    sink: RowsSink | GroupsSink,
    aborted: () => boolean,
  ): Promise<number> {
    const { format } = plan.object;
    if (format.kind !== 'parquet') throw new SluiceError('internal', `${source.name} has no row groups`);
    const scanner = this.#columnScanner(plan);
    const { columns, bytesRead } =
      scanner.columns.length > 0
        ? await this.#parquet.read(source, plan.object, index, scanner.columns, ranges)
        : { columns: [], bytesRead: 0 };
    const rows = ranges?.reduce((sum, { first, end }) => sum + end - first, 0) ?? format.groupRows[index] ?? 0;
    scanColumns(scanner, columns, 0, rows, { name: source.name, sink, aborted });
    return bytesRead;
  }

  async #scanNdjson(
    plan: ScanPlan,
    part: Extract<TaskPart, { kind: 'ndjson-chunk' }>,
    source: ByteSource,
    sink: RowsSink | GroupsSink,
    aborted: () => boolean,
  ): Promise<number> {
    const { format, schema, guessed } = plan.object;
    if (format.kind !== 'ndjson') throw new SluiceError('internal', `${source.name} is no NDJSON object`);
    const scanner = this.#columnScanner(plan);
    const reader = new NdjsonColumns(source, { schema, format, guessed }, scanner.columns, aborted);
    for await (const { columns, rows } of reader.batches(part, format.dataStart)) {
      scanColumns(scanner, columns, 0, rows, { name: source.name, sink, aborted });
      if (sink.done) break;
    }
    return reader.bytesRead;
  }

  #scanHeld(
    plan: ScanPlan,
    { first, count }: Extract<TaskPart, { kind: 'rows' }>,
    sink: RowsSink | GroupsSink,
    aborted: () => boolean,
  ): number {
    const { name } = plan.object.location;
    const held = this.#held.get(name);
    if (!held) throw new SluiceError('internal', `${name}: the lane does not hold its columns`);
    const scanner = this.#columnScanner(plan);
    const columns = scanner.columns.map((index) => held[index] as Column);
    scanColumns(scanner, columns, first, first + count, { name, sink, aborted });
    return 0;
  }

  #columnScanner(plan: ScanPlan): ColumnScanner {
    return this.#scanner(plan, () => compileColumnScanner(plan.fragment, plan.object.schema)) as ColumnScanner;
  }

  #csvScanner(plan: ScanPlan): CsvScanner {
    const { format, schema } = plan.object;
    if (format.kind !== 'csv') throw new SluiceError('internal', `${plan.object.location.name} is no CSV object`);
    return this.#scanner(plan, () => compileCsvScanner(plan.fragment, schema, format)) as CsvScanner;
  }

  /** Generated functions are kept for the fragments last used. */
  #scanner(plan: ScanPlan, compile: () => CsvScanner | ColumnScanner): CsvScanner | ColumnScanner {
    const { format, schema } = plan.object;
    const key = keyOfData([format.kind === 'csv' ? csvShape(format) : [], schema, plan.fragment]);
    const scanner = this.#scanners.get(key) ?? compile();
    this.#scanners.delete(key);
    this.#scanners.set(key, scanner);
    if (this.#scanners.size > KEPT_SCANNERS) this.#scanners.delete(this.#scanners.keys().next().value as string);
    return scanner;
  }
}

function openSink(output: BoundOutput, groupBytes: number | undefined): RowsSink | GroupsSink {
  if (output.kind === 'groups') return new GroupsSink(output, groupBytes);
  const schema = partialSchema(output);
  const { orderBy, limit } = output;
  if (limit === undefined || !orderBy?.length) return new RowsSink(schema);
  return new RowsSink(schema, { topK: new TopK(schema, orderBy, limit) });
}

interface Target {
  readonly name: string;
  readonly sink: RowsSink | GroupsSink;
  readonly aborted: () => boolean;
}

/** Scans the rows [first, end), fast where every value allows it, exactly around values that do not. */
function scanColumns(
  scanner: ColumnScanner,
  columns: readonly Column[],
  first: number,
  end: number,
  { name, sink, aborted }: Target,
): void {
  let burst = 1;
  for (let row = first; row < end && !sink.done; ) {
    if (aborted()) throw new SluiceError('cancelled', `the scan of ${name} was cancelled`);
    const stop = Math.min(end, row + STRIDE);
    let next = scanner.fast ? scanner.fast(sink, columns, row, stop) : ~row;
    if (next < 0) {
      burst = ~next === row ? Math.min(STRIDE, 2 * burst) : 1;
      next = scanner.exact(sink, columns, ~next, Math.min(end, ~next + (scanner.fast ? burst : STRIDE)));
    }
    row = next;
    sink.settle();
  }
}
