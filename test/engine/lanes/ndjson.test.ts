import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openLane } from '../../../engine/lanes/lane-registry.ts';
import { scalarAt } from '../../../engine/scalars.ts';
import type { Lane, NdjsonFormat, ScanPlan } from '../../../engine/task.ts';
import { bindFragment } from '../../../query/bind.ts';
import { SluiceError } from '../../../query/error.ts';
import { LANE_NAMES } from '../../../query/fragment.ts';
import { parseType, type Scalar, type Schema } from '../../../query/types.ts';
import { memorySource } from '../memory-source.ts';

const SCHEMA: Schema = [
  { name: 'n', type: parseType('bigint') },
  { name: 'a.b', type: parseType('double') },
  { name: 'a.c.d', type: parseType('varchar') },
  { name: 'first', type: parseType('varchar') },
  { name: 'ok', type: parseType('boolean') },
  { name: 'text', type: parseType('varchar') },
  { name: 'at', type: parseType('timestamp') },
  { name: 'a', type: parseType('varchar') },
];
const FORMAT: NdjsonFormat = { kind: 'ndjson', dataStart: 0, paths: { first: 'tags[1].name' } };

function planOf(
  lane: ScanPlan['lane'],
  size: number,
  names = SCHEMA.map(({ name }) => name),
  schema = SCHEMA,
  paths = FORMAT.paths,
): ScanPlan {
  const columns = names.map((name) => ({ name, expression: { kind: 'column', name } as const }));
  const fragment = { version: 1, object: 'x.ndjson', lane, output: { kind: 'rows', columns } } as const;
  const location = { kind: 'file', name: 'x.ndjson', path: '', size, version: '1' } as const;
  return { lane, fragment: bindFragment(fragment, schema), object: { location, format: { ...FORMAT, paths }, schema } };
}

const lanes = new Map<ScanPlan['lane'], Lane>();
for (const name of LANE_NAMES) lanes.set(name, await openLane(name));

/** All rows, in chunks of `chunk` bytes. */
async function rowsOf(
  name: ScanPlan['lane'],
  bytes: Buffer,
  chunk = 1 << 23,
  columns?: string[],
  schema?: Schema,
  paths?: NdjsonFormat['paths'],
): Promise<Scalar[][]> {
  const lane = lanes.get(name)!;
  const plan = planOf(name, bytes.length, columns, schema, paths);
  const rows: Scalar[][] = [];
  for (let start = 0; start < bytes.length; start += chunk) {
    const part = { kind: 'ndjson-chunk', start, end: Math.min(start + chunk, bytes.length) } as const;
    const { batches } = await lane.run(plan, part, memorySource(bytes, 'x.ndjson'), () => false);
    for (const { columns: vectors, length } of batches)
      for (let row = 0; row < length; row++) rows.push(vectors.map((vector) => scalarAt(vector, row)));
  }
  return rows;
}

/** The rows, or the message of the error, which names the place. */
async function outcomeOf(name: ScanPlan['lane'], bytes: Buffer, columns?: string[]): Promise<Scalar[][] | string> {
  try {
    return await rowsOf(name, bytes, undefined, columns);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return error.message;
  }
}

const TEXT = [
  '{"n": 9007199254740993, "a": {"b": 1e3, "c": {"d": "x\\ny"}}, "ok": true, "text": "a\\"b"}',
  '',
  '{"other": {"n": [1, {"n": 2}]}, "n": null, "text": {"k": [1, 2]}, "tags": ["x", {"name": "two", "z": []}]}',
  '  { "t\\u0065xt" : "\\ud83d\\ude42" , "n" : "12" , "ok" : false, "a.b": 2.5 }  \r',
  '{"a":"scalar","tags":[],"at":"2024-02-29 12:34:56.5"}',
  '\t{"text":\t"tabs","a":[{"b":3}],"tags":[1,2]}',
  '{}',
].join('\n');
const ROWS: Scalar[][] = [
  [9007199254740993n, 1000, 'x\ny', null, true, 'a"b', null, '{"b": 1e3, "c": {"d": "x\\ny"}}'],
  [null, null, null, 'two', null, '{"k": [1, 2]}', null, null],
  [12n, 2.5, null, null, false, '🙂', null, null],
  [null, null, null, null, null, null, 1709210096500000n, 'scalar'],
  [null, null, null, null, null, 'tabs', null, '[{"b":3}]'],
  [null, null, null, null, null, null, null, null],
];

describe.each(LANE_NAMES)('the %s lane', (name) => {
  test('reads values at paths, missing ones and null as NULL', async () => {
    expect(await rowsOf(name, Buffer.from(TEXT))).toEqual(ROWS);
    expect(await rowsOf(name, Buffer.from(`${TEXT}\n`), undefined, ['text', 'n'])).toEqual(
      ROWS.map((row) => [row[5], row[0]]),
    );
  });

  test('gives the same rows in chunks of any size', async () => {
    const bytes = Buffer.from(TEXT);
    for (const chunk of [1, 2, 3, 5, 17, 63, 64, 65, 100, bytes.length - 1])
      expect(await rowsOf(name, bytes, chunk), `${chunk}`).toEqual(ROWS);
  });

  test('follows keys that come in another order, stay away or are new in each line', async () => {
    const objects = Array.from({ length: 3000 }, (_, row) => {
      const entries: [string, unknown][] = [
        ['n', row],
        ['text', `t${row}`],
        ['ok', row % 2 === 0],
        [`new${row}`, [row, { [`key${row}`]: 'x' }]],
        ['a', { [`b${row % 7}`]: 1, b: row / 4 }],
      ];
      return Object.fromEntries([...entries.slice(row % 5), ...entries.slice(0, row % 5)].slice(row % 2));
    });
    const bytes = Buffer.from(objects.map((object) => JSON.stringify(object)).join('\n'));
    const expected = objects.map(({ n, text, ok, a }) => [
      n === undefined ? null : BigInt(n as number),
      text ?? null,
      ok ?? null,
      (a as { b: number } | undefined)?.b ?? null,
    ]);
    expect(await rowsOf(name, bytes, undefined, ['n', 'text', 'ok', 'a.b'])).toEqual(expected);
  });

  test('takes no key for the one that stood there in the lines before', async () => {
    const usual = Array.from(
      { length: 50 },
      (_, row) => `{"x":0,"n":${row},"a":{"b":${row},"c":{}},"text":"t","y":[1,2]}`,
    );
    const odd: [string, Scalar[] | string][] = [
      ['{"n":1,"x":0,"text":"u","a":{"c":{},"b":2}}', [1n, 2, 'u']],
      ['{"x":0,"a":{"b":2}}', [null, 2, null]],
      ['{"x":0,"m":1,"a":{"d":2},"texts":"t","y":[1,2]}', [null, null, null]],
      ['{"x":0,"n":1,"a":{"b":2},"te\\u0078t":"u","y":0}', [1n, 2, 'u']],
      ['{"x":0,"\\u006e":1,"a":{"\\u0062":2},"text":"u"}', [1n, 2, 'u']],
      ['{"y":{"n":5,"a":{"b":6}},"n":1,"x":[{"text":"v"}],"a":{"b":2}}', [1n, 2, null]],
      ['{ "x" : 0 , "n" : 1 , "a" : { "b" : 2 } , "text" : "u" }', [1n, 2, 'u']],
      ['{"x":0,"n":1,"a":[{"b":2}],"text":"u","z":{"n":3}}', [1n, null, 'u']],
      ['{"x":0,"n":1,"a":{"b":2,"c":{}},"text":"t","y":[1,2],"n":2}', 'the key "n" comes twice'],
      ['{"n":1,"n":1,"a":{"b":2,"c":{}},"text":"t","y":[1,2]}', 'the key "n" comes twice'],
      ['{"x":0,"n":1,"a":{"b":2},"a":{"b":2},"text":"t"}', 'the key "a.b" comes twice'],
      ['{"x":0,"n":1,"a":{"b":2,"b":2},"text":"t"}', 'the key "a.b" comes twice'],
      ['{"x":0,"n":1 "a":{"b":2}}', 'expected "," or "}"'],
      ['{"x":0,"n":1,"a":{"b":2}]', 'expected "," or "}"'],
      ['{"x":0,"n":1,"a" 1}', 'expected ":"'],
      ['{"x":0,1,"n":1}', 'expected a key in quotes'],
      ['{"x":0,"n":1,}', 'expected a key in quotes'],
    ];
    const columns = ['n', 'a.b', 'text'];
    for (const [line, expected] of odd) {
      const rows = rowsOf(name, Buffer.from([...usual, line, ...usual].join('\n')), undefined, columns);
      if (typeof expected === 'string') await expect(rows, line).rejects.toThrow(expected);
      else expect((await rows).slice(49, 52), line).toEqual([[49n, 49, 't'], expected, [0n, 0, 't']]);
    }
  });

  test('tells keys apart that are equal in their first 16 bytes', async () => {
    const keys = [
      'a key of 20 bytes ..',
      'a key of 20 bytes .',
      'a key of 20 bytes .!',
      'a key of 13 b',
      'a key of 14 by',
    ];
    const lines = Array.from({ length: 200 }, (_, row) =>
      JSON.stringify(
        Object.fromEntries(keys.map((_, i) => [keys[(i + row * (row > 100 ? 3 : 0)) % 5], `${i} ${row}`])),
      ),
    );
    const schema = keys.map((key) => ({ name: key, type: parseType('varchar') }));
    const paths = Object.fromEntries(keys.map((key) => [key, JSON.stringify(key)]));
    const expected = lines.map((line) => keys.map((key) => JSON.parse(line)[key]));
    expect(await rowsOf(name, Buffer.from(lines.join('\n')), undefined, keys, schema, paths)).toEqual(expected);
    expect(await rowsOf(name, Buffer.from(lines.join('\n')), undefined, [keys[1]!], schema, paths)).toEqual(
      expected.map((row) => [row[1]]),
    );
  });

  test('reads back whatever JSON.stringify writes', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }).map((t) => t.toWellFormed()),
    );
    const record = fc.record(
      {
        n: fc.maxSafeInteger(),
        text: fc.option(text),
        more: fc.jsonValue(),
        a: fc.record({ b: fc.double(), c: fc.record({ d: text }) }),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(record), fc.integer({ min: 0, max: 2 }), async (objects, blanks) => {
        const lines = objects.map((object) => JSON.stringify(object));
        const spaced =
          blanks === 0 ? lines : lines.map((line) => `${' '.repeat(blanks)}${line}${' '.repeat(blanks)}\r`);
        const expected = objects.map(({ n, text, a }) => [
          n === undefined ? null : BigInt(n),
          text ?? null,
          a?.c?.d ?? null,
          Number.isFinite(a?.b) ? a!.b : null,
        ]);
        const rows = await rowsOf(name, Buffer.from(spaced.join('\n')), 500, ['n', 'text', 'a.c.d', 'a.b']);
        // JSON.stringify writes -0 as 0.
        expect(rows).toEqual(expected.map((row) => row.map((value) => (value === 0 ? 0 : value))));
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    ['{"n":1', 'x.ndjson: row at byte 3: expected "," or "}", found the end of the line'],
    ['{"n":1,', 'expected a key in quotes, found the end of the line'],
    ['{"text":"abc', 'expected a closing quote'],
    ['{"n":1,"n":2}', 'the key "n" comes twice'],
    ['{"n":null,"n":2}', 'the key "n" comes twice'],
    ['{"a":{"b":1},"a.b":2}', 'the key "a.b" comes twice'],
    ['{"n":"x"}', 'column "n": "x" is not a valid bigint'],
    ['{"text":"\\ud800"}', 'does not begin with a valid escape'],
    ['{"text":"\\udc00\\ud800"}', 'does not begin with a valid escape'],
    ['{"text":"\\u00g0"}', 'does not begin with a valid escape'],
    ['{"\\x":1}', 'does not begin with a valid escape'],
    ['{"a":{"c":{"d":"\\x"}}}', 'does not begin with a valid escape'],
    ['{"text":"a\0b"}', 'expected an escaped control character'],
    ['{"text":"a\tb"}', 'expected an escaped control character'],
    ['{"n":01}', 'expected a value'],
    ['{"tags":[1,]}', 'expected a value'],
    ['{"other":\\"}', 'expected a value'],
    ['{"other":"abc}', 'expected a closing quote'],
    ['{"other":{"k":1]}', 'expected "," or "}"'],
    ['{"other":[{"k":1]]}', 'expected "," or "}"'],
    ['{"other":1]', 'expected "," or "}"'],
    ['{"ok":truex}', 'expected "," or "}"'],
    ['{"other":1}x', 'there is more behind the object'],
    [`{"other":${'['.repeat(2000)}`, 'nests deeper than 1000 levels'],
  ])('names a line that is wrong: %s', async (line, message) => {
    await expect(rowsOf(name, Buffer.from(`{}\n${line}\n{}`))).rejects.toThrow(message);
  });

  test('takes values that nest deeply and texts of megabytes', async () => {
    const nested = `${'[{"k":'.repeat(499)}1${'}]'.repeat(499)}`;
    const long = 'é"\\\n'.repeat(1 << 20);
    const lines = [`{"x":${nested},"n":1}`, JSON.stringify({ text: long, n: 2 }), '{"n":3}'];
    const rows = await rowsOf(name, Buffer.from(lines.join('\n')), 1 << 20, ['n', 'text']);
    expect(rows.map(([n]) => n)).toEqual([1n, 2n, 3n]);
    expect(rows[1]?.[1] === long).toBe(true);
  });

  test('names a text that is not UTF-8', async () => {
    for (const bad of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf4, 0x90, 0x80, 0x80]]) {
      const bytes = Buffer.concat([Buffer.from('{"n":1}\n{"text":"é'), Buffer.from(bad), Buffer.from('"}\n')]);
      await expect(rowsOf(name, bytes)).rejects.toThrow(/row at byte 8: .* is not UTF-8/);
    }
  });
});

test('the lanes give the same rows or both an error, whichever bytes of valid lines change', async () => {
  const bytes = Buffer.from(`${TEXT}\n${TEXT}`);
  const interesting = [...Buffer.from('"\\{}[]^_|~:,.-+0e \t\r\n\0aut'), 0x80, 0xc3, 0xff];
  const change = fc.tuple(
    fc.nat({ max: bytes.length - 1 }),
    fc.oneof(fc.constantFrom(...interesting), fc.nat({ max: 255 })),
  );
  const columns = fc.subarray(SCHEMA.map(({ name }) => name));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), columns, async (changes, names) => {
      const changed = Buffer.from(bytes);
      for (const [at, byte] of changes) changed[at] = byte;
      const [wasm, js] = [await outcomeOf('wasm', changed, names), await outcomeOf('js', changed, names)];
      // Where several things are wrong either may be named.
      if (typeof wasm !== 'string' || typeof js !== 'string') expect(wasm).toEqual(js);
    }),
    { numRuns: 400 },
  );
});
