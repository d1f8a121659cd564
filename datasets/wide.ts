import type { Dataset } from './dataset.ts';
import { drawBatches } from './drawn-columns.ts';
import { MIXED_COLUMNS } from './mixed-columns.ts';

const ROWS_PER_SCALE = 75_000;

const COLUMNS = Array.from({ length: 200 }, (_, i) => ({
  ...MIXED_COLUMNS[i % MIXED_COLUMNS.length]!,
  name: `c${i + 1}`,
}));

/** Many more columns than any query asks for. */
export const wide: Dataset = {
  name: 'wide',
  summary: '200 columns c1 to c200: integers, decimals, dates, words, doubles in turn; 75,000 rows at scale 1',
  columns: COLUMNS.map(({ name, type }) => ({ name, type })),
  rowsPerScale: ROWS_PER_SCALE,
  batches: (generation) => drawBatches(COLUMNS, ROWS_PER_SCALE, generation),
};
