import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openLane } from '../../../engine/lanes/lane-registry.ts';
import { scalarAt } from '../../../engine/scalars.ts';
import type { ScanPlan } from '../../../engine/task.ts';
import { bindFragment } from '../../../query/bind.ts';
import { SluiceError } from '../../../query/error.ts';
import { parseType, type Scalar, type Schema } from '../../../query/types.ts';
import { memorySource } from '../memory-source.ts';

// Lines that have a form in common are read by code that is compiled for it; here lines depart from it.

const SCHEMA: Schema = [
  { name: 'id', type: parseType('bigint') },
  { name: 'name', type: parseType('varchar') },
  { name: 'http.status', type: parseType('integer') },
  { name: 'http.path', type: parseType('varchar') },
  { name: 'ok', type: parseType('boolean') },
  { name: 'cost', type: parseType('decimal(12, 4)') },
  { name: 'load', type: parseType('double') },
  { name: 'at', type: parseType('timestamp') },
  { name: 'tags', type: parseType('varchar') },
];
const NAMES = SCHEMA.map(({ name }) => name);
const lanes = { wasm: await openLane('wasm'), js: await openLane('js') };

async function outcomeOf(
  lane: 'wasm' | 'js',
  bytes: Buffer,
  names: readonly string[],
  chunk = bytes.length,
): Promise<Scalar[][] | string> {
  const columns = names.map((name) => ({ name, expression: { kind: 'column', name } as const }));
  const fragment = { version: 1, object: 'x.ndjson', lane, output: { kind: 'rows', columns } } as const;
  const location = { kind: 'file', name: 'x.ndjson', path: '', size: bytes.length, version: '1' } as const;
  const object: ScanPlan['object'] = { location, format: { kind: 'ndjson', dataStart: 0 }, schema: SCHEMA };
  const plan = { lane, fragment: bindFragment(fragment, SCHEMA), object };
  const rows: Scalar[][] = [];
  try {
    for (let start = 0; start < bytes.length; start += chunk) {
      const part = { kind: 'ndjson-chunk', start, end: Math.min(start + chunk, bytes.length) } as const;
      const { batches } = await lanes[lane].run(plan, part, memorySource(bytes, 'x.ndjson'), () => false);
      for (const { columns: vectors, length } of batches)
        for (let row = 0; row < length; row++) rows.push(vectors.map((vector) => scalarAt(vector, row)));
    }
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return error.message;
  }
  return rows;
}

async function expectSameRows(lines: readonly string[], names: readonly string[] = NAMES): Promise<Scalar[][]> {
  const bytes = Buffer.from(lines.join('\n'));
  const rows = await outcomeOf('js', bytes, names);
  if (typeof rows === 'string') throw new Error(rows);
  expect(await outcomeOf('wasm', bytes, names)).toEqual(rows);
  expect(await outcomeOf('wasm', bytes, names, 3000)).toEqual(rows);
  return rows;
}

/** Of one form, but for members that are missing now and then. */
function record(row: number): Record<string, unknown> {
  return {
    at: `2024-01-0${1 + (row % 9)} 12:00:00.${100 + row}`,
    id: row * 1_000_003,
    name: ['short', 'a name of some forty letters, all of ASCII', 'naïve', 'with "quotes" and \\', ''][row % 5],
    trace: '0123456789abcdef'.repeat(1 + (row % 6)),
    ...(row % 3 === 0 && { session: null }),
    http: { method: 'GET', status: 200 + (row % 300), path: `/api/${'x'.repeat(row % 70)}`, size: -row / 7 },
    ok: row % 4 === 0,
    more: [{ k: [row, 'a]b'] }, {}],
    ...(row % 7 !== 0 && { cost: row / 16 }),
    load: row % 11 === 0 ? null : -row / 8,
    tags: row % 2 === 0 ? 'one' : row,
    last: row % 13 === 0 ? { deep: { er: [] } } : true,
  };
}

const USUAL = Array.from({ length: 200 }, (_, row) => JSON.stringify(record(row)));
/** As Python's json.dumps writes them. */
const SPACED = USUAL.map((line) => line.replace(/("(?:[^"\\]|\\.)*")|([,:])/g, (_, text, mark) => text ?? `${mark} `));

test('lines of one form give the values that JSON.parse gives, whatever blanks they have and however they end', async () => {
  for (const lines of [USUAL, SPACED, USUAL.map((line) => `${line}\r`), SPACED.map((line) => `  ${line}  `)]) {
    const rows = await expectSameRows(lines, ['id', 'name', 'http.status', 'http.path', 'ok', 'load']);
    expect(rows).toEqual(
      lines.map((line) => {
        const { id, name, http, ok, load } = JSON.parse(line);
        return [BigInt(id), name, http.status, http.path, ok, load === 0 ? 0 : load];
      }),
    );
  }
});

test('members that move, come, go or change their kind in the middle of the file are found', async () => {
  const changed = Array.from({ length: 400 }, (_, row) => {
    const { id, name, http, ...others } = record(row);
    if (row < 100) return { id, name, http, ...others };
    if (row < 150) return { http, ...others, id, name };
    if (row < 200) return { name, [`new${row}`]: row, id, ...others, http: `${row}` };
    if (row < 250) return { ...others, id: `${row}`, name: row, ok: null, load: '1.5', http: [http] };
    if (row < 300) return { http: { [`k${row}`]: 1, ...(http as object) }, id: null };
    return { id, 'http.status': row, name: { nested: name }, ...others };
  });
  await expectSameRows(changed.map((object) => JSON.stringify(object)));
});

test('a line apart is read as it stands', async () => {
  for (const line of [
    '{}',
    '',
    ' ',
    '{"id":5}',
    '{"id":5,"name":"\\u0041\\ud83d\\ude42\\n"}',
    '{"id" : 5\t,"name":"x" }',
    '{"id":5,"\\u006eame":"x"}',
    '{"id":1e3,"cost":12e-1,"load":-0.5E+2,"name":-0.5}',
    '{"id":1234567890123456789,"load":0.12345678901234567,"cost":12345678.1234}',
    `{"name":"${'é'.repeat(100)}","trace":"${'\\"'.repeat(100)}","id":3}`,
    `{"name":"${'*'.repeat(100)}","trace":"${'*'.repeat(100)}","id":3}`,
    '{"trace":"a\tb","session":tru,"more":-,"last":,"id":3}',
    '{"http":{"status":1},"http.path":"/"}',
    '{"http":{}}',
    '{"http":null,"more":"]","id":3}',
  ])
    await expectSameRows([...USUAL.slice(0, 50), line, ...USUAL.slice(50, 60)]);
});

test('a line that is wrong is named', async () => {
  const [usual = ''] = USUAL;
  const odd: [string, string][] = [
    [usual.slice(0, -1), 'expected "," or "}"'],
    [`${usual}}`, 'there is more behind the object'],
    [usual.replace('}', ']'), 'expected'],
    [usual.replace('"id":0', '"id":01'), 'expected a value'],
    [usual.replace('"id":0', '"id":1.'), 'expected a value'],
    [usual.replace('"id":0', '"id":.5'), 'expected a value'],
    [usual.replace('"id":0', '"id":'), 'expected a value'],
    [usual.replace('"id":0', '"id":-'), 'expected a value'],
    [usual.replace('"id":0', '"id":0,"id":0'), 'the key "id" comes twice'],
    [usual.replace('"ok":true', '"ok":truf'), 'expected a value'],
    [usual.replace('"ok":true', '"ok":"true'), 'x.ndjson: '],
    [usual.replace('"name":"short"', '"name":"sh\tort"'), 'expected an escaped control character'],
    [usual.replace('"name":"short"', '"name":"sh\\xort"'), 'does not begin with a valid escape'],
    [usual.replace('"trace":"', '"trace":'), 'expected'],
    [usual.replace('[{"k"', '[["k"'), 'expected'],
    [usual.replace('"http":{', '"http":{"status":1,'), 'comes twice'],
    [usual.replace('"ok"', '"http.status":1,"ok"'), 'comes twice'],
    [usual.replace('"http":{', '"http":'), 'expected'],
    [usual.replace('},"ok"', ',"ok"'), 'expected'],
    [`${usual.slice(0, 40)}\n${usual.slice(40)}`, 'expected'],
  ];
  const place = Buffer.byteLength(USUAL.slice(0, 50).join('\n')) + 1;
  for (const [line, message] of odd)
    for (const lane of ['wasm', 'js'] as const) {
      const outcome = await outcomeOf(lane, Buffer.from([...USUAL.slice(0, 50), line, usual].join('\n')), NAMES);
      expect(outcome, `${lane} ${line}`).toContain(message);
      if (!line.includes('\n')) expect(outcome, `${lane} ${line}`).toContain(`row at byte ${place}`);
    }
});

test.each([
  ['close together', USUAL],
  ['with blanks', SPACED],
])('the lanes give the same rows or both an error, whichever bytes of lines %s change', async (_, lines) => {
  const bytes = Buffer.from(lines.slice(0, 30).join('\n'));
  const interesting = [...Buffer.from('"\\{}[]^_|~:,.-+0e \t\r\n\0aut*'), 0x80, 0xc3, 0xff];
  const change = fc.tuple(
    fc.nat({ max: bytes.length - 1 }),
    fc.oneof(fc.constantFrom(...interesting), fc.nat({ max: 255 })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), fc.subarray(NAMES), async (changes, names) => {
      const changed = Buffer.from(bytes);
      for (const [at, byte] of changes) changed[at] = byte;
      const [wasm, js] = [await outcomeOf('wasm', changed, names), await outcomeOf('js', changed, names)];
      // Where several things are wrong either may be named.
      if (typeof wasm !== 'string' || typeof js !== 'string') expect(wasm).toEqual(js);
    }),
    { numRuns: 150 },
  );
});

test('long texts with escapes are kept apart, however many lines are read a second time', async () => {
  const text = '\\n'.repeat(60_000);
  const lines = Array.from(
    { length: 40 },
    (_, row) => `{"id":${row},"name":"${text}${row}","x":1${row > 9 ? ' ' : ''}}`,
  );
  const rows = await expectSameRows(lines, ['id', 'name']);
  rows.forEach(([id, name], row) => {
    expect(id).toBe(BigInt(row));
    expect(name === '\n'.repeat(60_000) + row).toBe(true);
  });
});

test('new columns of values take the place of those learnt, once lines go another way for good', async () => {
  const other = Array.from({ length: 500 }, (_, row) => JSON.stringify({ k: row, name: `n${row}`, id: row, z: [row] }));
  await expectSameRows([...USUAL, ...other, ...USUAL]);
  const random = Array.from({ length: 600 }, (_, row) =>
    JSON.stringify({ [`k${row % 97}`]: 'x', id: row, [`l${row}`]: 1 }),
  );
  await expectSameRows([...random, ...USUAL, ...random]);
});
