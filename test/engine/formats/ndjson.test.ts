import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NdjsonColumns } from '../../../engine/formats/ndjson/ndjson-columns.ts';
import { describeObject } from '../../../engine/run/describe-object.ts';
import { locateFile } from '../../../engine/run/locate.ts';
import { scalarAt } from '../../../engine/scalars.ts';
import { formatType, parseType, type Scalar, type Schema } from '../../../query/types.ts';
import { memorySource } from '../memory-source.ts';

const SCHEMA: Schema = [
  { name: 'n', type: parseType('bigint') },
  { name: 'x', type: parseType('double') },
  { name: 'd', type: parseType('decimal(20,2)') },
  { name: 'day', type: parseType('date') },
  { name: 'ok', type: parseType('boolean') },
  { name: 'tëxt', type: parseType('varchar') },
];

/** All rows, in chunks of `chunk` bytes. */
async function rowsOf(text: string, chunk: number, columns = SCHEMA.map((_, index) => index)): Promise<Scalar[][]> {
  const source = memorySource(text, 'x.ndjson');
  const rows: Scalar[][] = [];
  for (let start = 0; start < source.size; start += chunk) {
    const reader = new NdjsonColumns(
      source,
      { schema: SCHEMA, format: { kind: 'ndjson', dataStart: 0 } },
      columns,
      () => false,
    );
    const part = { kind: 'ndjson-chunk', start, end: Math.min(start + chunk, source.size) } as const;
    for await (const { columns: vectors, rows: count } of reader.batches(part, 0))
      for (let row = 0; row < count; row++) rows.push(vectors.map((vector) => scalarAt(vector, row)));
  }
  return rows;
}

const TEXT = [
  '{"n": 9007199254740993, "x": 1e3, "d": -123456789012345678.05, "day": "2000-02-29", "ok": true, "tëxt": "a\\"b"}',
  '',
  '{"other": {"n": [1, {"n": 2}]}, "n": null, "tëxt": {"k": [1, 2]}, "x": NaN}',
  '  { "t\\u00ebxt" : "\\ud83d\\ude42" , "n" : "12" , "ok" : false }  \r',
  '{}',
].join('\n');
const ROWS = [
  [9007199254740993n, 1000, -12345678901234567805n, 11016, true, 'a"b'],
  [null, Number.NaN, null, null, null, '{"k": [1, 2]}'],
  [12n, null, null, null, false, '🙂'],
  [null, null, null, null, null, null],
];

test('values of every type come out, missing keys and null as NULL', async () => {
  expect(await rowsOf(TEXT, 1 << 20)).toEqual(ROWS);
  expect(await rowsOf(`${TEXT}\n`, 1 << 20, [5, 0])).toEqual(ROWS.map((row) => [row[5], row[0]]));
});

test('chunks of any size give the same rows', async () => {
  for (let chunk = 1; chunk <= Buffer.byteLength(TEXT); chunk++)
    expect(await rowsOf(TEXT, chunk), `${chunk}`).toEqual(ROWS);
});

test('whatever JSON.stringify writes is read back', async () => {
  const value = fc.oneof(
    fc.constant(null),
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ n: fc.maxSafeInteger(), tëxt: value, more: fc.jsonValue() })),
      async (objects) => {
        const text = objects.map((object) => JSON.stringify(object)).join('\n');
        const expected = objects.map((object) => [BigInt(object.n), object.tëxt ?? null]);
        expect(await rowsOf(text, 300, [0, 5])).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

describe('a line that is wrong is named, with what was expected', () => {
  test.each([
    ['{"n": 1', 'x.ndjson: row at byte 3: expected "," or "}", found the end of the line'],
    ['[1]', 'expected an object, found "[1]"'],
    ['{"n": 01}', 'expected a value, found "01}"'],
    ['{"n": tru}', 'expected a value'],
    ['{"n": 1} 2', 'there is more behind the object'],
    ['{"n": "x"}', 'column "n": "x" is not a valid bigint'],
    ['{"n": 1, "n": 2}', 'the key "n" comes twice'],
    ['{"tëxt": "\\x"}', 'does not begin with a valid escape'],
    ['{n: 1}', 'expected a key in quotes'],
    [`{"a": ${'['.repeat(2000)}`, 'nests deeper than 1000 levels'],
  ])('%s', async (line, message) => {
    await expect(rowsOf(`{}\n${line}\n{}`, 1 << 20)).rejects.toThrow(message);
  });
});

describe('the columns of a file', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-ndjson-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('are its keys in order, each of the narrowest type that fits', async () => {
    const path = join(folder, 'a.ndjson');
    writeFileSync(path, '{"a": 1, "b": "2020-01-01", "c": true}\n{"d": {"x": 1}, "a": 2.5, "e": "12", "f": null}\n');
    const { schema, format } = await describeObject(await locateFile(path));
    expect(schema.map(({ name, type }) => `${name} ${formatType(type)}`)).toEqual([
      'a double',
      'b date',
      'c boolean',
      'd varchar',
      'd.x bigint',
      'e varchar',
      'f varchar',
    ]);
    expect(format).toEqual({ kind: 'ndjson', dataStart: 0 });
  });

  test('include members of nested objects by their paths, but not those of maps', async () => {
    const path = join(folder, 'b.ndjson');
    const map = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`key${i}`, i]));
    writeFileSync(path, `${JSON.stringify({ h: { s: 200, 'x.y': 1, r: { t: 1.5 } }, 'p.q': 1, map })}\n{"h":"text"}\n`);
    const { schema, guessed } = await describeObject(await locateFile(path));
    expect(schema.map(({ name, type }) => `${name} ${formatType(type)}`)).toEqual([
      'h varchar',
      'h.s bigint',
      'h.r varchar',
      'h.r.t double',
      'p.q bigint',
      'map varchar',
    ]);
    expect(guessed).toEqual([1, 3, 4]);
  });

  test('are those of the sidecar, with the paths that it gives', async () => {
    const path = join(folder, 'c.ndjson');
    const columns = [
      { name: 'first', type: 'varchar', path: 'tags[0]' },
      { name: 'n.m', type: 'integer' },
    ];
    writeFileSync(path, '{"tags":["x"],"n":{"m":1}}\n');
    writeFileSync(`${path}.schema.json`, JSON.stringify({ columns }));
    const { schema, format } = await describeObject(await locateFile(path));
    expect(schema.map(({ name, type }) => `${name} ${formatType(type)}`)).toEqual(['first varchar', 'n.m integer']);
    expect(format).toEqual({ kind: 'ndjson', dataStart: 0, paths: { first: 'tags[0]' } });
  });

  test.each([
    ['tags[', '"tags[" is not a path'],
    ['n.m', 'the columns "n.m" and "first" are of the same path'],
  ])('cannot be of the path %s', async (wrong, message) => {
    const path = join(folder, 'd.ndjson');
    const columns = [
      { name: 'n.m', type: 'integer' },
      { name: 'first', type: 'varchar', path: wrong },
    ];
    writeFileSync(path, '{"n":{"m":1}}\n');
    writeFileSync(`${path}.schema.json`, JSON.stringify({ columns }));
    await expect(describeObject(await locateFile(path))).rejects.toThrow(message);
  });
});
