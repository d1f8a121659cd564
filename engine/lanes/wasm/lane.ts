import { SluiceError } from '../../../query/error.ts';
import type { Column } from '../../column.ts';
import type { ByteSource, ColumnLane, RowRange, ScanPlan, TaskPart, TaskResult } from '../../task.ts';
import { VECTOR_SIZE } from '../../task.ts';
import { BatchCompiler } from './batch-compiler.ts';
import { BatchScan, type LaneParts } from './batch-scan.ts';
import { ColumnLoader } from './column-loader.ts';
import { CsvScan } from './csv-scan.ts';
import { FusedLoops } from './fused-loops.ts';
import { type HeldColumn, HeldLoader, holdColumn } from './held-columns.ts';
import { instantiateKernels, type Kernels } from './kernels.ts';
import { EngineMemory } from './memory.ts';
import { NdjsonScan } from './ndjson-scan.ts';
import { ParquetColumns } from './parquet-columns.ts';
import { ParquetScan } from './parquet-scan.ts';
import type { StageClock } from './stage-clock.ts';
import { TextRoom } from './text-room.ts';
import { UnreadableFeature } from './unreadable-feature.ts';

/** A plan's memory is given back when another one comes; beyond this size the whole instance is thrown away at once. */
const KEPT_BYTES = 1 << 28;

type KeptScan = CsvScan | NdjsonScan | ParquetScan;

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
  /** What the last task worked with, for the next one of its plan. */
  #kept: { readonly plan: ScanPlan; readonly scan: KeptScan } | undefined;
  readonly #clock: StageClock | undefined;
  readonly #bytes: number | undefined;

  /**
   * `clock`: to learn how the time of scans of CSV and Parquet splits; `bytes`: of linear memory at most.
   */
  constructor({ clock, bytes }: { readonly clock?: StageClock; readonly bytes?: number } = {}) {
    this.#clock = clock;
    this.#bytes = bytes;
    this.#reset();
  }

  async run(plan: ScanPlan, part: TaskPart, source: ByteSource, aborted: () => boolean): Promise<TaskResult> {
    const kept = this.#kept?.plan === plan ? this.#kept.scan : undefined;
    // A task that fails leaves its scan in disorder: only one that ends well keeps it for the next.
    this.#kept = undefined;
    if (!kept) this.#release();
    try {
      if (part.kind === 'csv-chunk') {
        const scan = kept instanceof CsvScan ? kept : new CsvScan(this.#parts, plan);
        return this.#keep(plan, scan, await scan.run(part, source, aborted));
      }
      if (part.kind === 'ndjson-chunk') {
        const scan = kept instanceof NdjsonScan ? kept : new NdjsonScan(this.#parts, plan);
        return this.#keep(plan, scan, await scan.run(part, source, aborted));
      }
      if (part.kind === 'row-group') {
        try {
          const scan = kept instanceof ParquetScan ? kept : new ParquetScan(this.#parts, plan);
          return this.#keep(plan, scan, await scan.run(part, source, aborted));
        } catch (error) {
          if (!(error instanceof UnreadableFeature)) throw error;
          this.#release();
          return await this.#runGroup(plan, part, source, error);
        }
      }
      return this.#runHeld(plan, part.first, part.count);
    } finally {
      if (!this.#kept) this.#release();
      if (this.#held.size === 0 && this.#memory.memory.buffer.byteLength > KEPT_BYTES) this.#reset();
    }
  }

  hold(object: string, columns: readonly Column[]): void {
    this.#kept = undefined;
    this.#release();
    this.#held.set(
      object,
      columns.map((column) => holdColumn(this.#memory, column)),
    );
    this.#start = this.#memory.mark();
  }

  /** Scans a row group by way of parquet-wasm, because of what our own decoders cannot read. */
  async #runGroup(
    plan: ScanPlan,
    { index, ranges }: Extract<TaskPart, { kind: 'row-group' }>,
    source: ByteSource,
    why: UnreadableFeature,
  ): Promise<TaskResult> {
    const { format } = plan.object;
    if (format.kind !== 'parquet') throw new TypeError('a row-group of an object that is not Parquet');
    const scan = new BatchScan(this.#parts, plan.fragment, plan.object.schema, true);
    const indexes = [...scan.pipeline.filterColumns, ...scan.pipeline.outputColumns];
    const { columns, bytesRead } = await this.#parquet.read(source, plan.object, index, indexes, why);
    const loader = new ColumnLoader(
      this.#memory,
      this.#kernels,
      new Map(columns.map((column, i) => [indexes[i] as number, column])),
    );
    const rowsScanned = scanColumns(scan, loader, ranges ?? [{ first: 0, end: format.groupRows[index] ?? 0 }]);
    return { batches: scan.finish(), rowsScanned, bytesRead };
  }

  #runHeld(plan: ScanPlan, first: number, count: number): TaskResult {
    const { name } = plan.object.location;
    const held = this.#held.get(name);
    if (!held) throw new SluiceError('internal', `${name}: the lane does not hold its columns`);
    const scan = new BatchScan(this.#parts, plan.fragment, plan.object.schema, true);
    const loader = new HeldLoader(this.#memory, this.#kernels, held);
    const rowsScanned = scanColumns(scan, loader, [{ first, end: first + count }]);
    return { batches: scan.finish(), rowsScanned, bytesRead: 0 };
  }

  get #parts(): LaneParts {
    const [memory, kernels, compiler] = [this.#memory, this.#kernels, this.#compiler];
    return { memory, kernels, compiler, loops: this.#loops, clock: this.#clock };
  }

  #keep(plan: ScanPlan, scan: KeptScan, result: TaskResult): TaskResult {
    if (scan.isAsNew) this.#kept = { plan, scan };
    return result;
  }

  /** Gives back all memory but that of held columns. */
  #release(): void {
    this.#texts.clear();
    this.#memory.release(this.#start);
  }

  #reset(): void {
    this.#kept = undefined;
    this.#memory = new EngineMemory(this.#bytes);
    this.#texts = new TextRoom(this.#memory);
    this.#kernels = instantiateKernels(this.#memory, this.#texts);
    this.#compiler = new BatchCompiler(this.#memory, this.#kernels, this.#texts);
    this.#loops = new FusedLoops(this.#memory);
    this.#start = this.#memory.mark();
  }
}

/** Takes the rows of ranges batch by batch, until the sink has enough; gives how many. */
function scanColumns(scan: BatchScan, loader: ColumnLoader | HeldLoader, ranges: readonly RowRange[]): number {
  let taken = 0;
  for (const { first, end } of ranges)
    for (let row = first; row < end; row += VECTOR_SIZE) {
      const rows = Math.min(VECTOR_SIZE, end - row);
      loader.begin(row, rows);
      taken += rows;
      if (!scan.process(rows, loader)) return taken;
    }
  return taken;
}
