import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DATASET_FORMATS } from '../../datasets/write-dataset.ts';
import { LANE_NAMES } from '../../query/fragment.ts';
import { PARQUET_SUITE } from '../conformance/suite.ts';
import { goldenPath, writeGoldenData } from './golden-data.ts';
import { readGolden } from './golden-file.ts';
import { QUESTIONS } from './questions.ts';
import { allColumns, runFragment } from './run-fragment.ts';

// The same answers on every processor: no DuckDB takes part, so that this also runs where there is none.

const golden = readGolden();
const folder = mkdtempSync(join(tmpdir(), 'sluice-golden-'));
beforeAll(() => writeGoldenData(folder));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(LANE_NAMES)('%s lane', (lane) => {
  describe.each(DATASET_FORMATS)('%s', (format) => {
    test.each(QUESTIONS)('$name: the golden answer', async ({ name, dataset }) => {
      const { fragment, answer } = golden.questions[name]!;
      expect(await runFragment(goldenPath(folder, dataset, format), fragment, lane)).toEqual(answer);
    });
  });

  const files = Object.entries(golden.parquetFiles);
  test.skipIf(!existsSync(PARQUET_SUITE)).each(files)('%s: all cells as ever', async (file, answer) => {
    const path = join(folder, `${file.replaceAll('/', '-')}.parquet`);
    if (!existsSync(path)) symlinkSync(join(PARQUET_SUITE, file), path);
    expect(await runFragment(path, await allColumns(path), lane)).toEqual(answer);
  });
});
