import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dateTables } from '../../../engine/compile/to-wasm/csv-date-code.ts';
import { compileRows, ROW_BLOCK, type RowField } from '../../../engine/compile/to-wasm/csv-row-code.ts';
import type { RowForms } from '../../../engine/compile/to-wasm/csv-row-emitter.ts';
import type { ValueBounds } from '../../../engine/operators/value-bounds.ts';
import { VECTOR_SIZE } from '../../../engine/task.ts';
import { formatDate } from '../../../query/calendar.ts';
import { parseScalar } from '../../../query/format-value.ts';
import { DATE, type DataType, INT32, INT64, type Scalar } from '../../../query/types.ts';

const [BLOCK, TABLES, STARTS, DOUBTS, BITMAP, VALUES, VALIDITY, TEXT] = [
  1024, 2048, 8192, 24576, 32768, 65536, 98304, 131072,
];
const QUOTE = 34;
const PICKS = 114688;
const LENGTHS = VALUES + 4 * VECTOR_SIZE;

const PLAIN: RowForms = { nulls: false, quotes: false, far: false };
const ALL: RowForms = { nulls: true, quotes: true, far: true };
const EACH = [false, true].flatMap((nulls) =>
  [false, true].flatMap((quotes) =>
    [false, true].flatMap((far) => [undefined, 1].map((fromEnd): RowForms => ({ nulls, quotes, far, fromEnd }))),
  ),
);

/** Runs the loop of one column, between `ahead` and `behind`, over rows in which it has these texts; undefined: in doubt. */
function parse(
  field: RowField,
  texts: readonly string[],
  read: (view: DataView, index: number) => Scalar,
  forms: RowForms = ALL,
  ahead: readonly string[] = ['a'],
  bounds?: ValueBounds,
  behind: readonly string[] = [''],
) {
  const memory = new WebAssembly.Memory({ initial: 64 });
  const columns = [{ ordinal: ahead.length, field, isVerbatim: false, isBounded: bounds !== undefined }];
  const shape = {
    columns,
    quote: QUOTE,
    escape: QUOTE,
    lastOrdinal: -1,
    width: ahead.length + 1 + behind.length,
    forms,
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(compileRows(shape)), { env: { memory } });
  const u8 = new Uint8Array(memory.buffer);
  const u32 = new Uint32Array(memory.buffer);
  u8.set(dateTables(), TABLES);
  u32.set([STARTS, 0, BITMAP - (TEXT >> 3), DOUBTS, TABLES], BLOCK >> 2);
  u32.set([VALUES, VALIDITY], (BLOCK + ROW_BLOCK.columns) >> 2);
  u32[(BLOCK + ROW_BLOCK.picks) >> 2] = PICKS;
  const { least, greatest } = bounds ?? { least: 0n, greatest: 0n };
  new BigInt64Array(memory.buffer).set([least, greatest - least], (BLOCK + ROW_BLOCK.columns + ROW_BLOCK.least) >> 3);
  if (!forms.nulls) u8.fill(1, VALIDITY, VALIDITY + texts.length);
  let at = TEXT;
  for (const [row, text] of texts.entries()) {
    u32[(STARTS >> 2) + row] = at;
    for (const part of [...ahead, text, ...behind]) {
      at += u8.set(Buffer.from(part), at) ?? Buffer.byteLength(part);
      const bit = at - TEXT;
      const word = BITMAP + (bit >> 3);
      u8[word] = (u8[word] as number) | (1 << (bit & 7));
      u8[at++] = 44;
    }
    u32[(STARTS >> 2) + row + 1] = at;
  }
  const doubted = (exports.run as (count: number, block: number) => number)(texts.length, BLOCK);
  const doubts = new Set(u32.subarray(DOUBTS >> 2, (DOUBTS >> 2) + doubted));
  const view = new DataView(memory.buffer);
  const picks = bounds ? [...u32.subarray(PICKS >> 2).subarray(0, u32[(BLOCK + ROW_BLOCK.kept) >> 2])] : [];
  const values = (bounds ? picks : texts).map((_, row) => {
    if (doubts.has(row)) return undefined;
    return u8[VALIDITY + row] === 0 ? null : read(view, row);
  });
  return { values, picks, facts: { nulls: u32[(BLOCK + 48) >> 2], magnitudes: view.getBigUint64(BLOCK + 56, true) } };
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

const readInt32 = (view: DataView, index: number) => view.getInt32(VALUES + 4 * index, true);
const readInt64 = (view: DataView, index: number) => view.getBigInt64(VALUES + 8 * index, true);

/** What the text means as a cast would read it; undefined where it means nothing. */
function meaning(text: string, type: DataType): Scalar | undefined {
  if (text === '') return null;
  try {
    return parseScalar(text, type);
  } catch {
    return undefined;
  }
}

const decimal = (precision: number, scale: number) => ({
  type: { kind: 'decimal', precision, scale } as const,
  field: { kind: 'decimal', precision, scale, mark: 46 } as const,
  read: readInt64,
});
const COLUMNS: { type: DataType; field: RowField; read: typeof readInt32 | typeof readInt64 }[] = [
  { type: INT32, field: { kind: 'integer', bytes: 4 }, read: readInt32 },
  { type: INT64, field: { kind: 'integer', bytes: 8 }, read: readInt64 },
  { type: DATE, field: { kind: 'date' }, read: readInt32 },
  decimal(15, 2),
  decimal(4, 2),
  decimal(18, 0),
  decimal(18, 14),
  decimal(3, 3),
];
const TEXT_OF_A_NUMBER = fc.oneof(
  fc.constantFrom('', '-', '.', '-.', '0', '-0', '2147483647', '2147483648', '-2147483648', '9999999999999999', '"1"'),
  fc.tuple(fc.constantFrom('', '-', '+'), fc.bigInt({ min: 0n, max: 10n ** 17n })).map(([sign, n]) => sign + n),
  fc
    .tuple(fc.constantFrom('', '-'), fc.nat(999_999), fc.nat({ max: 16 }), fc.nat(99_999_999))
    .map(
      ([sign, whole, digits, fraction]) =>
        `${sign}${whole}.${String(fraction).padStart(8, '0').padEnd(16, '7').slice(0, digits)}`,
    ),
  fc.string({ unit: fc.constantFrom(...'0123456789.-+e "/:;'), maxLength: 20 }),
);
const TEXT_OF_A_DATE = fc.oneof(
  fc.integer({ min: -719_162, max: 2_932_896 }).map((days) => formatDate(days)),
  fc
    .tuple(fc.nat(9999), fc.nat(13), fc.nat(32))
    .map(([y, m, d]) => [String(y).padStart(4, '0'), String(m).padStart(2, '0'), String(d).padStart(2, '0')].join('-')),
  fc.string({ unit: fc.constantFrom(...'0123456789-/ :'), minLength: 8, maxLength: 12 }),
  fc.constant(''),
);

test('a field is either in doubt, or means what a cast makes of its text', () => {
  for (const { type, field, read } of COLUMNS) {
    const texts = fc.sample(type.kind === 'date' ? TEXT_OF_A_DATE : TEXT_OF_A_NUMBER, { numRuns: 2000, seed: 4 });
    for (const forms of EACH) {
      const { values } = parse(field, texts, read, forms);
      for (const [row, value] of values.entries()) {
        const text = texts[row] as string;
        // No field begins with a quote that does not end with one.
        if (text.startsWith('"') && !(forms.quotes && /^"[^"]*"$/.test(text))) continue;
        const bare = text.replaceAll('"', '') || undefined;
        if (value !== undefined)
          expect(value, `${text} as ${JSON.stringify(type)}`).toEqual(
            bare === undefined && text ? undefined : meaning(bare ?? '', type),
          );
      }
    }
  }
});

test('fields in the usual form are not in doubt', () => {
  const usual: [number, readonly string[]][] = [
    [0, ['0', '7', '-12', '2147483647', '-2147483647', '']],
    [1, ['1', '-9999999999999999', '1234567890123456', '']],
    [2, ['1970-01-01', '1996-03-13', '2024-02-28', '9999-12-31', '']],
    [3, ['33.00', '0.06', '-56291.40', '104949.50', '9999999999999.99', '']],
    [4, ['99.99', '-0.01']],
    [6, ['0.00000000000001', '-9.12345678901234']],
    [7, ['0.125', '.125', '-0.999']],
  ];
  for (const [column, texts] of usual) {
    const { type, field, read } = COLUMNS[column] as (typeof COLUMNS)[number];
    const meanings = texts.map((text) => meaning(text, type));
    expect(parse(field, texts, read).values).toEqual(meanings);
    const plain = texts.map((text, row) => (text === '' || text.startsWith('-') ? undefined : meanings[row]));
    expect(parse(field, texts, read, PLAIN).values).toEqual(plain);
    const inQuotes = parse(field, texts.map(quoted), read, ALL).values;
    expect(inQuotes, 'NULL has no quotes').toEqual(meanings.map((value) => value ?? undefined));
  }
});

test('a text is taken out of its quotes, unless it holds some; "" is no NULL', () => {
  const texts = ['', 'a', 'x'.repeat(15), 'x'.repeat(16), 'y'.repeat(40), 'z'.repeat(300)];
  const read = (view: DataView, index: number) =>
    Buffer.from(
      view.buffer,
      view.getUint32(VALUES + 4 * index, true),
      view.getUint32(LENGTHS + 4 * index, true),
    ).toString();
  const field: RowField = { kind: 'text' };
  const near = texts.slice(0, 5);
  expect(parse(field, near, read, { ...ALL, far: false }).values).toEqual([null, ...near.slice(1)]);
  expect(parse(field, near, read, PLAIN).values).toEqual([undefined, ...near.slice(1)]);
  for (const forms of [ALL, { ...PLAIN, quotes: true }])
    expect(parse(field, near.map(quoted), read, forms).values).toEqual(near);
  const withQuotes = texts.slice(1).flatMap((text) => [0, 1, 15, 16, 299].map((at) => `${text.slice(0, at)}"${text}`));
  expect(parse(field, withQuotes.map(quoted), read).values.filter((value) => value !== undefined)).toEqual([]);
  expect(parse(field, near.map(quoted), read, PLAIN).values.filter((value) => value !== undefined)).toEqual([]);
});

test('fields far into a row are found where they are looked for, else they are in doubt', () => {
  const { field, read } = COLUMNS[1] as (typeof COLUMNS)[number];
  for (const fields of [1, 3, 4, 5, 6, 9, 10, 11, 25, 40])
    for (const length of [0, 1, 5, 12, 30]) {
      const ahead = Array.from({ length: fields }, () => 'x'.repeat(length));
      const near = (length + 1) * fields + 1 < 64;
      expect(parse(field, ['7', '8'], read, PLAIN, ahead).values).toEqual(near ? [7n, 8n] : [undefined, undefined]);
      if (length < 12) expect(parse(field, ['7', '8'], read, ALL, ahead).values).toEqual([7n, 8n]);
      else for (const value of parse(field, ['7'], read, ALL, ahead).values) expect([7n, undefined]).toContain(value);
    }
});

test('fields are found from the next row on, where they and the mark before lie within 64 bytes of it', () => {
  const { field, read } = COLUMNS[1] as (typeof COLUMNS)[number];
  for (const fields of [0, 1, 2, 9, 40])
    for (const length of [0, 1, 5, 30, 60, 61, 62])
      for (const ahead of [['a'], ['x'.repeat(100), 'y'], ['', '', '']]) {
        const behind = Array.from({ length: fields }, () => 'z'.repeat(length));
        const isNear = ',7,'.length + (length + 1) * fields <= 64;
        const expected = isNear ? [7n, 8n] : [undefined, undefined];
        const forms = { ...PLAIN, fromEnd: ahead.length };
        expect(parse(field, ['7', '8'], read, forms, ahead, undefined, behind).values).toEqual(expected);
      }
});

test('every day of all years is read, from month to month and from century to century', () => {
  const days = Array.from({ length: 2000 }, (_, i) => -719_162 + i * 1826);
  const texts = days.flatMap((day) => [formatDate(day), formatDate(day + 1)]).slice(0, 2000);
  const { values } = parse({ kind: 'date' }, texts, readInt32);
  for (const [row, text] of texts.entries()) expect(values[row], text).toEqual(parseScalar(text, DATE));
});

test('29 February is read in leap years but those that end a century, else it is in doubt', () => {
  const years = Array.from({ length: 450 }, (_, i) => 1700 + i);
  const { values } = parse(
    { kind: 'date' },
    years.map((year) => `${year}-02-29`),
    readInt32,
  );
  for (const [row, year] of years.entries())
    expect(values[row], `${year}`).toEqual(
      year % 4 || year % 100 === 0 ? undefined : parseScalar(`${year}-02-29`, DATE),
    );
});

test('rows outside of the bounds are left out; those in doubt are not', () => {
  const { field, read } = COLUMNS[1] as (typeof COLUMNS)[number];
  const texts = fc.sample(fc.oneof(fc.integer({ min: -50, max: 50 }).map(String), fc.constantFrom('', 'x', '"7"')), {
    numRuns: 1500,
    seed: 4,
  });
  for (const forms of EACH) {
    const all = parse(field, texts, read, forms).values;
    const { values, picks } = parse(field, texts, read, forms, ['a'], { least: -10n, greatest: 30n });
    const expected = all.flatMap((value, row) =>
      value === undefined || (typeof value === 'bigint' && value >= -10n && value <= 30n) ? [row] : [],
    );
    expect(picks).toEqual(expected);
    expect(values).toEqual(expected.map((row) => all[row]));
  }
});

test('facts tell of NULLs, and how large the values are, but nothing of rows in doubt', () => {
  const { facts } = parse(decimal(15, 2).field, ['1.28', '-0.01', '9999999x9.99'], readInt64);
  expect(facts).toEqual({ nulls: 0, magnitudes: 129n });
  expect(parse(decimal(15, 2).field, ['1.28', ''], readInt64).facts.nulls).toBe(1);
});
