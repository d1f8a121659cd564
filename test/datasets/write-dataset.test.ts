import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDataset } from '../../datasets/catalogue.ts';
import { sqlType } from '../../datasets/column.ts';
import { DATASET_FORMATS, type DatasetFormat, writeDataset } from '../../datasets/write-dataset.ts';

let folder: string;
let duckdb: DuckDBConnection;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-datasets-'));
  duckdb = await (await DuckDBInstance.create()).connect();
});

afterAll(() => {
  duckdb.closeSync();
  rmSync(folder, { recursive: true });
});

async function query(sql: string): Promise<unknown[][]> {
  return (await duckdb.runAndReadAll(sql)).getRowsJson();
}

/** How DuckDB reads a file with the declared columns. */
function source(name: string, format: DatasetFormat, path: string): string {
  const columns = findDataset(name)!.columns.map((column) => `'${column.name}': '${sqlType(column.type)}'`);
  const declared = `columns = {${columns.join(', ')}}`;
  if (format === 'parquet') return `read_parquet('${path}')`;
  if (format === 'ndjson') return `read_json('${path}', format = 'newline_delimited', ${declared})`;
  return `read_csv('${path}', header = true, delim = ',', quote = '"', escape = '"', nullstr = '',
    allow_quoted_nulls = false, auto_detect = false, parallel = false, ${declared})`;
}

describe.each([
  { name: 'lineitem', rows: 20_000 },
  { name: 'edge', rows: 10_000 },
])('$name', ({ name, rows }) => {
  const path = (format: DatasetFormat) => join(folder, `${name}.${format}`);

  beforeAll(async () => {
    for (const format of DATASET_FORMATS) {
      const written = await writeDataset({ name, format, path: path(format), rows });
      expect(written.rows).toBe(rows);
    }
  });

  test.each([
    ['csv', 'parquet'],
    ['ndjson', 'parquet'],
  ] as const)('holds the same rows in %s and in %s, as DuckDB reads them', async (one, other) => {
    const [left, right] = [source(name, one, path(one)), source(name, other, path(other))];
    expect(await query(`SELECT count(*) FROM ${left}`)).toEqual([[String(rows)]]);
    expect(await query(`SELECT * FROM ${left} EXCEPT ALL SELECT * FROM ${right} LIMIT 3`)).toEqual([]);
    expect(await query(`SELECT * FROM ${right} EXCEPT ALL SELECT * FROM ${left} LIMIT 3`)).toEqual([]);
  });

  test('parquet has the declared types', async () => {
    const described = await query(`DESCRIBE SELECT * FROM '${path('parquet')}'`);
    const declared = findDataset(name)!.columns.map((column) => [column.name, sqlType(column.type).toUpperCase()]);
    expect(described.map((row) => row.slice(0, 2))).toEqual(declared);
  });

  test('the sidecar gives every column its type', () => {
    for (const format of ['csv', 'ndjson'] as const) {
      const sidecar = JSON.parse(readFileSync(`${path(format)}.schema.json`, 'utf8'));
      const columns = findDataset(name)!.columns.map((column) => ({ name: column.name, type: sqlType(column.type) }));
      expect(sidecar).toEqual({ columns });
    }
    expect(existsSync(`${path('parquet')}.schema.json`)).toBe(false);
  });

  test.each(DATASET_FORMATS)('the same seed gives the same bytes of %s, another seed others', async (format) => {
    const again = await writeDataset({ name, format, path: join(folder, 'again'), rows });
    const other = await writeDataset({ name, format, path: join(folder, 'other'), rows, seed: 2 });
    expect(again.sha256).toBe(
      createHash('sha256')
        .update(readFileSync(path(format)))
        .digest('hex'),
    );
    expect(again.bytes).toBe(readFileSync(path(format)).length);
    expect(other.sha256).not.toBe(again.sha256);
  });

  test('parquet has statistics, dictionaries and Snappy in row groups of the asked size', async () => {
    const file = join(folder, 'groups.parquet');
    await writeDataset({ name, format: 'parquet', path: file, rows: 10_000, layout: { rowGroupRows: 4096 } });
    const groups = await query(
      `SELECT DISTINCT row_group_id, row_group_num_rows FROM parquet_metadata('${file}') ORDER BY ALL`,
    );
    expect(groups.map(([, count]) => Number(count))).toEqual([4096, 4096, 1808]);
    const chunks = await query(`
      SELECT count(*) FROM parquet_metadata('${file}')
      WHERE stats_min_value IS NULL OR stats_max_value IS NULL OR stats_null_count IS NULL OR compression <> 'SNAPPY'
        OR (type <> 'BOOLEAN' AND dictionary_page_offset IS NULL)`);
    expect(chunks).toEqual([['0']]);
  });

  test('sorting changes the order of the rows and nothing else', async () => {
    const file = join(folder, 'sorted.parquet');
    const key = name === 'lineitem' ? 'l_shipdate' : 'day';
    await writeDataset({ name, format: 'parquet', path: file, rows, sortBy: key });
    const unsorted = `'${path('parquet')}'`;
    expect(await query(`SELECT * FROM '${file}' EXCEPT ALL SELECT * FROM ${unsorted}`)).toEqual([]);
    expect(await query(`SELECT * FROM ${unsorted} EXCEPT ALL SELECT * FROM '${file}'`)).toEqual([]);
    expect(
      await query(`SELECT count(*) FROM (SELECT ${key} AS k, lag(${key}) OVER (ORDER BY file_row_number) AS previous,
        file_row_number AS n FROM read_parquet('${file}', file_row_number = true))
        WHERE n > 0 AND (previous > k OR (previous IS NULL AND k IS NOT NULL))`),
    ).toEqual([['0']]);
  });
});

describe('requests that cannot be met', () => {
  test('an unknown data set is named together with the known ones', async () => {
    const request = { name: 'orders', format: 'csv', path: join(folder, 'x.csv') } as const;
    await expect(writeDataset(request)).rejects.toThrow(
      'unknown data set "orders"; there are lineitem, lineitem-quoted, edge, measures, logs, wide, texts, sparse',
    );
  });

  test.each(DATASET_FORMATS)('a sort key that does not exist leaves no %s file behind', async (format) => {
    const path = join(folder, `unsortable.${format}`);
    const request = { name: 'edge', format, path, rows: 10, sortBy: 'l_shipdate' };
    await expect(writeDataset(request)).rejects.toThrow('cannot sort by "l_shipdate"');
    expect(existsSync(path) || existsSync(`${path}.partial`)).toBe(false);
  });

  test('a folder is not overwritten', async () => {
    await expect(writeDataset({ name: 'edge', format: 'csv', path: folder })).rejects.toThrow('is not a file');
  });
});
