import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal, FLOAT64, INT64, TIMESTAMP, UTF8 } from '../../../query/types.ts';
import { decode } from './decode-values.ts';
import { booleanRuns, deltaLengthTexts, deltaPacked, deltaTexts, splitStreams } from './delta-encoder.ts';
import { plainValues, type StoredValue } from './plain-encoder.ts';
import { bigEndian, column, VALUE_CASES } from './value-cases.ts';

type Encoder = (values: readonly StoredValue[]) => Buffer;

const asBigInts = (values: readonly StoredValue[]): bigint[] => values.map((value) => BigInt(value as number));
const asBytes = (values: readonly StoredValue[]): Buffer[] => values.map((value) => Buffer.from(value as Uint8Array));

/** By physical type: the encodings that a page may have, by their numbers in Parquet. */
const ENCODERS: Record<string, Record<number, Encoder>> = {
  BOOLEAN: { 3: (values) => booleanRuns(values as boolean[]) },
  INT32: { 5: (values) => deltaPacked(asBigInts(values)) },
  INT64: { 5: (values) => deltaPacked(asBigInts(values), { values: 256, parts: 2 }) },
  BYTE_ARRAY: { 6: (values) => deltaLengthTexts(asBytes(values)), 7: (values) => deltaTexts(asBytes(values)) },
  FIXED_LEN_BYTE_ARRAY: { 7: (values) => deltaTexts(asBytes(values)) },
};
const WIDTHS: Record<string, number> = { INT32: 4, FLOAT: 4, INT64: 8, DOUBLE: 8 };

for (const [name, { leaf, stored, shown }] of Object.entries(VALUE_CASES)) {
  const { physical, typeLength } = leaf;
  const width = physical === 'FIXED_LEN_BYTE_ARRAY' ? typeLength : WIDTHS[physical];
  const plain: Encoder = (values) => plainValues(physical, values);
  const encoders = {
    0: plain,
    ...ENCODERS[physical],
    ...(width && { 9: (v: StoredValue[]) => splitStreams(plain(v), width) }),
  };
  // Repetitions, as runs and prefixes need them.
  const values = fc
    .array(fc.tuple(stored, fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 }))), { maxLength: 60 })
    .map((runs) => runs.flatMap(([value, times]) => Array<StoredValue>(times).fill(value)));

  for (const [number, encoder] of Object.entries(encoders)) {
    const encode = encoder as Encoder;
    const encoding = Number(number);

    test(`${name} are read as encoding ${encoding} wrote them`, () => {
      fc.assert(
        fc.property(values, (written) => {
          const expected = written.map((value) => shown(value as never));
          expect(decode(leaf, encoding, encode(written), written.length)).toEqual(expected);
        }),
        { numRuns: 60 },
      );
    });

    test(`damaged ${name} of encoding ${encoding} are values or an error, and nothing else is written`, () => {
      const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 });
      fc.assert(
        fc.property(values, damage, fc.nat(), (written, flips, cut) => {
          const page = encode(written);
          for (const [at, value] of flips) if (page.length > 0) page[at % page.length] = value;
          const kept = cut % 3 === 0 ? page.subarray(0, cut % (page.length + 1)) : page;
          try {
            decode(leaf, encoding, kept, written.length);
          } catch (error) {
            if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) throw error;
          }
        }),
        { numRuns: 60 },
      );
    });

    test(`${name} of encoding ${encoding} that end too early are an error`, () => {
      fc.assert(
        fc.property(values, fc.nat(), (written, cut) => {
          fc.pre(written.length > 0);
          const page = encode(written);
          // Behind the last value of packed ones there is room.
          const kept = page.subarray(0, encoding === 5 ? cut % 4 : cut % page.length);
          expect(() => decode(leaf, encoding, kept, written.length)).toThrow(/./);
        }),
        { numRuns: 40 },
      );
    });
  }
}

test('deltas of 33 bits, as some writers have them for numbers without a sign, wrap around', () => {
  const leaf = column('INT32', INT64, { conversion: { kind: 'zero-extend' } });
  const values = [4294967295n, 0n, 2147483648n, 1n, 4294967294n];
  expect(decode(leaf, 5, deltaPacked(values), values.length)).toEqual(values);
});

test('deltas of more values than a page has are read, lengths of more are damage', () => {
  const packed = deltaPacked([1n, 2n, 3n]);
  expect(decode(column('INT64', INT64), 5, packed, 2)).toEqual([1n, 2n]);
  expect(() => decode(column('INT64', INT64), 5, packed, 4)).toThrow('deltas of a page');
  const texts = deltaLengthTexts([Buffer.from('a'), Buffer.from('bc')]);
  expect(() => decode(column('BYTE_ARRAY', UTF8, { conversion: { kind: 'text' } }), 6, texts, 1)).toThrow('deltas');
});

test('a string that takes more of the one before than there is, is damage', () => {
  const page = Buffer.concat([deltaPacked([0n, 4n]), deltaLengthTexts([Buffer.from('abc'), Buffer.from('d')])]);
  const leaf = column('BYTE_ARRAY', UTF8, { conversion: { kind: 'text' } });
  expect(() => decode(leaf, 7, page, 2)).toThrow('more of the one before');
});

test('values of DELTA_BYTE_ARRAY that are not of the width of their type are damage', () => {
  const leaf = column('FIXED_LEN_BYTE_ARRAY', UTF8, { typeLength: 3, conversion: { kind: 'hex' } });
  expect(() => decode(leaf, 7, deltaTexts([Buffer.from('abcd'), Buffer.from('ab')]), 2)).toThrow('not of 3 bytes');
});

test('what is no time of day is an error', () => {
  const leaf = column('INT64', UTF8, { conversion: { kind: 'time', unit: 'us', utc: false } });
  expect(decode(leaf, 0, plainValues('INT64', [86_400_000_000n]), 1)).toEqual(['24:00:00']);
  for (const value of [-1n, 86_400_000_001n])
    expect(() => decode(leaf, 0, plainValues('INT64', [value]), 1)).toThrow('no time of day');
});

test('an INT96 that is out of the range of timestamps is an error', () => {
  const leaf = column('INT96', TIMESTAMP, { conversion: { kind: 'int96' } });
  for (const [nanoseconds, day] of [
    [0n, 0xffffffff],
    [2n ** 63n - 1n, 109_192_579],
  ] as const) {
    const bytes = Buffer.alloc(12);
    bytes.writeBigInt64LE(nanoseconds);
    bytes.writeUInt32LE(day, 8);
    expect(() => decode(leaf, 0, bytes, 1)).toThrow('out of range');
  }
});

test('a decimal that does not fit its column is an error', () => {
  expect(() =>
    decode(
      column('BYTE_ARRAY', decimal(18, 0), { conversion: { kind: 'decimal' } }),
      0,
      plainValues('BYTE_ARRAY', [bigEndian(2n ** 63n, 9)]),
      1,
    ),
  ).toThrow('digits');
  const page = plainValues('BYTE_ARRAY', [bigEndian(-(2n ** 127n) - 1n, 17)]);
  expect(() => decode(column('BYTE_ARRAY', decimal(38, 0), { conversion: { kind: 'decimal' } }), 0, page, 1)).toThrow(
    'digits',
  );
});

test('milliseconds beyond the range of timestamps are an error', () => {
  for (const value of [9223372036854776n, -9223372036854776n, 2n ** 63n - 1n, -(2n ** 63n)])
    expect(() =>
      decode(
        column('INT64', TIMESTAMP, { conversion: { kind: 'timestamp', unit: 'ms' } }),
        0,
        plainValues('INT64', [0n, value]),
        2,
      ),
    ).toThrow('2. value');
});

test('texts that are not UTF-8 are an error', () => {
  const page = plainValues('BYTE_ARRAY', ['fine', 'ä'.repeat(40), Buffer.from([65, 0xe4, 66])]);
  expect(() => decode(column('BYTE_ARRAY', UTF8, { conversion: { kind: 'text' } }), 0, page, 3)).toThrow(
    'the 3. string of a page is not UTF-8',
  );
  // Two halves of a character make no whole.
  const halves = plainValues('FIXED_LEN_BYTE_ARRAY', [
    Buffer.from([1, 0, 0, 0, 0xc3]),
    Buffer.from([1, 0, 0, 0, 0xa4]),
  ]);
  expect(() => decode(column('BYTE_ARRAY', UTF8, { conversion: { kind: 'text' } }), 0, halves, 2)).toThrow('not UTF-8');
});

test('an encoding that does not go with a type is named', () => {
  expect(() => decode(column('DOUBLE', FLOAT64), 4, new Uint8Array(8), 1)).toThrow('encoding 4 of DOUBLE');
});
