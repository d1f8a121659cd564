import { SluiceError } from '../../../query/error.ts';
import { chunksToRead } from '../../formats/parquet/column-chunks.ts';
import { chunkFetch } from '../../formats/parquet/fetch-plan.ts';
import { isFlat } from '../../formats/parquet/file-columns.ts';
import { type ParquetFooter, readFooter } from '../../formats/parquet/footer.ts';
import { readPageIndexes } from '../../formats/parquet/page-index-reader.ts';
import {
  type ByteSource,
  type RowRange,
  type ScanPlan,
  type TaskPart,
  type TaskResult,
  VECTOR_SIZE,
} from '../../task.ts';
import { BatchScan, type LaneParts } from './batch-scan.ts';
import { CodeFilter } from './code-filter.ts';
import { UnpackTables } from './code-reader.ts';
import { AreaPool } from './growing-area.ts';
import { PageAreas } from './page-areas.ts';
import { PageCodec } from './page-codec.ts';
import { ParquetColumn } from './parquet-column.ts';
import { ParquetLoader } from './parquet-loader.ts';
import type { VectorLoader } from './pipeline.ts';
import type { StageClock } from './stage-clock.ts';
import { UnreadableFeature } from './unreadable-feature.ts';

/** Batches after which a scan asks whether it has been aborted. */
const BATCHES_AN_ASK = 16;

/** Scans row groups of one Parquet object by one plan, one after the other; what it needs is made for the first of them. */
export class ParquetScan {
  readonly #plan: ScanPlan;
  #footer: ParquetFooter | undefined;
  readonly #scan: BatchScan;
  readonly #loader: ParquetLoader;
  /** The same, or what times it. */
  readonly #timedLoader: VectorLoader;
  readonly #clock: StageClock | undefined;
  /** Indexes into the schema: of the filter's columns first. */
  readonly #indexes: readonly number[];
  readonly #columns: readonly ParquetColumn[];
  /** Tables of filters. */
  readonly #tables: PageAreas;

  constructor(parts: LaneParts, plan: ScanPlan) {
    const { object, fragment } = plan;
    if (object.format.kind !== 'parquet') throw new TypeError('a row-group of an object that is not Parquet');
    const { memory, kernels, clock } = parts;
    this.#plan = plan;
    this.#scan = new BatchScan(parts, fragment, object.schema, false);
    const { pipeline } = this.#scan;
    const pool = new AreaPool(memory);
    const codec = clock?.codec(new PageCodec(memory, kernels)) ?? new PageCodec(memory, kernels);
    const shared = { memory, kernels, codec, tables: new UnpackTables(memory), pool };
    this.#tables = new PageAreas(pool);
    this.#indexes = [...pipeline.filterColumns, ...pipeline.outputColumns];
    this.#columns = this.#indexes.map(() => new ParquetColumn(shared));
    const columns = new Map(this.#indexes.map((index, i) => [index, this.#columns[i] as ParquetColumn]));
    const groups = pipeline.columnGroups.map((group) => {
      const column = group.only === undefined ? undefined : columns.get(group.only);
      return { group, filter: column && new CodeFilter(memory, kernels, this.#tables, pipeline, group, column) };
    });
    this.#loader = new ParquetLoader(memory, kernels, columns, groups);
    this.#timedLoader = clock?.loader(this.#loader) ?? this.#loader;
    this.#clock = clock;
  }

  get isAsNew(): boolean {
    return this.#scan.isAsNew;
  }

  /**
   * After an error the scan must not be used any more. Throws UnreadableFeature where another reader may know more.
   */
  async run(
    part: Extract<TaskPart, { kind: 'row-group' }>,
    source: ByteSource,
    aborted: () => boolean,
  ): Promise<TaskResult> {
    let bytesRead = 0;
    if (!this.#footer)
      ({ footer: this.#footer, bytesRead } = await readFooter(source, this.#plan.object.location.version));
    for (const index of this.#indexes) {
      const column = this.#footer.columns[index];
      if (!isFlat(column)) throw new UnreadableFeature(`column "${column?.name}", nested,`);
    }
    const { rows, chunks } = chunksToRead(source.name, this.#footer, part.index, this.#indexes);
    const timed = this.#clock?.source(source) ?? source;
    const places = part.ranges ? this.#indexes.map((column) => ({ group: part.index, column })) : [];
    const indexes = await readPageIndexes(source, this.#footer, places, false);
    bytesRead += indexes.bytesRead;
    this.#columns.forEach((column, i) => {
      const toRead = chunks[i]!;
      const pages = indexes.columns[i]?.pages;
      const index = pages && { pieces: chunkFetch(toRead.chunk, pages, part.ranges).pieces, pages };
      column.openChunk(timed, part.index, toRead, rows, index);
    });
    const ranges = part.ranges ?? [{ first: 0, end: rows }];
    if (rows > 0 && ranges.length > 0) {
      await this.#fetch();
      this.#loader.openGroup();
    }
    const rowsScanned = this.#scanRows(source.name, ranges, aborted);
    const result = {
      batches: this.#scan.finish(),
      rowsScanned,
      bytesRead: this.#columns.reduce((sum, { bytes }) => sum + bytes.bytesRead, bytesRead),
    };
    for (const column of this.#columns) column.closeChunk();
    this.#tables.clear();
    return result;
  }

  /** Where the source makes one wait, all chunks are read at once; else each byte when it is wanted. */
  async #fetch(): Promise<void> {
    const [first, ...others] = this.#columns;
    await first?.bytes.begin();
    if (first?.bytes.isRemote) await Promise.all(others.map(({ bytes }) => bytes.begin()));
  }

  /** Gives how many rows were taken. */
  #scanRows(object: string, ranges: readonly RowRange[], aborted: () => boolean): number {
    let rows = 0;
    let batches = 0;
    for (const { first, end } of ranges) {
      for (let row = first; row < end; ) {
        if (batches++ % BATCHES_AN_ASK === 0 && aborted())
          throw new SluiceError('cancelled', `the scan of "${object}" was cancelled`);
        const count = Math.min(VECTOR_SIZE, end - row);
        this.#loader.begin(row, count);
        const more = this.#scan.process(count, this.#timedLoader);
        row += count;
        rows += count;
        if (!more) return rows;
      }
    }
    return rows;
  }
}
