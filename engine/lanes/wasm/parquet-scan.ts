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
import type { PrefilteredRows, VectorLoader } from './pipeline.ts';
import { LONGEST_BATCH } from './vector.ts';

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
    const { clock } = this.#parts;
    let rows = 0;
    let batches = 0;
    const maximum = nested.isEmpty ? LONGEST_BATCH : VECTOR_SIZE;
    let length = VECTOR_SIZE;
    for (const { first, end } of ranges) {
      for (let row = first; row < end; ) {
        if (batches++ % BATCHES_AN_ASK === 0 && aborted())
          throw new SluiceError('cancelled', `the scan of "${object}" was cancelled`);
        const count = Math.min(length, end - row);
        loader.begin(row, count, rows);
        clock?.enter('codes');
        const found = loader.prefilter(count);
        clock?.enter('rest');
        length = Math.min(maximum, batchLength(count, found.count));
        // All of them: in shorter batches, then.
        if (found.count > VECTOR_SIZE && found.selection === 0) continue;
        row += count;
        rows += count;
        for (let done = 0; done < found.count; done += VECTOR_SIZE) {
          const passed = this.#scan.filterPrefiltered(part(found, done), timedLoader);
          if (nested.isWaiting) await nested.fill();
          if (!this.#scan.take(passed)) return rows;
        }
      }
    }
    return rows;
  }
}

/**
 * The length of the next batch where of `rows` rows `left` were left by filters: as long as it may be, but so that what is
 * left of it should fill no more than half of a vector.
 */
function batchLength(rows: number, left: number): number {
  const expected = (rows * VECTOR_SIZE) / 2 / Math.max(left, 1);
  return Math.max(VECTOR_SIZE, Math.min(LONGEST_BATCH, expected - (expected % VECTOR_SIZE)));
}

/** The rows from the `done`-th on, as many as fit into vectors. */
function part({ selection, count, applied }: PrefilteredRows, done: number): PrefilteredRows {
  return { selection: selection && selection + 4 * done, count: Math.min(VECTOR_SIZE, count - done), applied };
}

/** Where the source makes one wait, all chunks are read at once; else each byte when it is wanted. */
async function fetch([first, ...others]: readonly ParquetColumn[]): Promise<void> {
  await first?.bytes.begin();
  if (first?.bytes.isRemote) await Promise.all(others.map(({ bytes }) => bytes.begin()));
}
