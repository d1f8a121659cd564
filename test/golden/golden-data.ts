import { join } from 'node:path';
import { DATASET_FORMATS, type DatasetFormat, writeDataset } from '../../datasets/write-dataset.ts';
import { DATA } from './questions.ts';

/** Where `writeGoldenData` puts a data set. */
export function goldenPath(folder: string, dataset: string, format: DatasetFormat): string {
  return join(folder, `${dataset}.${format}`);
}

/** Writes every data set in every format into a folder. */
export async function writeGoldenData(folder: string): Promise<void> {
  for (const [name, { scale, seed }] of Object.entries(DATA))
    for (const format of DATASET_FORMATS)
      await writeDataset({ name, scale, seed, format, path: goldenPath(folder, name, format) });
}
