import type { BoundFragment, BoundOutput } from '../../../query/fragment.ts';
import type { Schema } from '../../../query/types.ts';
import type { Batch } from '../../column.ts';
import { columnsOf } from '../../operators/filter-stages.ts';
import type { BatchCompiler } from './batch-compiler.ts';
import type { FusedLoops } from './fused-loops.ts';
import { FusedSink } from './fused-sink.ts';
import { GroupSink } from './group-sink.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import { FilterPipeline, type PrefilteredRows, type VectorLoader } from './pipeline.ts';
import { RowSink } from './row-sink.ts';
import type { StageClock } from './stage-clock.ts';
import type { Vector } from './vector.ts';

/** What a scan works with in a lane. */
export interface LaneParts {
  readonly memory: EngineMemory;
  readonly kernels: Kernels;
  readonly compiler: BatchCompiler;
  readonly loops: FusedLoops;
  readonly clock?: StageClock | undefined;
}

/**
 * The way from rows to results, batch by batch: through a filter in stages to a sink; or where there are no
 * groups and all is numbers through one fused loop, and only where that is in doubt the first way. It serves one task
 * after the other.
 */
export class BatchScan {
  readonly #parts: LaneParts;
  readonly #fragment: BoundFragment;
  readonly #schema: Schema;
  #pipeline: FilterPipeline | undefined;
  /** Filters too. */
  readonly #whole: FusedSink | undefined;
  readonly #afterFilter: FusedSink | undefined;
  #sink: GroupSink | RowSink | undefined;
  /** Whether `#sink` has taken rows of this task. */
  #sinkUsed = false;

  /** `cheap`: loading a column costs little, so that the filter need not come before columns of the output. */
  constructor(parts: LaneParts, fragment: BoundFragment, schema: Schema, cheap: boolean) {
    const { memory, loops } = parts;
    this.#parts = parts;
    this.#fragment = fragment;
    this.#schema = schema;
    const { output } = fragment;
    if (output.kind !== 'groups') return;
    const { whole, afterFilter } = loops.plansOf(fragment);
    if (whole && cheap) this.#whole = new FusedSink(memory, loops, whole, output);
    else if (afterFilter) this.#afterFilter = new FusedSink(memory, loops, afterFilter, output, this.pipeline.vectors);
  }

  /** The filter in stages; made when it is first asked for, since a fused loop seldom needs it. */
  get pipeline(): FilterPipeline {
    const { memory, kernels, compiler } = this.#parts;
    this.#pipeline ??= new FilterPipeline(memory, kernels, compiler, this.#fragment, this.#schema);
    return this.#pipeline;
  }

  /** Takes the next batch; false when no more rows are wanted. */
  process(rows: number, loader: VectorLoader): boolean {
    if (this.#whole?.process(rows, loader)) return true;
    return this.take(this.filter(rows, loader));
  }

  /** The first half of `process`, where no fused loop filters: gives how many rows of the next batch pass. */
  filter(rows: number, loader: VectorLoader): number {
    this.#parts.clock?.enter('filter');
    return this.pipeline.process(rows, loader);
  }

  /** The same for at most VECTOR_SIZE rows of a batch that the loader has filtered as far as it can. */
  filterPrefiltered(rows: PrefilteredRows, loader: VectorLoader): number {
    this.#parts.clock?.enter('filter');
    return this.pipeline.processPrefiltered(rows, loader);
  }

  /** The second half: takes the `count` rows that have passed. */
  take(count: number): boolean {
    const { clock } = this.#parts;
    clock?.enter('output');
    const more = count === 0 || this.#afterFilter?.take(count) || this.#openSink().take(count);
    clock?.enter('rest');
    return more;
  }

  /** Whether it holds no more than a new one would; only then may it serve another task. */
  get isAsNew(): boolean {
    return !(this.#sink instanceof GroupSink) || this.#sink.isAsNew;
  }

  /** The task's results; the next one starts without any row. */
  finish(): readonly Batch[] {
    const fused = this.#whole ?? this.#afterFilter;
    if (!fused) return this.#openSink().finish();
    const doubtful = this.#sinkUsed ? this.#openSink().finish() : [];
    this.#sinkUsed = false;
    return [fused.finish(), ...doubtful];
  }

  #openSink(): GroupSink | RowSink {
    this.#sinkUsed = true;
    if (this.#sink) return this.#sink;
    const { memory, kernels, compiler } = this.#parts;
    const { output } = this.#fragment;
    const { vectors, outputColumns } = this.pipeline;
    if (output.kind === 'rows') this.#sink = new RowSink(memory, kernels, compiler, output, vectors);
    else {
      this.#sink = new GroupSink(memory, kernels, compiler, output, vectors);
      // Vectors of filtered columns lose rows after they were loaded, which their codes do not.
      for (const column of columnsOfKeysOnly(output))
        if (outputColumns.includes(column)) (vectors.get(column) as Vector).takesCodes = true;
    }
    return this.#sink;
  }
}

/** Columns that are keys as they stand, and nothing else. */
function columnsOfKeysOnly({ keys, aggregates }: Extract<BoundOutput, { kind: 'groups' }>): readonly number[] {
  const expressions = keys.map(({ expression }) => expression);
  const computed = expressions.filter(({ kind }) => kind !== 'column');
  const others = new Set(
    [...computed, ...aggregates.flatMap(({ args }) => args)].flatMap((part) => [...columnsOf(part)]),
  );
  return expressions.flatMap((key) => (key.kind === 'column' && !others.has(key.index) ? [key.index] : []));
}
