import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { parquetMetadata } from 'hyparquet';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { registerDataset } from '../../../cli/commands/dataset.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-dataset-command-'));
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});

afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function run(...words: string[]): Promise<unknown> {
  const program = new Command().exitOverride();
  registerDataset(program);
  for (const command of program.commands) command.exitOverride();
  return program.parseAsync(['dataset', ...words], { from: 'user' });
}

test('the file and its sidecar are written', async () => {
  const out = join(folder, 'edge.csv');
  await run('edge', '--scale', '0.001', '--seed', '3', '--format', 'csv', '--out', out);
  expect(readFileSync(out, 'utf8')).toMatch(/^id,k_int,/);
  expect(existsSync(`${out}.schema.json`)).toBe(true);
});

test('the layout of Parquet, and the order of rows, are as the flags say', async () => {
  const out = join(folder, 'edge.parquet');
  const layout = ['--codec', 'zstd', '--row-group-size', '40', '--no-dictionary', '--statistics', 'none'];
  await run('edge', '--scale', '0.001', '--format', 'parquet', '--out', out, '--sort-by', 'day', ...layout);
  const { row_groups } = parquetMetadata(new Uint8Array(readFileSync(out)).buffer);
  expect(row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([40, 40, 20]);
  for (const { meta_data } of row_groups.flatMap(({ columns }) => columns)) {
    expect(meta_data).toMatchObject({ codec: 'ZSTD' });
    expect(meta_data!.dictionary_page_offset ?? meta_data!.statistics).toBeUndefined();
  }
});

test('a column that cannot be sorted by is a sentence', async () => {
  const words = ['edge', '--scale', '0.001', '--format', 'csv', '--out', join(folder, 'x.csv'), '--sort-by', 'txt'];
  await expect(run(...words)).rejects.toMatchObject({
    code: 'bad-request',
    message: 'cannot sort by "txt": it is not a column of numbers, dates or timestamps',
  });
});

test('an unknown data set is a sentence that names those that exist', async () => {
  await expect(run('orders', '--format', 'csv', '--out', join(folder, 'x.csv'))).rejects.toMatchObject({
    code: 'unknown-name',
    message:
      'unknown data set "orders"; there are lineitem, lineitem-quoted, edge, measures, logs, wide, texts, sparse',
  });
});

test('a path that cannot be written is named with the reason', async () => {
  const missing = join(folder, 'missing', 'x.csv');
  await expect(run('edge', '--format', 'csv', '--out', missing)).rejects.toMatchObject({
    code: 'not-found',
    message: `cannot write "${missing}": its folder does not exist`,
  });
  await expect(run('edge', '--format', 'csv', '--out', folder)).rejects.toMatchObject({
    code: 'bad-request',
    message: `cannot write "${folder}": it exists and is not a file`,
  });
});

test.each([
  ['--scale', '0'],
  ['--scale', 'big'],
  ['--seed', '-1'],
  ['--format', 'xml'],
  ['--codec', 'lzo'],
  ['--row-group-size', '0'],
])('%s %s is wrong usage', async (flag, value) => {
  const words = ['edge', '--format', 'csv', '--out', join(folder, 'x.csv'), flag, value];
  await expect(run(...words)).rejects.toMatchObject({ code: 'commander.invalidArgument' });
});
