import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { edge } from '../../datasets/edge.ts';
import { lineitem } from '../../datasets/lineitem.ts';
import { writeDataset } from '../../datasets/write-dataset.ts';
import { LANE_NAMES } from '../../query/fragment.ts';
import { type Answer, difference, identical } from './answer.ts';
import { EDGE, LINEITEM } from './grammars.ts';
import { generateQueries, queryText } from './query-generator.ts';
import { Reference } from './reference.ts';
import { Subject } from './subject.ts';
import { TPCH } from './tpch.ts';

const FORMATS = ['csv', 'parquet'] as const;
const THREADS = [1, 2] as const;
/** The large ones are more than 8 MiB of CSV, so that more than one chunk is there to merge; row groups are several anyway. */
const TABLES = [
  { table: 'edge', dataset: edge, scale: 0.04, seed: 7, layout: { rowGroupRows: 1_000 } },
  { table: 'lineitem', dataset: lineitem, scale: 0.0005, seed: 7, layout: { rowGroupRows: 1_000 } },
  { table: 'edge_large', dataset: edge, scale: 1, seed: 8, layout: { rowGroupRows: 20_000 } },
  { table: 'lineitem_large', dataset: lineitem, scale: 0.015, seed: 8, layout: { rowGroupRows: 20_000 } },
];
const QUERIES = [
  ...TPCH,
  ...generateQueries(EDGE, 180, 1),
  ...generateQueries(LINEITEM, 60, 2),
  ...generateQueries({ ...EDGE, name: 'edge_large' }, 25, 3),
  ...generateQueries({ ...LINEITEM, name: 'lineitem_large' }, 15, 4),
];

const folder = mkdtempSync(join(tmpdir(), 'sluice-differential-'));
const subjects = new Map<string, Subject>();
let reference: Reference;

beforeAll(async () => {
  reference = await Reference.open();
  for (const { table, dataset, ...size } of TABLES) {
    for (const format of FORMATS)
      await writeDataset({ name: dataset.name, format, path: pathOf(table, format), ...size });
    await reference.loadCsv(table, pathOf(table, 'csv'), dataset.columns);
  }
  for (const format of FORMATS) {
    const tables = new Map(TABLES.map(({ table }) => [table, pathOf(table, format)]));
    for (const threads of THREADS) subjects.set(`${format}, ${threads}`, new Subject(tables, threads));
  }
});

afterAll(async () => {
  for (const subject of subjects.values()) await subject.close();
  reference?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the files', () => {
  test.each(TABLES.map(({ table }) => table))('%s holds the same rows as CSV and as Parquet', async (table) => {
    expect(await reference.rowsUnlike(table, pathOf(table, 'parquet'))).toBe(0);
  });
});

describe.each(LANE_NAMES)('the %s lane answers as DuckDB does', (lane) => {
  test.each(QUERIES.map((query) => [queryText(query).replaceAll('\n', '\\n'), query] as const))(
    '%s',
    async (_, query) => {
      const expected = await reference.answer(query);
      for (const format of FORMATS) {
        const answers: Answer[] = [];
        for (const threads of THREADS) {
          const answer = await subjects.get(`${format}, ${threads}`)!.answer(queryText(query), lane);
          expect(difference(answer, expected, query.order), `${format}, ${threads} threads`).toBeUndefined();
          answers.push(answer);
        }
        expect(identical(answers[0]!, answers[1]!), `${format}: the same bits for 1 and 2 threads`).toBe(true);
      }
    },
  );
});

function pathOf(table: string, format: string): string {
  return join(folder, `${table}.${format}`);
}
