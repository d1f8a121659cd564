import { Bool, Int32, Int64, makeVector, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import * as parquetWasm from 'parquet-wasm';
import { beforeAll, describe, expect, test } from 'vitest';
import { readFooter } from '../../../engine/formats/parquet/footer.ts';
import { JsLane } from '../../../engine/lanes/js/lane.ts';
import { WasmLane } from '../../../engine/lanes/wasm/lane.ts';
import { scalarAt } from '../../../engine/scalars.ts';
import type { ByteSource, Lane, RowRange, ScanPlan } from '../../../engine/task.ts';
import { bindFragment } from '../../../query/bind.ts';
import { SluiceError } from '../../../query/error.ts';
import type { LaneName } from '../../../query/fragment.ts';
import { planFragment } from '../../../query/plan.ts';
import { parseSql } from '../../../query/sql/parse-sql.ts';
import type { Scalar } from '../../../query/types.ts';
import { describeBytes } from '../parquet-files.ts';

const ROWS = 12_000;

/** Columns with NULLs in runs and single, of few and of many values, sorted and not. */
function table(): Table {
  const rows = Array.from({ length: ROWS }, (_, i) => i);
  const hash = (i: number) => Math.imul(i + 1, 0x9e3779b1) >>> 8;
  return new Table({
    small: vectorFromArray(
      rows.map((i) => (hash(i) % 7 === 0 ? null : hash(i) % 20)),
      new Int32(),
    ),
    sorted: vectorFromArray(
      rows.map((i) => Math.floor(i / 3)),
      new Int32(),
    ),
    many: vectorFromArray(
      rows.map((i) => BigInt(hash(i)) - 5_000_000n),
      new Int64(),
    ),
    price: makeVector(Float64Array.from(rows, (i) => (hash(i) % 9973) / 7)),
    word: vectorFromArray(
      rows.map((i) => (i % 4000 < 500 ? null : ['air', 'rail', 'ship', '', 'größe', 'truck'][hash(i) % 6])),
      new Utf8(),
    ),
    text: vectorFromArray(
      rows.map((i) => (hash(i) % 11 === 0 ? null : `comment ${hash(i) % 3000}`)),
      new Utf8(),
    ),
    flag: vectorFromArray(
      rows.map((i) => (hash(i) % 5 === 0 ? null : hash(i) % 3 === 0)),
      new Bool(),
    ),
    // The first rows of a row group are few values, later ones new each: the dictionary gives way to plain values.
    late: vectorFromArray(
      rows.map((i) => (i % 5000 < 3000 ? i % 9 : i)),
      new Int32(),
    ),
    nothing: vectorFromArray(
      rows.map((): number | null => null),
      new Int32(),
    ),
  });
}

const { Compression, WriterPropertiesBuilder, WriterVersion } = parquetWasm;
const small = () =>
  new WriterPropertiesBuilder().setMaxRowGroupSize(5000).setDataPageSizeLimit(1500).setWriteBatchSize(100);
const writers: [string, () => parquetWasm.WriterPropertiesBuilder][] = [
  ['dictionaries in one page a chunk', () => new WriterPropertiesBuilder().setMaxRowGroupSize(5000)],
  ['many small pages with snappy', () => small().setCompression(Compression.SNAPPY)],
  ['many small V2 pages with zstd', () => small().setCompression(Compression.ZSTD).setWriterVersion(WriterVersion.V2)],
  ['dictionaries that give way to plain pages', () => small().setDictionaryPageSizeLimit(300)],
  [
    'plain V2 pages that are not compressed',
    () =>
      ['small', 'sorted', 'many', 'late', 'nothing', 'flag', 'word', 'text'].reduce(
        (builder, column) => builder.setColumnEncoding(column, parquetWasm.Encoding.PLAIN),
        small().setDictionaryEnabled(false).setWriterVersion(WriterVersion.V2).setCompression(Compression.UNCOMPRESSED),
      ),
  ],
];

const QUERIES = [
  'SELECT * FROM t',
  'SELECT small, word, late FROM t WHERE small = 7',
  'SELECT small, many, text FROM t WHERE small IS NULL AND sorted < 3000',
  "SELECT word, price FROM t WHERE word IS NULL OR word = 'ship'",
  "SELECT sorted, word FROM t WHERE word IN ('air', '', 'none') AND flag",
  "SELECT sorted, text FROM t WHERE text LIKE '%99%' AND small IN (1, 2, 3)",
  "SELECT sorted FROM t WHERE text LIKE 'comment 1_5' OR text IS NULL",
  'SELECT late, price FROM t WHERE late > 4 AND late < 3500 AND many > 0',
  'SELECT sorted, many FROM t WHERE sorted BETWEEN 1600 AND 1700',
  'SELECT sorted, many FROM t WHERE sorted = 3999',
  'SELECT sorted, nothing FROM t WHERE nothing IS NULL AND sorted % 100 = 0',
  'SELECT sorted FROM t WHERE nothing = 3',
  'SELECT word, price FROM t WHERE price > 1400 AND NOT flag',
  'SELECT small + late AS a, upper(word) AS b FROM t WHERE small < late LIMIT 700',
  'SELECT count(*) AS n FROM t',
  'SELECT sum(many) AS a, min(late) AS b, max(text) AS c, count(small) AS d, avg(price) AS e FROM t WHERE late < 9',
  'SELECT word, flag, count(*) AS n, sum(late) AS s, sum(many * small) AS p FROM t WHERE small <> 3 GROUP BY word, flag',
  'SELECT word, small, count(*) AS n, sum(price) AS s FROM t WHERE late <> 5 GROUP BY word, small',
  'SELECT small, sum(price) AS s, min(word) AS m FROM t WHERE sorted >= 1000 GROUP BY small',
];

interface Scanned {
  readonly rows: Scalar[][];
  readonly rowsScanned: number;
}

interface ScanOptions {
  readonly wrap?: (source: ByteSource) => ByteSource;
  readonly ranges?: readonly RowRange[];
}

const slow = (source: ByteSource): ByteSource => ({
  name: source.name,
  size: source.size,
  read: async (offset, target) => source.read(offset, target.subarray(0, 1000)),
  close: () => {},
});

/** Every row group, one after the other, without pruning. */
async function scan(
  lane: Lane,
  name: LaneName,
  bytes: Uint8Array,
  sql: string,
  { wrap = (source) => source, ranges }: ScanOptions = {},
): Promise<Scanned> {
  const { source, description } = await describeBytes('t.parquet', bytes);
  const { fragment } = planFragment(await parseSql(sql), description.schema, name);
  const plan: ScanPlan = { object: description, fragment: bindFragment(fragment, description.schema), lane: name };
  const rows: Scalar[][] = [];
  let rowsScanned = 0;
  if (description.format.kind !== 'parquet') throw new Error('not parquet');
  for (const index of description.format.groupRows.keys()) {
    const part = { kind: 'row-group', index, ...(ranges && { ranges }) } as const;
    const result = await lane.run(plan, part, wrap(source), () => false);
    rowsScanned += result.rowsScanned;
    for (const { columns, length } of result.batches)
      for (let row = 0; row < length; row++) rows.push(columns.map((column) => scalarAt(column, row)));
  }
  return { rows, rowsScanned };
}

/** Filters that fail at some value, of which one meets no row with such a value. */
const FAILING = [
  'SELECT sorted FROM t WHERE CAST(word AS INTEGER) = 3',
  'SELECT sorted FROM t WHERE small > 100 AND CAST(word AS INTEGER) = 3',
  "SELECT sorted FROM t WHERE word = '' AND CAST('1' || word AS INTEGER) = 1 AND sorted < 900",
];

const wasm = new WasmLane();
const js = new JsLane();

/** Both lanes give the same rows; partial groups come in any order. */
async function expectSame(bytes: Uint8Array, sql: string, options: ScanOptions = {}): Promise<void> {
  const expected = await scan(js, 'js', bytes, sql, { ...options, wrap: (source) => source });
  const actual = await scan(wasm, 'wasm', bytes, sql, options);
  const text = (row: Scalar[]) => row.map((v) => (typeof v === 'number' ? v.toPrecision(12) : String(v))).join(' | ');
  const lines = ({ rows }: Scanned) => (sql.includes('GROUP BY') ? rows.map(text).sort() : rows.map(text));
  const [actualLines, expectedLines] = [lines(actual), lines(expected)];
  const different = actualLines.findIndex((line, i) => line !== expectedLines[i]);
  expect([different, actualLines[different], actualLines.length]).toEqual([
    -1,
    expectedLines[different],
    expectedLines.length,
  ]);
}

describe.each(writers)('%s', (_, properties) => {
  let bytes: Uint8Array;
  beforeAll(() => {
    const arrow = parquetWasm.Table.fromIPCStream(tableToIPC(table(), 'stream'));
    bytes = parquetWasm.writeParquet(arrow, properties().build());
  });

  test.each(QUERIES)('%s', async (sql) => {
    await expectSame(bytes, sql);
  });

  test('a source that makes one wait gives the same', async () => {
    await expectSame(bytes, QUERIES[7] as string, { wrap: slow });
  });

  test.each(FAILING)('%s: an error in both lanes, or in none', async (sql) => {
    const outcome = (lane: Lane, name: LaneName) =>
      scan(lane, name, bytes, sql).then(
        ({ rows }) => rows.join(),
        (error: SluiceError) => error.code,
      );
    expect(await outcome(wasm, 'wasm')).toBe(await outcome(js, 'js'));
  });

  const ranges = [
    { first: 130, end: 160 },
    { first: 700, end: 701 },
    { first: 1200, end: 1990 },
  ];
  test.each([{ ranges, wrap: slow }, { ranges }, { ranges: [{ first: 1999, end: 2000 }] }])(
    'rows of some ranges alone are read',
    async (options) => {
      for (const sql of QUERIES.slice(0, 10)) await expectSame(bytes, sql, options);
    },
  );
});

/** Of so many rows in one row group most are dropped, but for those of one stretch. */
function longTable(): Table {
  const rows = Array.from({ length: 60_000 }, (_, i) => i);
  return new Table({
    seldom: vectorFromArray(
      rows.map((i) => ((i > 41_000 && i < 47_000) || i % 500 === 0 ? 1 : i % 333 === 0 ? null : 2 + (i % 3))),
      new Int32(),
    ),
    // Its dictionary gives way to plain values.
    late: vectorFromArray(
      rows.map((i) => (i < 30_000 ? i % 900 : i)),
      new Int32(),
    ),
    value: vectorFromArray(
      rows.map((i) => (i % 77 === 0 ? null : BigInt(i) * 7919n)),
      new Int64(),
    ),
    word: vectorFromArray(
      rows.map((i) => ['air', 'rail', null, 'ship'][(i >> 4) % 4]),
      new Utf8(),
    ),
    day: vectorFromArray(
      rows.map((i) => i % 2000),
      new Int32(),
    ),
  });
}

describe.each([writers[0]!, writers[3]!])('batches of many rows of which few are left: %s', (_, properties) => {
  let bytes: Uint8Array;
  beforeAll(() => {
    const arrow = parquetWasm.Table.fromIPCStream(tableToIPC(longTable(), 'stream'));
    bytes = parquetWasm.writeParquet(arrow, properties().setMaxRowGroupSize(60_000).build());
  });

  test.each([
    'SELECT * FROM t WHERE seldom = 1',
    'SELECT value, word FROM t WHERE seldom IS NULL',
    'SELECT seldom, value FROM t WHERE late = 7',
    'SELECT late, value FROM t WHERE seldom = 1 AND day < 1000 AND late % 2 = 0',
    "SELECT day, late FROM t WHERE word = 'rail' AND seldom = 1 AND day BETWEEN 100 AND 900",
    'SELECT value, late FROM t WHERE seldom = 1 LIMIT 500',
    'SELECT sum(value * late) AS a, count(*) AS n FROM t WHERE seldom = 1',
    'SELECT word, count(*) AS n, sum(value) AS s FROM t WHERE seldom = 1 GROUP BY word',
    'SELECT word, day, count(*) AS n FROM t WHERE seldom = 1 AND late > 100 GROUP BY word, day',
  ])('%s', async (sql) => {
    await expectSame(bytes, sql);
    const ranges = [
      { first: 10, end: 40_000 },
      { first: 45_123, end: 59_999 },
    ];
    await expectSame(bytes, sql, { ranges });
  });
});

test('row groups that our own decoders cannot read go through parquet-wasm, rows of some ranges too', async () => {
  const arrow = parquetWasm.Table.fromIPCStream(tableToIPC(table(), 'stream'));
  const bytes = parquetWasm.writeParquet(arrow, small().setDictionaryPageSizeLimit(300).build());
  await nameDictionariesOddly(bytes);
  const ranges = [
    { first: 130, end: 160 },
    { first: 1200, end: 1990 },
  ];
  for (const sql of QUERIES) {
    await expectSame(bytes, sql);
    await expectSame(bytes, sql, { ranges });
  }
  const { rowsScanned } = await scan(wasm, 'wasm', bytes, QUERIES[1] as string, { ranges });
  expect(rowsScanned).toBe(3 * 820);
});

/** Dictionary pages claim the encoding RLE_DICTIONARY, which is that of data pages. */
async function nameDictionariesOddly(bytes: Uint8Array): Promise<void> {
  const { source } = await describeBytes('t.parquet', bytes);
  const { footer } = await readFooter(source, 'odd');
  for (const { chunks } of footer.metadata.rowGroups)
    for (const chunk of chunks) {
      if (chunk?.dictionaryOffset === undefined) continue;
      // In field 7, a struct: the number of values, then the encoding.
      let at = bytes.indexOf(0x4c, chunk.dictionaryOffset) + 2;
      while (bytes[at]! & 0x80) at++;
      expect([...bytes.subarray(at + 1, at + 3)]).toEqual([0x15, 2 * 0]);
      bytes[at + 2] = 2 * 8;
    }
}

describe('damaged files', () => {
  const QUERY =
    "SELECT small, word, text, many FROM t WHERE word IN ('air', 'ship') AND late < 4000 AND small IS NOT NULL";
  let bytes: Uint8Array;
  let footer: number;
  beforeAll(() => {
    const arrow = parquetWasm.Table.fromIPCStream(tableToIPC(table(), 'stream'));
    bytes = parquetWasm.writeParquet(arrow, small().setDictionaryPageSizeLimit(2000).build());
    footer = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 8, true);
  });

  test('flipped bytes of pages give an error that names the place, or an answer; the lane lives on', async () => {
    let state = 99;
    const random = (limit: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % limit;
    };
    let refused = 0;
    for (let i = 0; i < 250; i++) {
      const damaged = bytes.slice();
      for (let flips = 1 + random(3); flips > 0; flips--) damaged[4 + random(bytes.length - footer - 12)] = random(256);
      try {
        await scan(wasm, 'wasm', damaged, QUERY);
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error;
        expect(['bad-data', 'unsupported']).toContain(error.code);
        expect(error.message).toMatch(/t\.parquet.*column "\w+"/);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(20);
    await expectSame(bytes, QUERY);
  });

  test('a source that ends too early is named', async () => {
    const short = (source: ByteSource): ByteSource => ({
      name: source.name,
      size: source.size,
      read: (offset, target) => (offset > 30_000 ? 0 : source.read(offset, target)),
      close: () => {},
    });
    await expect(scan(wasm, 'wasm', bytes, 'SELECT * FROM t', { wrap: short })).rejects.toThrow(
      /t\.parquet.*it ends at byte/,
    );
  });
});
