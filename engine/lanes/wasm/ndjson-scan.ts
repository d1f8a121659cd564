import { ndjsonPaths } from '../../formats/ndjson/paths.ts';
import type { ByteSource, ScanPlan, TaskPart, TaskResult } from '../../task.ts';
import { BatchScan, type LaneParts } from './batch-scan.ts';
import { NdjsonBatches } from './ndjson-batches.ts';
import { NdjsonLoader } from './ndjson-loader.ts';

/** Scans chunks of one NDJSON object by one plan, one after the other; what it needs is made for the first of them. */
export class NdjsonScan {
  readonly #dataStart: number;
  readonly #scan: BatchScan;
  readonly #batches: NdjsonBatches;
  readonly #loader: NdjsonLoader;

  constructor(parts: LaneParts, { object, fragment }: ScanPlan) {
    const { format, schema, guessed, location } = object;
    if (format.kind !== 'ndjson') throw new TypeError('an ndjson-chunk of an object that is not NDJSON');
    const { memory, kernels, compiler } = parts;
    this.#dataStart = format.dataStart;
    this.#scan = new BatchScan(parts, fragment, schema, false);
    const columns = [...this.#scan.pipeline.filterColumns, ...this.#scan.pipeline.outputColumns];
    const described = { name: location.name, schema, format, guessed };
    this.#batches = new NdjsonBatches(memory, kernels, compiler.simdInstances, ndjsonPaths(described, columns));
    this.#loader = new NdjsonLoader(memory, kernels, this.#batches, described, columns);
  }

  get isAsNew(): boolean {
    return this.#scan.isAsNew;
  }

  /** After an error the scan must not be used any more. */
  async run(
    part: Extract<TaskPart, { kind: 'ndjson-chunk' }>,
    source: ByteSource,
    aborted: () => boolean,
  ): Promise<TaskResult> {
    let rowsScanned = 0;
    const bytesRead = await this.#batches.scan(source, part, this.#dataStart, aborted, (rows) => {
      rowsScanned += rows.count;
      this.#loader.begin(rows);
      return this.#scan.process(rows.count, this.#loader);
    });
    return { batches: this.#scan.finish(), rowsScanned, bytesRead };
  }
}
