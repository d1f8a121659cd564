import { expect, test } from 'vitest';
import { Random } from '../../../datasets/random.ts';
import type { BadRowPolicy } from '../../../engine/csv-format.ts';
import type { Fragment } from '../../../query/fragment.ts';
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

const AT_LEAST_50: Fragment['filter'] = {
  kind: 'call',
  function: 'ge',
  args: [
    { kind: 'column', name: 'score' },
    { kind: 'literal', type: { kind: 'int32' }, value: 50 },
  ],
};

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

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

test.each(['\n', '\r\n'])(
  'Columns behind long texts are found, also where rows change, with line ends %j.',
  async (end) => {
    const schema: Schema = [
      { name: 'id', type: { kind: 'int32' } },
      { name: 'body', type: { kind: 'utf8' } },
      { name: 'score', type: { kind: 'int32' } },
      { name: 'note', type: { kind: 'utf8' } },
    ];
    const random = new Random(3);
    /** Rows for several batches; blank lines stand between some of the third part. */
    const rows = Array.from({ length: 3000 }, (_, row) => {
      const part = Math.floor(row / 600);
      const body = `a "b", ${'x'.repeat(part === 4 ? random.below(30) : 100 + random.below(1500))}`;
      const note = part === 1 ? 'y'.repeat(random.below(200)) : random.below(9) === 0 ? 'it is "so"' : 'z';
      return { row, body, score: random.below(200) - 50, note, isLast: part === 2 && random.below(50) === 0 };
    });
    const content = rows.map(({ row, body, score, note, isLast }) => {
      const line = [row, quoted(body), score, quoted(note)].join(',');
      return line + end + (isLast ? end : '');
    });
    const wanted = [['score'], ['note'], ['id', 'score'], ['score', 'note'], ['body', 'note']];
    for (const names of wanted)
      for (const isFiltered of [false, true]) {
        const found = await scanCsv({
          lane: 'wasm',
          content: content.join(''),
          schema,
          output: {
            kind: 'rows',
            columns: names.map((name) => ({ name, expression: { kind: 'column', name } })),
          },
          ...(isFiltered && { filter: AT_LEAST_50 }),
        });
        const expected = rows
          .filter(({ score }) => !isFiltered || score >= 50)
          .map(({ row, ...others }) => names.map((name) => ({ id: row, ...others })[name as 'id']));
        expect(found.rows).toEqual(expected);
      }
  },
);
