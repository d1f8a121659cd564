import type { ByteSource, ObjectDescription } from '../../task.ts';
import type { Kernels } from './kernels.ts';
import type { PageCodec } from './page-codec.ts';
import type { VectorLoader } from './pipeline.ts';

/**
 * Stages of a CSV scan: bytes into memory; row ends and bounds; fields located; fields parsed into vectors; the filter;
 * aggregates or output rows; what lies between them.
 */
const CSV_STAGES = ['read', 'index', 'fields', 'values', 'filter', 'output', 'rest'] as const;
/**
 * Stages of a Parquet scan: bytes into memory; pages decompressed; filters by dictionary codes; values decoded or
 * gathered into vectors; the filter over vectors; aggregates or output rows; what lies between them, page headers and
 * planning too.
 */
const PARQUET_STAGES = ['read', 'unpack', 'codes', 'values', 'filter', 'output', 'rest'] as const;
export type Stage = (typeof CSV_STAGES | typeof PARQUET_STAGES)[number];

/**
 * Tells how the time of scans splits into stages; time counts for the stage that was entered last. A lane without a
 * clock does nothing of this. With one it takes some ten readings of the time a batch.
 */
export class StageClock {
  #spent = emptySplit();
  #stage: Stage = 'rest';
  #since = performance.now();

  /** Turns to a stage and gives the one before, to be returned to. */
  enter(stage: Stage): Stage {
    const now = performance.now();
    this.#spent[this.#stage] += now - this.#since;
    this.#since = now;
    const before = this.#stage;
    this.#stage = stage;
    return before;
  }

  /** Milliseconds of each stage of a format since it was last asked. */
  take(format: ObjectDescription['format']['kind']): Record<string, number> {
    this.enter('rest');
    const spent = this.#spent;
    this.#spent = emptySplit();
    const stages = format === 'parquet' ? PARQUET_STAGES : CSV_STAGES;
    return Object.fromEntries(stages.map((stage) => [stage, spent[stage]]));
  }

  /** The source, its reads timed; only those that do not have to be waited for. */
  source(source: ByteSource): ByteSource {
    return {
      name: source.name,
      size: source.size,
      read: this.#within('read', (offset, target) => source.read(offset, target)),
      close: () => source.close(),
    };
  }

  /** The kernels for the structure and the values of CSV, timed; no others, since compiled code imports them. */
  csvKernels(kernels: Kernels): Kernels {
    const timed = Object.entries(kernels)
      .filter(([name]) => name.startsWith('csv'))
      .map(([name, kernel]) => [name, this.#within(stageOf(name), kernel)]);
    return { ...kernels, ...Object.fromEntries(timed) };
  }

  /** The loader, with all it does besides calling kernels. */
  loader(loader: VectorLoader): VectorLoader {
    const { open } = loader;
    return {
      ...(open && { open: this.#within('values', open.bind(loader)) }),
      load: this.#within('values', (...values) => loader.load(...values)),
      keep: (picks, count) => loader.keep?.(picks, count) ?? count,
    };
  }

  /** The codec, which is timed from now on. */
  codec(codec: PageCodec): PageCodec {
    codec.decompress = this.#within('unpack', codec.decompress.bind(codec));
    return codec;
  }

  #within<Values extends unknown[], Result>(
    stage: Stage,
    work: (...values: Values) => Result,
  ): (...values: Values) => Result {
    return (...values) => {
      const before = this.enter(stage);
      try {
        return work(...values);
      } finally {
        this.enter(before);
      }
    };
  }
}

function emptySplit(): Record<Stage, number> {
  return Object.fromEntries([...CSV_STAGES, ...PARQUET_STAGES].map((stage) => [stage, 0])) as Record<Stage, number>;
}

function stageOf(kernel: string): Stage {
  if (kernel.startsWith('csvParse')) return 'values';
  return kernel === 'csvLocateFields' ? 'fields' : 'index';
}
