import type { Dataset } from './dataset.ts';
import { edge } from './edge.ts';
import { lineitem } from './lineitem.ts';

/** Every data set. A new one is one file and one entry here. */
export const DATASETS: readonly Dataset[] = [lineitem, edge];

export function findDataset(name: string): Dataset | undefined {
  return DATASETS.find((dataset) => dataset.name === name);
}
