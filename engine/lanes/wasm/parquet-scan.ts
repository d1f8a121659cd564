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
import { NestedColumns } from './nested-columns.ts';
import { PageAreas } from './page-areas.ts';
import { PageCodec } from './page-codec.ts';
import { ParquetColumn } from './parquet-column.ts';
import { ParquetLoader } from './parquet-loader.ts';
import type { VectorLoader } from './pipeline.ts';

/** Batches after which a scan asks whether it has been aborted. */
const BATCHES_AN_ASK = 16;

/** What reads the columns of row groups. */
interface Readers {
  readonly footer: ParquetFooter;
  /** Indexes into the schema of the flat columns: of the filter's first. */
  readonly indexes: readonly number[];
  readonly columns: readonly ParquetColumn[];
  readonly nested: NestedColumns;
  readonly loader: ParquetLoader;
  /** The same, or what times it. */
  readonly timedLoader: VectorLoader;
}

/** Scans row groups of one Parquet object by one plan, one after the other; what it needs is made for the first of them. */
export class ParquetScan {
  readonly #plan: ScanPlan;
  readonly #parts: LaneParts;
  readonly #scan: BatchScan;
  readonly #pool: AreaPool;
  /** Tables of filters. */
  readonly #tables: PageAreas;
  #readers: Readers | undefined;

  constructor(parts: LaneParts, plan: ScanPlan) {
    const { object, fragment } = plan;
    if (object.format.kind !== 'parquet') throw new TypeError('a row-group of an object that is not Parquet');
    this.#plan = plan;
    this.#parts = parts;
    this.#scan = new BatchScan(parts, fragment, object.schema, false);
    this.#pool = new AreaPool(parts.memory);
    this.#tables = new PageAreas(this.#pool);
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
    if (!this.#readers) {
      const read = await readFooter(source, this.#plan.object.location.version);
      bytesRead = read.bytesRead;
      this.#readers = this.#makeReaders(read.footer);
    }
    const { footer, indexes: flat, columns, nested, loader } = this.#readers;
    const { rows, chunks } = chunksToRead(source.name, footer, part.index, flat);
    const timed = this.#parts.clock?.source(source) ?? source;
    const places = part.ranges ? flat.map((column) => ({ group: part.index, column })) : [];
    const indexes = await readPageIndexes(source, footer, places, false);
    bytesRead += indexes.bytesRead;
    columns.forEach((column, i) => {
      const toRead = chunks[i]!;
      const pages = indexes.columns[i]?.pages;
      const index = pages && { pieces: chunkFetch(toRead.chunk, pages, part.ranges).pieces, pages };
      column.openChunk(timed, part.index, toRead, rows, index);
    });
    const ranges = part.ranges ?? [{ first: 0, end: rows }];
    if (rows > 0 && ranges.length > 0) {
      await fetch(columns);
      await nested.openGroup(source, footer, { group: part.index, ranges: part.ranges });
      loader.openGroup();
    }
    const rowsScanned = await this.#scanRows(this.#readers, source.name, ranges, aborted);
    const result = {
      batches: this.#scan.finish(),
      rowsScanned,
      bytesRead: columns.reduce((sum, { bytes }) => sum + bytes.bytesRead, bytesRead + nested.bytesRead),
    };
    for (const column of columns) column.closeChunk();
    nested.close();
    this.#tables.clear();
    return result;
  }

  #makeReaders(footer: ParquetFooter): Readers {
    const { memory, kernels, clock } = this.#parts;
    const { pipeline } = this.#scan;
    const codec = clock?.codec(new PageCodec(memory, kernels)) ?? new PageCodec(memory, kernels);
    const shared = { memory, kernels, codec, tables: new UnpackTables(memory), pool: this.#pool };
    const isNested = (index: number) => !isFlat(footer.columns[index]);
    const { filterColumns, outputColumns } = pipeline;
    const indexes = [...filterColumns, ...outputColumns].filter((index) => !isNested(index));
    const columns = indexes.map(() => new ParquetColumn(shared));
    const byIndex = new Map(indexes.map((index, i) => [index, columns[i] as ParquetColumn]));
    const nested = new NestedColumns(memory, kernels, filterColumns.filter(isNested), outputColumns.filter(isNested));
    const groups = pipeline.columnGroups.map((group) => {
      const column = group.only === undefined ? undefined : byIndex.get(group.only);
      return { group, filter: column && new CodeFilter(memory, kernels, this.#tables, pipeline, group, column) };
    });
    const loader = new ParquetLoader(memory, kernels, byIndex, nested, groups);
    return { footer, indexes, columns, nested, loader, timedLoader: clock?.loader(loader) ?? loader };
  }

  /** Gives how many rows were taken. */
  async #scanRows(
    { nested, loader, timedLoader }: Readers,
    object: string,
    ranges: readonly RowRange[],
    aborted: () => boolean,
  ): Promise<number> {
    let rows = 0;
    let batches = 0;
    for (const { first, end } of ranges) {
      for (let row = first; row < end; ) {
        if (batches++ % BATCHES_AN_ASK === 0 && aborted())
          throw new SluiceError('cancelled', `the scan of "${object}" was cancelled`);
        const count = Math.min(VECTOR_SIZE, end - row);
        loader.begin(row, count, rows);
        const passed = this.#scan.filter(count, timedLoader);
        if (nested.isWaiting) await nested.fill();
        const more = this.#scan.take(passed);
        row += count;
        rows += count;
        if (!more) return rows;
      }
    }
    return rows;
  }
}

/** Where the source makes one wait, all chunks are read at once; else each byte when it is wanted. */
async function fetch([first, ...others]: readonly ParquetColumn[]): Promise<void> {
  await first?.bytes.begin();
  if (first?.bytes.isRemote) await Promise.all(others.map(({ bytes }) => bytes.begin()));
}
