import { type Command, InvalidArgumentError, Option } from 'commander';
import { DATASETS, findDataset } from '../../datasets/catalogue.ts';
import {
  DATASET_FORMATS,
  type DatasetFormat,
  type WrittenDataset,
  writeDataset,
} from '../../datasets/write-dataset.ts';
import type { EncodeOptions } from '../../engine/write/encode-parquet.ts';
import {
  PARQUET_CODECS,
  PARQUET_STATISTICS,
  type ParquetCodec,
  type ParquetStatistics,
} from '../../engine/write/parquet-options.ts';
import { explainFileError } from '../../engine/write/replace-file.ts';
import { SluiceError } from '../../query/error.ts';
import { parseCount } from '../option-values.ts';

interface DatasetOptions {
  readonly scale: number;
  readonly seed: number;
  readonly format: DatasetFormat;
  readonly out: string;
  readonly sortBy?: string;
  readonly codec?: ParquetCodec;
  readonly rowGroupSize?: number;
  /** False for --no-dictionary. */
  readonly dictionary: boolean;
  readonly statistics?: ParquetStatistics;
  readonly threads?: number;
}

/** `sluice dataset NAME`: writes a reproducible data set to a file. */
export function registerDataset(program: Command): void {
  program
    .command('dataset')
    .description('write a reproducible data set: the same name, scale and seed give the same bytes')
    .argument('<name>', DATASETS.map(({ name, summary }) => `${name} (${summary})`).join('; '))
    .option('--scale <factor>', 'size, a positive number', parseScale, 1)
    .option('--seed <number>', 'a whole number from 0 to 4294967295', parseSeed, 1)
    .addOption(new Option('--format <format>', 'file format').choices(DATASET_FORMATS).makeOptionMandatory())
    .requiredOption('--out <path>', 'the file to write; CSV and NDJSON also get PATH.schema.json')
    .option('--sort-by <column>', 'sort the rows by a column of numbers, dates or timestamps; holds them in memory')
    .addOption(new Option('--codec <codec>', 'Parquet: compression (default: snappy)').choices(PARQUET_CODECS))
    .option('--row-group-size <rows>', 'Parquet: rows of a row group (default: 122880)', parseRows)
    .option('--no-dictionary', 'Parquet: write no dictionaries')
    .addOption(
      new Option('--statistics <level>', 'Parquet: none, of column chunks, or of pages too (default: page)').choices(
        PARQUET_STATISTICS,
      ),
    )
    .option('--threads <number>', 'Parquet: threads that encode (default: one a core)', parseCount)
    .addHelpText('after', '\nExample:\n  sluice dataset lineitem --scale 0.1 --format csv --out lineitem.csv')
    .action(runDataset);
}

async function runDataset(name: string, options: DatasetOptions): Promise<void> {
  if (!findDataset(name)) {
    const known = DATASETS.map((dataset) => dataset.name).join(', ');
    throw new SluiceError('unknown-name', `unknown data set "${name}"; there are ${known}`);
  }
  const start = performance.now();
  const { rows, bytes, sha256 } = await generate(name, options);
  const seconds = (performance.now() - start) / 1000;
  process.stderr.write(`${options.out}: ${rows} rows, ${bytes} bytes in ${seconds.toFixed(1)} s, sha256 ${sha256}\n`);
}

async function generate(name: string, options: DatasetOptions): Promise<WrittenDataset> {
  const showProgress = process.stderr.isTTY === true;
  let shown = performance.now();
  try {
    return await writeDataset({
      name,
      scale: options.scale,
      seed: options.seed,
      format: options.format,
      path: options.out,
      layout: layoutOf(options),
      ...(options.sortBy !== undefined && { sortBy: options.sortBy }),
      onProgress(rows) {
        if (!showProgress || performance.now() - shown < 200) return;
        shown = performance.now();
        process.stderr.write(`\r${rows} rows`);
      },
    });
  } catch (error) {
    // What data sets are asked for wrongly.
    if (error instanceof RangeError) throw new SluiceError('bad-request', error.message);
    throw explainFileError(error, options.out);
  } finally {
    if (showProgress) process.stderr.write('\r\x1b[K');
  }
}

function layoutOf({ codec, rowGroupSize, dictionary, statistics, threads }: DatasetOptions): EncodeOptions {
  return {
    dictionary,
    ...(codec && { codec }),
    ...(rowGroupSize !== undefined && { rowGroupRows: rowGroupSize }),
    ...(statistics && { statistics }),
    ...(threads !== undefined && { threads }),
  };
}

function parseScale(text: string): number {
  const scale = Number(text);
  if (text.trim() === '' || !(scale > 0 && scale <= 1000))
    throw new InvalidArgumentError('Expected a positive number up to 1000, such as 0.1.');
  return scale;
}

function parseRows(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1 to 999999999.');
  return Number(text);
}

function parseSeed(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > 0xffff_ffff)
    throw new InvalidArgumentError('Expected a whole number from 0 to 4294967295.');
  return Number(text);
}
