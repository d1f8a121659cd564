import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LeafColumn } from '../../../engine/formats/parquet/leaf-column.ts';
import { instantiateKernels } from '../../../engine/lanes/wasm/kernels.ts';
import { EngineMemory } from '../../../engine/lanes/wasm/memory.ts';
import { PageValueDecoder } from '../../../engine/lanes/wasm/page-values.ts';
import { valueWidth } from '../../../engine/lanes/wasm/vector.ts';
import { BOOL, DATE, decimal, FLOAT64, INT32, INT64, type Scalar, TIMESTAMP, UTF8 } from '../../../query/types.ts';
import { plainValues, type StoredValue } from './plain-encoder.ts';

const memory = new EngineMemory();
const decoder = new PageValueDecoder(instantiateKernels(memory), memory);

function column(
  physical: LeafColumn['physical'],
  type: LeafColumn['type'],
  more: Partial<LeafColumn> = {},
): LeafColumn {
  return {
    name: 'x',
    type,
    chunk: 0,
    physical,
    typeLength: 0,
    nullable: false,
    conversion: { kind: 'none' },
    ...more,
  };
}

/** The values that the decoder makes of a page, read back from linear memory. */
function decode(leaf: LeafColumn, encoding: number, page: Uint8Array, count: number): Scalar[] {
  const mark = memory.mark();
  const start = memory.allocate(page.length);
  memory.u8.fill(0xff, start, start + page.length + 64);
  memory.u8.set(page, start);
  try {
    const values = decoder.decode(leaf, encoding, start, start + page.length, count);
    const view = new DataView(memory.memory.buffer);
    const u32 = (at: number): number => view.getUint32(at, true);
    return Array.from({ length: count }, (_, i) => {
      if (values.kind === 'text') {
        const at = u32(values.addresses + 4 * i);
        return Buffer.from(memory.u8.slice(at, at + u32(values.lengths + 4 * i))).toString();
      }
      const at = values.address + valueWidth(leaf.type) * i;
      switch (leaf.type.kind) {
        case 'bool':
          return view.getUint8(at) === 1;
        case 'int32':
        case 'date':
          return view.getInt32(at, true);
        case 'float64':
          return view.getFloat64(at, true);
        default: {
          const low = view.getBigInt64(at, true);
          return valueWidth(leaf.type) === 8 ? low : (view.getBigInt64(at + 8, true) << 64n) | BigInt.asUintN(64, low);
        }
      }
    });
  } finally {
    memory.release(mark);
  }
}

interface Case {
  readonly leaf: LeafColumn;
  readonly stored: fc.Arbitrary<StoredValue>;
  readonly shown: (stored: never) => Scalar;
}

const same = (value: Scalar): Scalar => value;
const int32 = fc.integer();
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

/** A number as the bytes of a decimal: two's complement, the highest byte first. */
function bigEndian(value: bigint, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[length - 1 - i] = Number((value >> BigInt(8 * i)) & 255n);
  return bytes;
}
const fromBigEndian = (bytes: Uint8Array): bigint =>
  bytes.length === 0 ? 0n : BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));

const digits = (most: number): fc.Arbitrary<bigint> =>
  fc.bigInt({ min: -(10n ** BigInt(most)), max: 10n ** BigInt(most) });
/** A decimal in as few bytes as it fits, or in some more. */
const anyLength = (most: number): fc.Arbitrary<Uint8Array> =>
  fc.tuple(digits(most), fc.integer({ min: 0, max: 20 })).map(([value, more]) => {
    let length = 1;
    while (BigInt.asIntN(8 * length, value) !== value) length++;
    return bigEndian(value, length + more);
  });

const CASES: Record<string, Case> = {
  booleans: { leaf: column('BOOLEAN', BOOL), stored: fc.boolean(), shown: same },
  'INT32 as int32': { leaf: column('INT32', INT32), stored: int32, shown: same },
  'INT32 as date': { leaf: column('INT32', DATE), stored: int32, shown: same },
  'INT32 as decimal': {
    leaf: column('INT32', decimal(9, 2), { conversion: { kind: 'sign-extend' } }),
    stored: int32,
    shown: (value: number) => BigInt(value),
  },
  'INT32 without a sign': {
    leaf: column('INT32', INT64, { conversion: { kind: 'zero-extend' } }),
    stored: int32,
    shown: (value: number) => BigInt(value >>> 0),
  },
  'INT64 as int64': { leaf: column('INT64', INT64), stored: int64, shown: same },
  'INT64 as decimal': { leaf: column('INT64', decimal(18, 3)), stored: int64, shown: same },
  microseconds: { leaf: column('INT64', TIMESTAMP), stored: int64, shown: same },
  nanoseconds: {
    leaf: column('INT64', TIMESTAMP, { conversion: { kind: 'timestamp', unit: 'ns' } }),
    stored: int64,
    shown: (value: bigint) => value / 1000n,
  },
  milliseconds: {
    leaf: column('INT64', TIMESTAMP, { conversion: { kind: 'timestamp', unit: 'ms' } }),
    stored: fc.bigInt({ min: -9223372036854775n, max: 9223372036854775n }),
    shown: (value: bigint) => value * 1000n,
  },
  floats: { leaf: column('FLOAT', FLOAT64, { conversion: { kind: 'float32' } }), stored: fc.float(), shown: same },
  doubles: { leaf: column('DOUBLE', FLOAT64), stored: fc.double(), shown: same },
  texts: {
    leaf: column('BYTE_ARRAY', UTF8, { conversion: { kind: 'text' } }),
    stored: fc.string({ unit: 'grapheme' }),
    shown: same,
  },
  'BYTE_ARRAY as decimal of 8 bytes': {
    leaf: column('BYTE_ARRAY', decimal(18, 2), { conversion: { kind: 'decimal' } }),
    stored: anyLength(18),
    shown: fromBigEndian,
  },
  'BYTE_ARRAY as decimal of 16 bytes': {
    leaf: column('BYTE_ARRAY', decimal(38, 2), { conversion: { kind: 'decimal' } }),
    stored: anyLength(38),
    shown: fromBigEndian,
  },
};
for (const typeLength of [1, 2, 3, 5, 7, 8])
  CASES[`FIXED_LEN_BYTE_ARRAY(${typeLength}) as decimal`] = {
    leaf: column('FIXED_LEN_BYTE_ARRAY', decimal(18, 2), { typeLength, conversion: { kind: 'decimal' } }),
    stored: fc.uint8Array({ minLength: typeLength, maxLength: typeLength }),
    shown: fromBigEndian,
  };
for (const typeLength of [9, 12, 15, 16])
  CASES[`FIXED_LEN_BYTE_ARRAY(${typeLength}) as wide decimal`] = {
    leaf: column('FIXED_LEN_BYTE_ARRAY', decimal(38, 2), { typeLength, conversion: { kind: 'decimal' } }),
    stored: fc.uint8Array({ minLength: typeLength, maxLength: typeLength }),
    shown: fromBigEndian,
  };

for (const [name, { leaf, stored, shown }] of Object.entries(CASES)) {
  test(`PLAIN ${name} are read as they were written`, () => {
    fc.assert(
      fc.property(fc.array(stored, { maxLength: 100 }), (values) => {
        const page = plainValues(leaf.physical, values);
        expect(decode(leaf, 0, page, values.length)).toEqual(values.map((value) => shown(value as never)));
      }),
    );
  });

  test(`PLAIN ${name} that end too early are an error`, () => {
    fc.assert(
      fc.property(fc.array(stored, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1 }), (values, cut) => {
        const page = plainValues(leaf.physical, values);
        const kept = page.subarray(0, page.length - 1 - (cut % page.length));
        expect(() => decode(leaf, 0, kept, values.length)).toThrow(/./);
      }),
    );
  });
}

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
