import { type Command, InvalidArgumentError, Option } from 'commander';
import { DATASETS, findDataset } from '../../datasets/catalogue.ts';
import {
  DATASET_FORMATS,
  type DatasetFormat,
  type WrittenDataset,
  writeDataset,
} from '../../datasets/write-dataset.ts';
import { SluiceError } from '../../query/error.ts';

interface DatasetOptions {
  readonly scale: number;
  readonly seed: number;
  readonly format: DatasetFormat;
  readonly out: string;
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
      onProgress(rows) {
        if (!showProgress || performance.now() - shown < 200) return;
        shown = performance.now();
        process.stderr.write(`\r${rows} rows`);
      },
    });
  } catch (error) {
    throw explainFileError(error, options.out);
  } finally {
    if (showProgress) process.stderr.write('\r\x1b[K');
  }
}

const FILE_ERRORS: Record<string, string> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is not a folder',
  EEXIST: 'it exists and is not a file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
};

function explainFileError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = FILE_ERRORS[code];
  if (!reason) return error;
  return new SluiceError(code === 'ENOENT' ? 'not-found' : 'bad-request', `cannot write "${path}": ${reason}`);
}

function parseScale(text: string): number {
  const scale = Number(text);
  if (text.trim() === '' || !(scale > 0 && scale <= 1000))
    throw new InvalidArgumentError('Expected a positive number up to 1000, such as 0.1.');
  return scale;
}

function parseSeed(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > 0xffff_ffff)
    throw new InvalidArgumentError('Expected a whole number from 0 to 4294967295.');
  return Number(text);
}
