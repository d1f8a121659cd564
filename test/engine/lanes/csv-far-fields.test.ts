import { expect, test } from 'vitest';
import { Random } from '../../../datasets/random.ts';
import type { BadRowPolicy } from '../../../engine/csv-format.ts';
import type { Schema } from '../../../query/types.ts';
import { scanCsv } from './scan-csv.ts';

const COLUMNS = 9;
const SCHEMA: Schema = Array.from({ length: COLUMNS }, (_, i) => ({ name: `c${i}`, type: { kind: 'utf8' } }));

/** Fields of which some are longer than the 64 bytes that one look at a row's marks takes in. */
function randomRows(seed: number, count: number): string[][] {
  const random = new Random(seed);
  const field = () => 'x'.repeat(random.below(4) === 0 ? random.below(200) : random.below(8)) + random.below(10);
  return Array.from({ length: count }, () => Array.from({ length: COLUMNS }, field));
}

/** All pairs of columns, near the row's start, its end, and far from both. */
const WANTED = Array.from({ length: COLUMNS }, (_, a) => Array.from({ length: a + 1 }, (_, b) => [b, a])).flat();

const outputOf = (columns: readonly number[]) => ({
  kind: 'rows' as const,
  columns: columns.map((i) => ({ name: `o${i}`, expression: { kind: 'column' as const, name: `c${i}` } })),
});

test('Fields are found wherever they stand in long and short rows, CR or not.', async () => {
  const rows = randomRows(1, 500);
  for (const end of ['\n', '\r\n'])
    for (const columns of WANTED) {
      const content = rows.map((fields) => fields.join(',') + end).join('');
      const found = await scanCsv({ lane: 'wasm', content, schema: SCHEMA, output: outputOf(columns) });
      expect(found.rows).toEqual(rows.map((fields) => columns.map((column) => fields[column])));
    }
});

test.each(['null', 'skip'] as const)(
  'Rows of another width and blank ones between do not matter, under %s.',
  async (badRows: BadRowPolicy) => {
    const random = new Random(2);
    const lines = randomRows(2, 500).map((fields) => {
      const kind = random.below(6);
      if (kind === 0) return '';
      return (
        kind === 1 ? fields.slice(0, 1 + random.below(COLUMNS - 1)) : kind === 2 ? [...fields, 'surplus'] : fields
      ).join(',');
    });
    const rows = lines.filter((line) => line !== '').map((line) => line.split(','));
    const kept = badRows === 'skip' ? rows.filter((fields) => fields.length === COLUMNS) : rows;
    for (const columns of WANTED) {
      const content = `${lines.join('\n')}\n`;
      const found = await scanCsv({
        lane: 'wasm',
        content,
        schema: SCHEMA,
        dialect: { badRows },
        output: outputOf(columns),
      });
      expect(found.rows).toEqual(kept.map((fields) => columns.map((column) => fields[column] ?? null)));
    }
  },
);
