import {
  Bool,
  DateDay,
  Float64,
  Int32,
  Int64,
  Table,
  TimestampMicrosecond,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import * as parquetWasm from 'parquet-wasm';
import { beforeAll, describe, expect, test } from 'vitest';
import { JsLane } from '../../../engine/lanes/js/lane.ts';
import { WasmLane } from '../../../engine/lanes/wasm/lane.ts';
import { finalizeGroups, mergePartials } from '../../../engine/run/merge.ts';
import { scalarAt } from '../../../engine/scalars.ts';
import type { Lane, ScanPlan } from '../../../engine/task.ts';
import { bindFragment } from '../../../query/bind.ts';
import type { LaneName } from '../../../query/fragment.ts';
import { planFragment } from '../../../query/plan.ts';
import { parseSql } from '../../../query/sql/parse-sql.ts';
import { describeBytes } from '../parquet-files.ts';

const { WriterPropertiesBuilder } = parquetWasm;

function written(columns: Table, properties: parquetWasm.WriterPropertiesBuilder): Uint8Array {
  const arrow = parquetWasm.Table.fromIPCStream(tableToIPC(columns, 'stream'));
  return parquetWasm.writeParquet(arrow, properties.build());
}

const hash = (i: number) => Math.imul(i + 1, 0x9e3779b1) >>> 8;

/** Keys of each type, of few values and of many, with NULLs and without; each row group has its own order of values. */
function keys(rows: number): Table {
  const numbers = Array.from({ length: rows }, (_, i) => i);
  const some = <T>(values: readonly T[], i: number): T => values[hash(i) % values.length] as T;
  return new Table({
    id: vectorFromArray(numbers, new Int32()),
    flag: vectorFromArray(
      numbers.map((i) => some(['R', 'A', 'N'], i)),
      new Utf8(),
    ),
    status: vectorFromArray(
      numbers.map((i) => (i % 3000 < 2500 ? some(['O', 'F'], i >> 2) : null)),
      new Utf8(),
    ),
    word: vectorFromArray(
      numbers.map((i) => some(['', 'rail', 'größe', null, 'a longer text', 'ship'], i >> 1)),
      new Utf8(),
    ),
    bit: vectorFromArray(
      numbers.map((i) => some([true, false, null], i)),
      new Bool(),
    ),
    int: vectorFromArray(
      numbers.map((i) => some([0, -1, 2 ** 31 - 1, null, 7], i >> 3)),
      new Int32(),
    ),
    long: vectorFromArray(
      numbers.map((i) => some([0n, -1n, 2n ** 62n, 5n], i >> 2)),
      new Int64(),
    ),
    double: vectorFromArray(
      numbers.map((i) => some([0, -0, 1.5, Number.NaN, null, 1e300], i >> 4)),
      new Float64(),
    ),
    day: vectorFromArray(
      numbers
        .map((i) => some([0, 1, 10_000, null], i >> 5) ?? null)
        .map((d) => (d === null ? null : new Date(d * 86_400_000))),
      new DateDay(),
    ),
    time: vectorFromArray(
      numbers.map((i) => 1_000 * (hash(i) % 50)),
      new TimestampMicrosecond(),
    ),
    few: vectorFromArray(
      numbers.map((i) => BigInt(hash(i) % 11)),
      new Int64(),
    ),
    late: vectorFromArray(
      numbers.map((i) => (i % 5000 < 3000 ? i % 9 : i % 700)),
      new Int32(),
    ),
    price: vectorFromArray(
      numbers.map((i) => (hash(i) % 9973) / 7),
      new Float64(),
    ),
  });
}

const writers: [string, () => parquetWasm.WriterPropertiesBuilder][] = [
  ['one page a chunk', () => new WriterPropertiesBuilder().setMaxRowGroupSize(5000)],
  [
    'small pages',
    () => new WriterPropertiesBuilder().setMaxRowGroupSize(5000).setDataPageSizeLimit(1500).setWriteBatchSize(100),
  ],
  [
    'dictionaries that give way to plain pages',
    () =>
      new WriterPropertiesBuilder()
        .setMaxRowGroupSize(5000)
        .setDictionaryPageSizeLimit(40)
        .setDataPageSizeLimit(1500)
        .setWriteBatchSize(100),
  ],
];

const QUERIES = [
  'SELECT flag, status, count(*) AS n, sum(price) AS s, min(id) AS first FROM t GROUP BY flag, status',
  'SELECT flag, count(*) AS n, sum(price) AS s FROM t WHERE id % 7 <> 0 GROUP BY flag',
  'SELECT flag, status, sum(id) AS s FROM t WHERE late < 8 GROUP BY flag, status',
  'SELECT word, status, flag, max(id) AS last, min(word) AS same FROM t GROUP BY word, status, flag',
  'SELECT bit, int, count(*) AS n FROM t GROUP BY bit, int',
  'SELECT long, double, sum(late) AS s FROM t GROUP BY long, double',
  'SELECT day, count(id) AS n FROM t GROUP BY day',
  'SELECT time, day, min(price) AS low FROM t WHERE word IS NOT NULL GROUP BY time, day',
  'SELECT late, count(*) AS n FROM t GROUP BY late',
  "SELECT late, flag, int, count(*) AS n, count(int) AS m FROM t WHERE flag <> 'A' GROUP BY late, flag, int",
  'SELECT id, count(*) AS n FROM t GROUP BY id',
  // Few rows are missing: others are taken eight at once.
  'SELECT flag, sum(few) AS f, sum(id) AS i, sum(price) AS p, max(time) AS t FROM t WHERE id % 50 <> 3 GROUP BY flag',
  'SELECT flag, bit, few, sum(long) AS s, min(few) AS f FROM t WHERE id % 97 > 1 GROUP BY flag, bit, few',
  'SELECT few, max(double) AS d, max(bit) AS b, min(late) AS l FROM t WHERE id % 50 <> 3 GROUP BY few',
  'SELECT flag, flag AS again, upper(word) AS loud, count(*) AS n FROM t GROUP BY flag, again, loud',
];

/** The groups in the order in which they are given out, one batch a row group; or as a whole, sorted. */
async function groupsOf(lane: Lane, name: LaneName, bytes: Uint8Array, sql: string): Promise<string[]> {
  const { source, description } = await describeBytes('t.parquet', bytes);
  const { fragment } = planFragment(await parseSql(sql), description.schema, name);
  const plan: ScanPlan = { object: description, fragment: bindFragment(fragment, description.schema), lane: name };
  const { output } = plan.fragment;
  if (description.format.kind !== 'parquet' || output.kind !== 'groups') throw new Error('no groups of Parquet');
  const batches = [];
  for (const index of description.format.groupRows.keys())
    batches.push(...(await lane.run(plan, { kind: 'row-group', index }, source, () => false)).batches);
  const whole = finalizeGroups(output, mergePartials(output, batches));
  return Array.from({ length: whole.length }, (_, row) =>
    whole.columns
      .map((column) => {
        const value = scalarAt(column, row);
        return typeof value === 'number' ? value.toPrecision(12) : String(value);
      })
      .join(' | '),
  );
}

const wasm = new WasmLane();
const js = new JsLane();

describe.each(writers)('groups by dictionary codes: %s', (_, properties) => {
  let bytes: Uint8Array;
  beforeAll(() => {
    bytes = written(keys(12_000), properties());
  });

  test.each(QUERIES)('%s', async (sql) => {
    expect(await groupsOf(wasm, 'wasm', bytes, sql)).toEqual(await groupsOf(js, 'js', bytes, sql));
  });
});

test('groups by a dictionary of more than 65,536 values', async () => {
  const rows = Array.from({ length: 150_000 }, (_, i) => i);
  const table = new Table({
    key: vectorFromArray(
      rows.map((i) => Math.imul(i % 70_000, 7919)),
      new Int32(),
    ),
    flag: vectorFromArray(
      rows.map((i) => (i % 70_000 < 200 ? 'x' : 'y')),
      new Utf8(),
    ),
  });
  const bytes = written(table, new WriterPropertiesBuilder().setDictionaryPageSizeLimit(1 << 22));
  for (const sql of [
    'SELECT key, count(*) AS n FROM t GROUP BY key',
    "SELECT key, flag, count(*) AS n FROM t WHERE flag = 'x' GROUP BY key, flag",
  ])
    expect(await groupsOf(wasm, 'wasm', bytes, sql)).toEqual(await groupsOf(js, 'js', bytes, sql));
});
