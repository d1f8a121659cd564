import type { Dataset } from './dataset.ts';
import { edge } from './edge.ts';
import { lineitem, lineitemQuoted } from './lineitem.ts';
import { logs } from './logs.ts';
import { measures } from './measures.ts';
import { sparse } from './sparse.ts';
import { texts } from './texts.ts';
import { wide } from './wide.ts';

/** Every data set. A new one is one file and one entry here. */
export const DATASETS: readonly Dataset[] = [lineitem, lineitemQuoted, edge, measures, logs, wide, texts, sparse];

export function findDataset(name: string): Dataset | undefined {
  return DATASETS.find((dataset) => dataset.name === name);
}
