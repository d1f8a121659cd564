import { SluiceError } from '../../../query/error.ts';
import type { Column } from '../../column.ts';
import { ndjsonPaths } from '../../formats/ndjson/paths.ts';
import type { ByteSource, ColumnLane, ScanPlan, TaskPart, TaskResult } from '../../task.ts';
import { VECTOR_SIZE } from '../../task.ts';
import { BatchCompiler } from './batch-compiler.ts';
import { BatchScan } from './batch-scan.ts';
import { ColumnLoader } from './column-loader.ts';
import { CsvBatches } from './csv-batches.ts';
import { CsvLoader } from './csv-loader.ts';
import { FusedLoops } from './fused-loops.ts';
import { type HeldColumn, HeldLoader, holdColumn } from './held-columns.ts';
import { instantiateKernels, type Kernels } from './kernels.ts';
import { EngineMemory } from './memory.ts';
import { NdjsonBatches } from './ndjson-batches.ts';
import { NdjsonLoader } from './ndjson-loader.ts';
import { ParquetColumns } from './parquet-columns.ts';
import type { StageClock } from './stage-clock.ts';
import { TextRoom } from './text-room.ts';

/** A task's memory is given back at its end; beyond this size the whole instance is thrown away instead. */
const KEPT_BYTES = 1 << 28;

/** The WASM lane: kernels, and loops compiled for the query, over one linear memory a worker. */
export class WasmLane implements ColumnLane {
  #memory!: EngineMemory;
  #texts!: TextRoom;
  #kernels!: Kernels;
  #compiler!: BatchCompiler;
  #loops!: FusedLoops;
  #start = 0;
  #parquet = new ParquetColumns();
  #held = new Map<string, readonly HeldColumn[]>();
  readonly #clock: StageClock | undefined;

  /** `clock`: to learn how the time of CSV scans splits. */
  constructor(clock?: StageClock) {
    this.#clock = clock;
    this.#reset();
  }

  async run(plan: ScanPlan, part: TaskPart, source: ByteSource, aborted: () => boolean): Promise<TaskResult> {
    try {
      if (part.kind === 'csv-chunk') return await this.#runCsv(plan, part, source, aborted);
      if (part.kind === 'ndjson-chunk') return await this.#runNdjson(plan, part, source, aborted);
      if (part.kind === 'row-group') return await this.#runGroup(plan, part.index, source);
      return this.#runHeld(plan, part.first, part.count);
    } finally {
      this.#texts.clear();
      this.#memory.release(this.#start);
      if (this.#held.size === 0 && this.#memory.memory.buffer.byteLength > KEPT_BYTES) this.#reset();
    }
  }

  hold(object: string, columns: readonly Column[]): void {
    this.#held.set(
      object,
      columns.map((column) => holdColumn(this.#memory, column)),
    );
    this.#start = this.#memory.mark();
  }

  async #runCsv(
    plan: ScanPlan,
    part: Extract<TaskPart, { kind: 'csv-chunk' }>,
    source: ByteSource,
    aborted: () => boolean,
  ): Promise<TaskResult> {
    const { format, schema, guessed } = plan.object;
    if (format.kind !== 'csv') throw new TypeError('a csv-chunk of an object that is not CSV');
    const clock = this.#clock;
    const kernels = clock?.csvKernels(this.#kernels) ?? this.#kernels;
    const scan = this.#open(plan, false);
    const object = { name: source.name, schema, format, guessed };
    const loader = new CsvLoader(this.#memory, kernels, this.#compiler.simdInstances, scan.pipeline, object);
    const batches = new CsvBatches(this.#memory, kernels, format, schema.length);
    const timedLoader = clock?.loader(loader) ?? loader;
    let rows = 0;
    const { rejected, ...read } = await batches.scan(clock?.source(source) ?? source, part, aborted, (batch) => {
      rows += batch.count;
      loader.begin(batch);
      return scan.process(batch.count, timedLoader);
    });
    return {
      ...read,
      batches: scan.finish(),
      rowsScanned: rows - loader.rowsSkipped,
      rejected: {
        rowsSkipped: loader.rowsSkipped + (rejected?.rowsSkipped ?? 0),
        valuesNulled: loader.valuesNulled + (rejected?.valuesNulled ?? 0),
      },
    };
  }

  async #runNdjson(
    plan: ScanPlan,
    part: Extract<TaskPart, { kind: 'ndjson-chunk' }>,
    source: ByteSource,
    aborted: () => boolean,
  ): Promise<TaskResult> {
    const { format, schema, guessed } = plan.object;
    if (format.kind !== 'ndjson') throw new TypeError('an ndjson-chunk of an object that is not NDJSON');
    const scan = this.#open(plan, false);
    const columns = [...scan.pipeline.filterColumns, ...scan.pipeline.outputColumns];
    const object = { name: source.name, schema, format, guessed };
    const batches = new NdjsonBatches(this.#memory, this.#kernels, ndjsonPaths(object, columns));
    const loader = new NdjsonLoader(this.#memory, this.#kernels, batches, object, columns);
    let rowsScanned = 0;
    const bytesRead = await batches.scan(source, part, format.dataStart, aborted, (rows) => {
      rowsScanned += rows.count;
      loader.begin(rows);
      return scan.process(rows.count, loader);
    });
    return { batches: scan.finish(), rowsScanned, bytesRead };
  }

  async #runGroup(plan: ScanPlan, group: number, source: ByteSource): Promise<TaskResult> {
    const { format } = plan.object;
    if (format.kind !== 'parquet') throw new TypeError('a row-group of an object that is not Parquet');
    const scan = this.#open(plan, true);
    const indexes = [...scan.pipeline.filterColumns, ...scan.pipeline.outputColumns];
    const { columns, bytesRead } = await this.#parquet.read(source, plan.object, group, indexes);
    const loader = new ColumnLoader(
      this.#memory,
      this.#kernels,
      new Map(columns.map((column, i) => [indexes[i] as number, column])),
    );
    const rowsScanned = scanColumns(scan, loader, 0, format.groupRows[group] ?? 0);
    return { batches: scan.finish(), rowsScanned, bytesRead };
  }

  #runHeld(plan: ScanPlan, first: number, count: number): TaskResult {
    const { name } = plan.object.location;
    const held = this.#held.get(name);
    if (!held) throw new SluiceError('internal', `${name}: the lane does not hold its columns`);
    const scan = this.#open(plan, true);
    const loader = new HeldLoader(this.#memory, this.#kernels, held);
    const rowsScanned = scanColumns(scan, loader, first, first + count);
    return { batches: scan.finish(), rowsScanned, bytesRead: 0 };
  }

  #open({ fragment, object }: ScanPlan, cheap: boolean): BatchScan {
    const parts = {
      memory: this.#memory,
      kernels: this.#kernels,
      compiler: this.#compiler,
      loops: this.#loops,
      clock: this.#clock,
    };
    return new BatchScan(parts, fragment, object.schema, cheap);
  }

  #reset(): void {
    this.#memory = new EngineMemory();
    this.#texts = new TextRoom(this.#memory);
    this.#kernels = instantiateKernels(this.#memory, this.#texts);
    this.#compiler = new BatchCompiler(this.#memory, this.#kernels, this.#texts);
    this.#loops = new FusedLoops(this.#memory);
    this.#start = this.#memory.mark();
  }
}

/** Takes the rows [first, end) batch by batch, until the sink has enough; gives how many. */
function scanColumns(scan: BatchScan, loader: ColumnLoader | HeldLoader, first: number, end: number): number {
  let row = first;
  for (let more = true; row < end && more; ) {
    const rows = Math.min(VECTOR_SIZE, end - row);
    loader.begin(row, rows);
    more = scan.process(rows, loader);
    row += rows;
  }
  return row - first;
}
