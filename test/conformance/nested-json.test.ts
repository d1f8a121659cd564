import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LANE_NAMES } from '../../query/fragment.ts';
import { Subject } from '../differential/subject.ts';
import { normalJson } from './json-text.ts';
import { ParquetOracle } from './parquet-oracle.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-nested-'));
const path = join(folder, 'nested.parquet');
const subject = new Subject(new Map([['t', path]]), 1);

/** Structs, lists and maps of all types, NULL and empty at each level, in several row groups and pages. */
const TABLE = `SELECT i AS id,
  CASE WHEN i % 7 > 0 THEN {'n': i, 'none': NULL::INTEGER, 'when': CASE WHEN i % 3 > 0 THEN TIMESTAMP '1969-12-31 23:59:59' + INTERVAL (i) MILLISECOND END,
    'zoned': TIMESTAMPTZ '2020-01-01 00:00:00+00' + INTERVAL (i) SECOND, 'fine': make_timestamp_ns(i * 1001 - 5000),
    'day': DATE '0001-01-01' + i::INTEGER, 'clock': TIME '00:00:00' + INTERVAL (i) SECOND, 'price': (i - 500)::DECIMAL(9,2) / 4,
    'wide': i::DECIMAL(38,3) * 1000000007, 'x': CASE i % 5 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN '-inf'::DOUBLE ELSE i / 7.0 END,
    'single': (i / 3)::FLOAT, 'big': (18446744073709551615 - i)::UBIGINT, 'raw': encode('ä''"\\ ' || chr(i::INTEGER % 128)), 'word': 'w"\\ ' || chr(i::INTEGER % 300 + 1),
    'id': md5(i::VARCHAR)::UUID, 'json': ('{"k": [' || i || ', null]}')::JSON, 'flag': i % 2 = 0, 'deep': {'er': {'c': CASE WHEN i % 4 > 0 THEN 'c' || i % 9 END}}} END AS s,
  CASE WHEN i % 5 > 0 THEN [x FOR x IN range(i % 4)] END AS list,
  CASE WHEN i % 6 > 0 THEN [CASE WHEN x % 3 > 0 THEN [{'a': x, 'b': [x, NULL]}, NULL] END FOR x IN range(i % 5)] END AS lists,
  CASE WHEN i % 4 > 0 THEN MAP([x FOR x IN range(i % 3)], ['v' || x FOR x IN range(i % 3)]) END AS numbers,
  MAP {'10': {'a': i}, '9': NULL, 'ä"': {'a': NULL}} AS keyed
  FROM range(5000) r(i)`;

beforeAll(async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`COPY (${TABLE}) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`);
  connection.closeSync();
});

afterAll(async () => {
  await subject.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(LANE_NAMES)('%s lane', (lane) => {
  test('structs, lists and maps are the JSON that DuckDB makes of them', async () => {
    const oracle = await ParquetOracle.open();
    const columns = await oracle.read(path);
    oracle.close();
    const { names, rows } = await subject.answer('SELECT * FROM t', lane);
    expect(names).toEqual(['id', 's', 'list', 'lists', 'numbers', 'keyed']);
    for (const [i, { cells }] of columns.slice(1).entries())
      for (const [row, cell] of cells.entries()) {
        const found = rows[row]![i + 1];
        const shown = found === null ? null : normalJson(String(found));
        const wanted = cell === null ? null : normalJson(String(cell));
        if (shown !== wanted) expect([row, shown]).toEqual([row, wanted]);
      }
  });

  test('members of structs are columns by their paths, and not among those of *', async () => {
    const text = `SELECT id, s.n, s.deep.er.c, t.s.deep FROM t WHERE s.deep.er.c = 'c5' AND s.n < 60 ORDER BY id`;
    const { rows } = await subject.answer(text, lane);
    expect(rows).toEqual([
      [5n, 5n, 'c5', '{"er":{"c":"c5"}}'],
      [23n, 23n, 'c5', '{"er":{"c":"c5"}}'],
      [41n, 41n, 'c5', '{"er":{"c":"c5"}}'],
      [50n, 50n, 'c5', '{"er":{"c":"c5"}}'],
      [59n, 59n, 'c5', '{"er":{"c":"c5"}}'],
    ]);
    const nulls = await subject.answer('SELECT count(*), count(s.n), count(s.deep.er.c), count(s.none) FROM t', lane);
    expect(nulls.rows).toEqual([[5000n, 4285n, 3214n, 0n]]);
  });

  test('filters and groups take JSON as text', async () => {
    const text = `SELECT list, count(*) FROM t WHERE list LIKE '[%]' GROUP BY list ORDER BY list`;
    const { rows } = await subject.answer(text, lane);
    expect(rows.map(([list]) => list)).toEqual(['[0,1,2]', '[0,1]', '[0]', '[]']);
  });
});
