import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SluiceError } from '../../query/error.ts';
import { LANE_NAMES, type LaneName } from '../../query/fragment.ts';
import { formatType, type Scalar } from '../../query/types.ts';
import { Subject } from '../differential/subject.ts';
import { normalJson } from './json-text.ts';
import { type OracleColumn, ParquetOracle } from './parquet-oracle.ts';
import { PARQUET_SUITE as SUITE } from './suite.ts';

// The Parquet files of the Apache project's parquet-testing repository, read by both lanes in workers and by DuckDB.

/** Files that DuckDB refuses and Sluice reads, by what they are compared with. */
const TWINS: Readonly<Record<string, string>> = {
  // The codec LZ4, as Hadoop frames it and as plain blocks; the same tables in LZ4_RAW.
  'data/hadoop_lz4_compressed.parquet': 'data/lz4_raw_compressed.parquet',
  'data/hadoop_lz4_compressed_larger.parquet': 'data/lz4_raw_compressed_larger.parquet',
  'data/non_hadoop_lz4_compressed.parquet': 'data/lz4_raw_compressed.parquet',
};

/** DuckDB refuses BYTE_STREAM_SPLIT of other types than floats; the columns come in pairs of equal values. */
const STREAM_SPLIT = 'data/byte_stream_split_extended.gzip.parquet';

/** DuckDB refuses maps without values; what the file holds stands in map_no_value.md. */
const MAP_WITHOUT_VALUES = 'data/map_no_value.parquet';

/** Files of data/ that Sluice refuses: the sentence must match, and why it does so. */
const REFUSED: Readonly<Record<string, { readonly message: RegExp; readonly why: string }>> = {
  'data/large_string_map.brotli.parquet': {
    message: /column "arr".*a page claims 1073741828 bytes/,
    why: 'a page of more than 1 GiB is beyond the bound of memory',
  },
  'data/int96_from_spark.parquet': {
    message: /out of range|cannot read column "a"/,
    why: 'a timestamp is beyond 64 bits, where DuckDB wraps around',
  },
};

/** Files of bad_data/ that DuckDB reads: there the same answer is as good as an error. */
const BAD_BUT_READABLE = ['ARROW-GH-43605', 'ARROW-GH-45185', 'ARROW-RS-GH-6229-LEVELS'];

const folder = mkdtempSync(join(tmpdir(), 'sluice-conformance-'));
const subject = new Subject(new Map(), 1);
const expected = new Map<string, Promise<readonly OracleColumn[] | undefined>>();
let oracle: ParquetOracle;

beforeAll(async () => {
  oracle = await ParquetOracle.open();
});

afterAll(async () => {
  await subject.close();
  oracle.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What DuckDB reads of a file, asked once; undefined where it refuses. */
function duckdbAnswer(file: string): Promise<readonly OracleColumn[] | undefined> {
  const answer = expected.get(file) ?? oracle.read(join(SUITE, file)).catch(() => undefined);
  expected.set(file, answer);
  return answer;
}

/** Says where a lane's `SELECT *` and DuckDB's differ, or gives undefined. Throws what the lane throws. */
async function difference(file: string, lane: LaneName): Promise<string | undefined> {
  const columns = await duckdbAnswer(TWINS[file] ?? file);
  if (!columns) return 'DuckDB refuses it';
  const { names, types, rows } = await subject.answer(`SELECT * FROM '${tableOf(file)}'`, lane);
  const wanted = columns.map(({ name, type }) => `${name} ${formatType(type)}`);
  const got = names.map((name, i) => `${name} ${formatType(types[i]!)}`);
  if (got.join() !== wanted.join()) {
    const missing = wanted.filter((column) => !got.includes(column));
    return `columns are ${got.join(', ')}; expected besides: ${missing.join(', ')}`;
  }
  for (const [i, { name, cells, isJson }] of columns.entries()) {
    if (rows.length !== cells.length) return `${rows.length} rows, expected ${cells.length}`;
    for (const [row, cell] of cells.entries())
      if (shown(rows[row]![i]!, isJson) !== shown(cell as Scalar, isJson))
        return `row ${row} of "${name}" is ${shown(rows[row]![i]!, isJson)}, expected ${shown(cell as Scalar, isJson)}`;
  }
  return undefined;
}

/** A path that ends in .parquet, whatever the file's name. */
function tableOf(file: string): string {
  const path = join(folder, `${file.replaceAll('/', '-')}.parquet`);
  if (!existsSync(path)) symlinkSync(join(SUITE, file), path);
  return path;
}

function shown(value: Scalar, isJson: boolean): string {
  if (typeof value === 'string') return isJson ? normalJson(value) : JSON.stringify(value);
  return Object.is(value, -0) ? '-0' : String(value);
}

function filesIn(directory: string, ending: string): string[] {
  const path = join(SUITE, directory);
  if (!existsSync(path)) return [];
  return readdirSync(path).flatMap((name) => (name.endsWith(ending) ? [`${directory}/${name}`] : []));
}

if (!existsSync(SUITE)) test.skip(`there is no Parquet conformance suite at ${SUITE}: set SLUICE_CONFORMANCE`);

/** What a query of all columns, or of some, fails with. A worker that died, or a lane in disorder, is no error in good order. */
async function refusal(file: string, lane: LaneName, columns = '*'): Promise<SluiceError> {
  const error = await subject.answer(`SELECT ${columns} FROM '${tableOf(file)}'`, lane).then(
    ({ rows }) => expect.fail(`${file} gives ${rows.length} rows`),
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(SluiceError);
  return error as SluiceError;
}

describe.each(LANE_NAMES)('%s lane', (lane) => {
  const special = [STREAM_SPLIT, MAP_WITHOUT_VALUES, ...Object.keys(REFUSED)];
  const readable = [...filesIn('data', '.parquet'), ...filesIn('data/geospatial', '.parquet')];
  test.each(readable.filter((file) => !special.includes(file)))('%s equals DuckDB cell by cell', async (file) => {
    expect(await difference(file, lane)).toBe(undefined);
  });

  test.skipIf(!existsSync(SUITE))(`${STREAM_SPLIT} has pairs of equal columns`, async () => {
    const { names, rows } = await subject.answer(`SELECT * FROM '${tableOf(STREAM_SPLIT)}'`, lane);
    expect(names).toHaveLength(14);
    expect(rows).toHaveLength(200);
    for (const row of rows)
      for (let i = 0; i < names.length; i += 2) expect([names[i], row[i]]).toEqual([names[i], row[i + 1]]);
  });

  test.skipIf(!existsSync(SUITE))(`${MAP_WITHOUT_VALUES} holds what its description says`, async () => {
    const { rows } = await subject.answer(`SELECT * FROM '${tableOf(MAP_WITHOUT_VALUES)}'`, lane);
    expect(rows).toEqual([
      ['{"1":null,"2":null,"3":null}', '[1,2,3]', '[1,2,3]'],
      ['{"4":null,"5":null,"6":null}', '[4,5,6]', '[4,5,6]'],
      ['{"7":null,"8":null,"9":null}', '[7,8,9]', '[7,8,9]'],
    ]);
  });

  test.each(Object.keys(REFUSED).filter((file) => existsSync(join(SUITE, file))))('%s is refused', async (file) => {
    const { code, message } = await refusal(file, lane);
    expect(['bad-data', 'unsupported']).toContain(code);
    expect(message).toMatch(REFUSED[file]!.message);
  });

  test.each(filesIn('bad_data', '.parquet'))('%s gives a clean error, or what DuckDB gives', async (file) => {
    if (BAD_BUT_READABLE.includes(basename(file, '.parquet'))) {
      const found = await difference(file, lane).catch((error: unknown) => error);
      if (found === undefined) return;
      expect(found).toBeInstanceOf(SluiceError);
      expect((found as SluiceError).code).toBe('bad-data');
    } else expect(['bad-data', 'unsupported']).toContain((await refusal(file, lane)).code);
  });

  const encrypted = [...filesIn('data', '.encrypted'), ...filesIn('data/aes256', '.encrypted')];
  test.each(encrypted)('%s: what is encrypted is refused', async (file) => {
    const columns = file.includes('plaintext_footer') ? 'double_field' : '*';
    const { code, message } = await refusal(file, lane, columns);
    expect(code).toBe(columns === '*' ? 'bad-data' : 'unsupported');
    expect(message).toContain('encrypted');
  });

  // To DuckDB a variant as JSON is one text in SQL's notation, and some of these files break its database.
  test.skipIf(!existsSync(SUITE))(
    'shredded_variant: variants are refused by name, columns beside them are read',
    async () => {
      const files = filesIn('shredded_variant', '.parquet');
      for (const file of files) {
        const table = tableOf(file);
        const [ids] = await oracle.read(join(SUITE, file), ['id']);
        const { rows } = await subject.answer(`SELECT id FROM '${table}'`, lane);
        expect(rows.map(([id]) => id)).toEqual(ids?.cells);
        const refused = subject.answer(`SELECT var FROM '${table}'`, lane);
        await expect(refused).rejects.toMatchObject({
          code: 'unsupported',
          message: expect.stringContaining('VARIANT'),
        });
      }
      expect(files.length).toBeGreaterThan(100);
    },
  );

  test.skipIf(!existsSync(SUITE))('after all that a good file is read', async () => {
    expect(await difference('data/delta_byte_array.parquet', lane)).toBe(undefined);
  });
});
