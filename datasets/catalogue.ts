import type { Dataset } from './dataset.ts';
import { edge } from './edge.ts';
import { lineitem } from './lineitem.ts';
import { logs } from './logs.ts';
import { measures } from './measures.ts';

/** Every data set. A new one is one file and one entry here. */
export const DATASETS: readonly Dataset[] = [lineitem, edge, measures, logs];

export function findDataset(name: string): Dataset | undefined {
  return DATASETS.find((dataset) => dataset.name === name);
}
