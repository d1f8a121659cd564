import type { Dataset } from './dataset.ts';
import { type DrawnColumn, drawBatches } from './drawn-columns.ts';
import { MIXED_COLUMNS } from './mixed-columns.ts';

const ROWS_PER_SCALE = 650_000;
const NULLS_PER_MILLE = 700;
const TIMES = 11;

const COLUMNS: readonly DrawnColumn[] = [
  { name: 'id', type: { kind: 'int32' }, nullsPerMille: 0, draw: (_, row) => row },
  ...Array.from({ length: TIMES }, (_, i) =>
    MIXED_COLUMNS.map((column) => ({ ...column, name: `${column.name}${i + 1}`, nullsPerMille: NULLS_PER_MILLE })),
  ).flat(),
];

/** Rows that are mostly empty fields. */
export const sparse: Dataset = {
  name: 'sparse',
  summary: '56 columns, of which 55 are NULL in 70 % of the rows; 650,000 rows at scale 1',
  columns: COLUMNS.map(({ name, type }) => ({ name, type })),
  rowsPerScale: ROWS_PER_SCALE,
  batches: (generation) => drawBatches(COLUMNS, ROWS_PER_SCALE, generation),
};
