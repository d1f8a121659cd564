import type { BoundExpression } from '../../../query/expression.ts';
import type { CsvFormat } from '../../csv-format.ts';
import { outputExpressions } from '../../operators/output-expressions.ts';
import { searchedColumns } from '../../operators/searched-columns.ts';
import type { ByteSource, ScanPlan, TaskPart, TaskResult } from '../../task.ts';
import { BatchScan, type LaneParts } from './batch-scan.ts';
import { CsvBatches } from './csv-batches.ts';
import { CsvLoader } from './csv-loader.ts';
import type { VectorLoader } from './pipeline.ts';

/** Scans chunks of one CSV object by one plan, one after the other; what it needs is made for the first of them. */
export class CsvScan {
  readonly #parts: LaneParts;
  readonly #scan: BatchScan;
  readonly #batches: CsvBatches;
  readonly #loader: CsvLoader;
  readonly #timedLoader: VectorLoader;

  constructor(parts: LaneParts, { object, fragment }: ScanPlan) {
    const { format, schema, guessed, location } = object;
    if (format.kind !== 'csv') throw new TypeError('a csv-chunk of an object that is not CSV');
    const { memory, compiler, clock } = parts;
    const kernels = clock?.csvKernels(parts.kernels) ?? parts.kernels;
    this.#parts = parts;
    this.#scan = new BatchScan(parts, fragment, schema, false);
    const described = { name: location.name, schema, format, guessed };
    const { pipeline } = this.#scan;
    const verbatim = columnsAsWritten(format, [...fragment.conjuncts, ...outputExpressions(fragment.output)]);
    this.#loader = new CsvLoader(memory, kernels, compiler.simdInstances, pipeline, described, verbatim);
    this.#timedLoader = clock?.loader(this.#loader) ?? this.#loader;
    this.#batches = new CsvBatches(memory, kernels, format, schema.length);
  }

  get isAsNew(): boolean {
    return this.#scan.isAsNew;
  }

  /** After an error the scan must not be used any more. */
  async run(
    part: Extract<TaskPart, { kind: 'csv-chunk' }>,
    source: ByteSource,
    aborted: () => boolean,
  ): Promise<TaskResult> {
    const { clock } = this.#parts;
    const loader = this.#loader;
    loader.beginChunk();
    let rows = 0;
    const { rejected, ...read } = await this.#batches.scan(clock?.source(source) ?? source, part, aborted, (batch) => {
      rows += batch.count;
      loader.begin(batch);
      return this.#scan.process(batch.count, this.#timedLoader);
    });
    return {
      ...read,
      batches: this.#scan.finish(),
      rowsScanned: rows - loader.rowsSkipped,
      rejected: {
        rowsSkipped: loader.rowsSkipped + (rejected?.rowsSkipped ?? 0),
        valuesNulled: loader.valuesNulled + (rejected?.valuesNulled ?? 0),
      },
    };
  }
}

/** Columns whose texts may keep their doubled quotes: it makes no difference to the expressions. */
function columnsAsWritten(
  { quote, escape: escapeByte }: CsvFormat,
  expressions: readonly BoundExpression[],
): ReadonlySet<number> {
  return quote !== null && escapeByte === quote ? searchedColumns(expressions, String.fromCharCode(quote)) : new Set();
}
